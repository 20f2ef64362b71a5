import { type AppError, isAppError } from "#server/lib/errors";
import type { OAuth2Code } from "#server/runtime/auth/schema";
import { lackOf } from "#server/runtime/classify";
import { revokeGrant } from "#server/runtime/oauth";
import { ownRequest } from "#server/runtime/paging/own-object";
import { plainRequest } from "#server/runtime/paging/request";
import { textAt } from "#server/runtime/paths";
import { answerOfRule, fineTree, refusal } from "#server/simulator/from-manifest/faults";
import type { Said } from "#server/simulator/from-manifest/role";
import { textAround } from "#server/simulator/from-manifest/sample-text";
import { plant } from "#server/simulator/from-manifest/tree";
import type { Bench } from "./bench";
import { must } from "./reading";

const WAIT_MS = 90_000;

/** A cheap call: the declared one, or the first page of the first object. */
async function call(bench: Bench): Promise<unknown> {
  const { check, http, objects } = bench.manifest;
  if (check) return (await bench.send(plainRequest(ownRequest(check, bench.config, http.protocol), http.protocol))).json;
  const [object] = Object.entries(objects).find(([, spec]) => spec.list) ?? [];
  must(object !== undefined, "there is nothing to be asked");
  return bench.source(object).readPage(null);
}

