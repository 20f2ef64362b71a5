import { AppError } from "#server/lib/errors";
import { parseJson } from "../classify";
import type { EgressResponse } from "../egress";
import { at, textAt } from "../paths";
import { matchPattern } from "../pattern";
import type { Acquired } from "./acquire";
import { groupsOf } from "./answers";
import { type Caller, inTrouble, makeCall } from "./call";
import type { Login, Take } from "./schema";

type Texts = Record<string, string>;

/** `a=1; b=2` out of Set-Cookie headers that were joined by commas; dates hold commas too. */
function cookiesIn(header: string | undefined): Texts {
  const cookies: Texts = {};
  for (const line of (header ?? "").split(/,\s*(?=[^;,=\s]+=)/)) {
    const [pair = ""] = line.split(";");
    const cut = pair.indexOf("=");
    if (cut > 0) cookies[pair.slice(0, cut).trim()] = pair.slice(cut + 1).trim();
  }
  return cookies;
}

function rawValue(take: Take, key: string, answer: EgressResponse, json: () => unknown): string | null {
  const where = take.at ?? key;
  const cookies = () => cookiesIn(answer.headers["set-cookie"]);
  switch (take.from) {
    case "json":
      return textAt(json(), where);
    case "header":
      return answer.headers[where.toLowerCase()] ?? null;
    case "cookie":
      return cookies()[where] ?? null;
    case "cookies":
      return (
        Object.entries(cookies())
          .map((pair) => pair.join("="))
          .join("; ") || null
      );
    case "text":
      return answer.body.subarray(0, 65_536).toString("utf8");
  }
}

/** The value a step takes under `key`, with its groups; null when it is not there or does not look as it must. */
function taken(take: Take, key: string, answer: EgressResponse, json: () => unknown): Texts | null {
  const value = rawValue(take, key, answer, json);
  if (value === null || take.pattern === undefined) return value === null ? null : { [key]: value };
  if (take.from !== "text") {
    const groups = groupsOf(take.pattern, value);
    return groups && { [key]: value, ...groups };
  }
  const found = matchPattern(take.pattern, value, { whole: false });
  return found && { [key]: found.first ?? found.whole, ...found.groups };
}

function lifetimeOf(method: Login, token: Texts, nowMs: number): number | null {
  const value = method.expires ? token[method.expires.value] : undefined;
  if (method.expires && value !== undefined) {
    const left = {
      seconds: () => Number(value) * 1_000,
      ms: () => Number(value),
      unix_s: () => Number(value) * 1_000 - nowMs,
      moment: () => Date.parse(value) - nowMs,
    }[method.expires.as]();
    if (left > 0) return left;
  }
  return method.lifetimeMs ?? null;
}

type Step = Login["steps"][number];

function takenAll(step: Step, name: string, answer: EgressResponse, json: () => unknown): Texts {
  const all: Texts = {};
  for (const [key, take] of Object.entries(step.take)) {
    const found = taken(take, key, answer, json);
    if (found === null && take.required)
      throw new AppError("provider_invalid_response", `${name} sent no "${key}" that its connector allows.`);
    Object.assign(all, found);
  }
  return all;
}

/** The words of a step's no, or null when it did not say no. */
function refusalOf(step: Step, name: string, { status, body }: EgressResponse, json: unknown): string | null {
  const said =
    step.refusedText === undefined ? null : matchPattern(step.refusedText, body.subarray(0, 65_536).toString("utf8"), { whole: false });
  if (said) return `${name} answered ${status}, ${said.first ?? said.whole}`.slice(0, 500);
  const no = step.refused.some((rule) => at(json, rule.path) === rule.equals);
  if (!no && ![400, 401, 403].includes(status)) return null;
  const told = textAt(json, step.message ?? "message") ?? textAt(json, "error");
  return `${name} answered ${status}${told === null ? "" : `, ${told}`}`.slice(0, 500);
}

/** Makes the calls of a login one after the other. A no of any of them is the answer. */
export async function byLogin(caller: Caller, method: Login, values: Texts, nowMs: number): Promise<Acquired> {
  const token: Texts = {};
  for (const step of method.steps) {
    const answer = await makeCall(caller, step.call, { ...values, ...token }, { faults: step.refusedText !== undefined });
    let read: { json: unknown } | null = null;
    const json = () => {
      read ??= { json: parseJson(caller.name, answer.body, answer.headers["content-type"]) };
      return read.json;
    };
    const text = refusalOf(step, caller.name, answer, jsonOr(json));
    if (text !== null) return { ok: false, refusal: { blame: "grant", text } };
    if (answer.status >= 500) throw inTrouble(caller.name, answer.status);
    if (answer.status < 200 || answer.status >= 300)
      throw new AppError("provider_invalid_response", `${caller.name} answered ${answer.status} to a sign-in.`);
    Object.assign(token, takenAll(step, caller.name, answer, json));
  }
  return { ok: true, token, lifetimeMs: lifetimeOf(method, token, nowMs), scopes: null };
}

function jsonOr(json: () => unknown): unknown {
  try {
    return json();
  } catch {
    return null;
  }
}
