import { type Account, knownOf } from "./account";
import { isAt, no } from "./desk";
import type { Call, Said } from "./role";
import { plant } from "./tree";

type Question = Extract<Account["method"], { type: "oauth2_code" }>["afterConnect"][number];

/** What the account's owner may use, as the answer to this question shows it. */
function treeOf({ config, list }: Question, { values }: Account): unknown {
  let entry: unknown = {};
  for (const [key, one] of Object.entries(config)) entry = plant(entry, typeof one === "string" ? one : one.path, values[key]);
  if (!list) return entry;
  if (list.where) entry = plant(entry, list.where.path, list.where.equals);
  const other = list.where ? [plant({}, list.where.path, `not-${list.where.equals}`)] : [];
  return list.path === undefined ? [...other, entry] : plant({}, list.path, [...other, entry]);
}

/** What is asked once after the consent, by whom the new credential is on; `first`: since the code was handed in. */
export function answerToQuestion(account: Account, call: Call): { said: Said; first: boolean } | null {
  const { method, token, asked } = account;
  if (method.type !== "oauth2_code") return null;
  const isIt = (one: Question) => isAt(call, one.call.url, knownOf(account)) && call.method === one.call.method;
  // Where several are asked at one address, each in its turn.
  const at = method.afterConnect.findIndex((one, n) => isIt(one) && !asked.has(n));
  const question = method.afterConnect[at] ?? method.afterConnect.find(isIt);
  if (!question) return null;
  if (!Object.values(call.headers).some((one) => one.includes(token.access)))
    return { said: no(401, "unauthorized", "the credential is missing"), first: at >= 0 };
  if (at >= 0) asked.add(at);
  return { said: { tree: treeOf(question, account) }, first: at >= 0 };
}

const isTree = (value: unknown): value is object => typeof value === "object" && value !== null;

/** One answer that holds what two would: of what is in both, the second's. */
export function together(one: unknown, other: unknown): unknown {
  if (!isTree(one) || !isTree(other) || Array.isArray(one) !== Array.isArray(other)) return other;
  if (Array.isArray(one) && Array.isArray(other))
    return [...other, ...one.slice(other.length)].map((each, n) => (n < one.length ? together(one[n], each) : each));
  return Object.fromEntries(
    Object.entries({ ...one, ...other }).map(([name, each]) => [
      name,
      Object.hasOwn(one, name) ? together((one as Record<string, unknown>)[name], each) : each,
    ]),
  );
}
