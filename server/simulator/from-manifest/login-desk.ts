import { type Account, fillIn, knownOf } from "./account";
import { isAt, no, type Spoken, type Texts } from "./desk";
import type { Call } from "./role";
import { matchOf, sampleText } from "./sample-text";
import { plant } from "./tree";

type Step = Extract<Account["method"], { type: "login" }>["steps"][number];

type Take = Step["take"][string];

/** A new value for one thing that a step takes, and the text it stands in. */
function takenValue(account: Account, key: string, { pattern }: Take): { value: string; whole: string; groups: Texts } {
  const fresh = `session-${account.token.made}-${key}`;
  const made = pattern === undefined ? null : sampleText(pattern, account.values);
  const match = made === null || pattern === undefined ? null : matchOf(pattern, made);
  if (made === null || !match) return { value: fresh, whole: fresh, groups: {} };
  if (match.groups) return { value: match.first ?? made, whole: made, groups: match.groups };
  const { first } = match;
  return first === undefined ? { value: made, whole: made, groups: {} } : { value: fresh, whole: made.replace(first, fresh), groups: {} };
}

function takenFrom(account: Account, step: Step): { tree: unknown; text: string; headers: Texts } {
  const said = { tree: {} as unknown, text: "", headers: {} as Texts };
  const jar: Texts = {};
  for (const [key, take] of Object.entries(step.take)) {
    const { value, whole, groups } = takenValue(account, key, take);
    Object.assign(account.token.session, groups, { [key]: value });
    if (take.from === "text") said.text += whole;
    else if (take.from === "json") said.tree = plant(said.tree, take.at ?? key, whole);
    else if (take.from === "header") said.headers[take.at ?? key] = whole;
    else jar[take.from === "cookie" ? (take.at ?? key) : "session"] = whole;
  }
  const cookies = setCookies(account, step, jar);
  return cookies === "" ? said : { ...said, headers: { ...said.headers, "set-cookie": cookies } };
}

/** The header that sets them. All together are kept as they are sent back, with their names. */
function setCookies({ token }: Account, { take }: Step, jar: Texts): string {
  const cookies = Object.entries(jar).map((pair) => pair.join("="));
  for (const [key, { from }] of Object.entries(take)) if (from === "cookies") token.session[key] = cookies.join("; ");
  return cookies.map((cookie) => `${cookie}; Path=/`).join(", ");
}

/** One step of signing in: everything that was entered has to be in it where it is declared. */
export function loginAnswer(account: Account, call: Call): Spoken | null {
  const { method } = account;
  if (method.type !== "login") return null;
  const values = knownOf(account);
  const step = method.steps.find((one) => isAt(call, one.call.url, values) && call.method === one.call.method);
  if (!step) return null;
  const { form, json, text } = step.call;
  const wanted = text
    ? fillIn(text.body, values)
    : form
      ? new URLSearchParams(Object.entries(form).map(([name, one]) => [name, fillIn(one, values)])).toString()
      : json === undefined
        ? ""
        : fillIn(JSON.stringify(json), values);
  const { basic, headers, query } = step.call;
  const pair = basic && `${fillIn(basic.username, values)}:${fillIn(basic.password, values)}`;
  const proofs: [string, string | null | undefined][] = [
    [wanted, call.body],
    ...(pair === undefined ? [] : [[`Basic ${Buffer.from(pair).toString("base64")}`, call.headers["authorization"]] as [string, string]]),
    ...Object.entries(headers).map(([name, one]): [string, string | undefined] => [fillIn(one, values), call.headers[name.toLowerCase()]]),
    ...Object.entries(query).map(([name, one]): [string, string | null] => [fillIn(one, values), call.url.searchParams.get(name)]),
  ];
  if (proofs.some(([one, sent]) => one !== sent)) return no(401, "invalid_login", "the sign-in is another one");
  account.token.made++;
  const said = takenFrom(account, step);
  return said.text === ""
    ? { tree: said.tree, headers: said.headers }
    : { headers: { ...said.headers, "content-type": text?.type ?? "text/plain" }, tree: null, text: said.text };
}