async function faultOf(bench: Bench): Promise<AppError> {
  try {
    await call(bench);
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error("it was taken for a fine answer");
}

/** As often as it may be asked again: after a renewal, after a shaky moment. */
const TIMES = 3;
const say = (bench: Bench, said: Said): void => bench.party.next({ said, times: TIMES });
const raw = (bench: Bench, status: number, headers: Record<string, string>, text: string): void =>
  bench.party.next({ raw: { status, headers, text }, times: TIMES });

/** The credential is taken, and renewed when it ends, once each time. */
export async function signsIn(bench: Bench): Promise<void> {
  await call(bench);
  must(bench.party.heard.at(-1)?.role !== null, `the request is not as the manifest says: ${bench.party.heard.at(-1)?.why}`);
}

export async function renews(bench: Bench): Promise<void> {
  for (const round of [1, 2]) {
    const desk = () => bench.party.heard.filter((one) => one.role === "desk").length;
    const before = desk();
    bench.party.endSession();
    await call(bench);
    const method = bench.party.account.method;
    const steps = method.type === "login" ? method.steps.length : method.type === "jwt" && !method.exchange ? 0 : 1;
    must(desk() - before === steps, `renewal ${round} asked ${desk() - before} times`);
  }
}

/** A credential that is refused for good is said to be so. */
export async function isRefused(bench: Bench): Promise<void> {
  const { account } = bench.party;
  for (const field of account.method.fields) if (field.secret) account.values[field.key] = "another";
  account.app.clientSecret = "another";
  account.token.refresh = "another";
  bench.party.endSession();
  account.token.access = "another";
  account.token.given = "another";
  // What is not renewed but signed anew is refused at each request.
  const method = account.method;
  if (method.type === "jwt" || ("clientAuth" in method && method.clientAuth === "private_key_jwt")) account.publicKey = "";
  const error = await faultOf(bench).catch((thrown: unknown) => thrown);
  must(isAppError(error) && error.code === "reauth_required", `it came to ${isAppError(error) ? error.code : error}`);
}

/** On disconnect the grant is given back, and of no use afterwards. */
export async function revokes(bench: Bench): Promise<void> {
  const { account } = bench.party;
  const method = account.method as OAuth2Code;
  const client = { name: bench.manifest.name, method, ...account.app, sandboxOrigin: bench.sandboxOrigin, values: bench.config };
  const secret = bench.secret();
  must(secret.type === "oauth2", "there is no token");
  must(await revokeGrant(bench.egress, client, secret), "it is to be asked again");
  must(bench.party.heard.at(-1)?.role === "desk" && bench.party.heard.at(-1)?.status === 200, "the third party did not take it back");
}

export async function identifies(bench: Bench): Promise<void> {
  const { identify, http } = bench.manifest;
  if (!identify.request) return;
  const reply = await bench.send(plainRequest(ownRequest(identify.request, bench.config, http.protocol), http.protocol));
  must(identify.accountId === undefined || textAt(reply.json, identify.accountId) !== null, "the answer names no account");
}

/** An error by rule is what the rule says, whatever its status. */
export async function obeysRule(bench: Bench, index: number): Promise<void> {
  const rule = bench.manifest.http.errors[index];
  must(rule !== undefined, "there is no such rule");
  say(bench, answerOfRule(bench.manifest, rule));
  const error = await faultOf(bench);
  must(error.code === rule.code, `it came to ${error.code} and not ${rule.code}`);
}

/** An answer that does not say that it is fine is an error, whatever its status. */
export async function wantsSuccess(bench: Bench): Promise<void> {
  say(bench, { ...refusal(bench.manifest, "record_invalid"), status: 200 });
  await faultOf(bench);
}

/** A page for people, with a 200, is never "no records". */
export async function seesPages(bench: Bench): Promise<void> {
  raw(bench, 200, { "content-type": "text/html; charset=utf-8" }, "<!doctype html><html><body>Down for maintenance</body></html>");
  const error = await faultOf(bench);
  must(error.code === "provider_invalid_response", `it came to ${error.code}`);
}

export async function seesLogin(bench: Bench): Promise<void> {
  raw(bench, 302, { location: "https://third-party.example/login?next=%2F" }, "");
  const error = await faultOf(bench);
  must(error.code === "reauth_required", `it came to ${error.code}`);
}

const around = (ms: number | undefined): boolean => ms !== undefined && Math.abs(ms - WAIT_MS) <= 2_000;

async function mustWait(bench: Bench): Promise<void> {
  const error = await faultOf(bench);
  must(error.code === "provider_rate_limited" && around(error.retryAfterMs), `it came to ${error.code}, for ${error.retryAfterMs} ms`);
}

const limited = (bench: Bench): Said => refusal(bench.manifest, "provider_rate_limited");

/** "Too many" is heard, with the wait it names, and with ours where it names none. */
export async function waits(bench: Bench): Promise<void> {
  const { rateLimit } = bench.manifest.http;
  say(bench, { ...limited(bench), headers: { [rateLimit.retryAfter]: String(WAIT_MS / 1_000) } });
  await mustWait(bench);
}

type Unit = "seconds" | "ms" | "minutes" | "epoch_s" | "epoch_ms" | "date";
const inUnit = (unit: Unit, waitMs: number, nowMs: number): string | number => {
  const then = nowMs + waitMs;
  const told = { seconds: waitMs / 1_000, ms: waitMs, minutes: waitMs / 60_000, epoch_s: then / 1_000, epoch_ms: then };
  return unit === "date" ? new Date(then).toUTCString() : told[unit];
};

type Reader = { header?: string | undefined; path?: string | undefined; pattern?: string | undefined };

/** A value in a header, in a header's JSON, or in the body; what stands in the header already stays beside it. */
function saying(said: Said, { header, path, pattern }: Reader, given: string | number): Said {
  const value = pattern === undefined ? given : textAround(pattern, String(given)).text;
  if (header === undefined) return { ...said, tree: plant(said.tree ?? {}, path ?? "value", value) };
  const before = said.headers?.[header];
  const text = path === undefined ? String(value) : JSON.stringify(plant(path && before ? JSON.parse(before) : {}, path, value));
  const whole = path === undefined && before !== undefined ? `${before}, ${text}` : text;
  return { ...said, headers: { ...said.headers, [header]: whole } };
}

export async function readsWait(bench: Bench, index: number): Promise<void> {
  const reader = bench.manifest.http.rateLimit.readers[index];
  must(reader !== undefined, "there is no such reader");
  say(bench, saying(limited(bench), reader, inUnit(reader.unit, WAIT_MS, bench.nowMs())));
  await mustWait(bench);
}

export async function readsBudget(bench: Bench): Promise<void> {
  const { budget } = bench.manifest.http.rateLimit;
  must(budget !== undefined, "there is no budget");
  const parts: [string, number][] = [
    [budget.left, 0],
    [budget.perSecond, 1],
    [budget.needed, WAIT_MS / 1_000],
  ];
  const said = limited(bench);
  say(bench, { ...said, tree: parts.reduce<unknown>((tree, [path, value]) => plant(tree, path, value), said.tree ?? {}) });
  await mustWait(bench);
}

/** A fine answer that says that nothing is left holds everybody back until then. */
export async function readsRemaining(bench: Bench, index: number): Promise<void> {
  const { manifest } = bench;
  const reader = manifest.http.rateLimit.remaining[index];
  must(reader !== undefined, "there is no such reader");
  let said = saying({ tree: fineTree(manifest) }, reader, reader.usedOf ?? 0);
  if (reader.reset) said = saying(said, reader.reset, inUnit(reader.reset.unit, WAIT_MS, bench.nowMs()));
  const lack = lackOf({ headers: said.headers ?? {}, json: said.tree }, manifest, bench.nowMs());
  must(lack?.everyone === true && (reader.reset ? around(lack.waitMs) : lack.waitMs > 0), `it is heard as ${JSON.stringify(lack)}`);
}
