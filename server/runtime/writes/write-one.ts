import { setTimeout as sleep } from "node:timers/promises";
import { at } from "../paths";
import type { Reply, Send } from "../send";
import { findWritten } from "./find-written";
import { givenOf, requestForOne, type WriteItem, type WritePlan } from "./plan";
import { idIn, idOfAlso, refusedBy, resultOfError, type WriteResult } from "./result";

/** What it takes to write records of one object in one way. */
export type Work = {
  send: Send;
  plan: WritePlan;
  read: (id: string) => Promise<{ value: unknown } | null>;
  nowMs: () => number;
  pauseMs: number;
  signal: AbortSignal | undefined;
};

/** Attempts for one request within one call of the writer. */
export const ATTEMPTS = 3;

type Doubt = Extract<WriteResult, { outcome: "unknown" }>;

/** A pause that grows with the attempts. */
export const pauseAfter = ({ pauseMs, signal }: Work, attempt: number): Promise<void> =>
  sleep(pauseMs * attempt, undefined, signal ? { signal } : {});

/** One record, tried again where that is safe, looked for where that is how to know. */
export async function writeOne(work: Work, given: WriteItem): Promise<WriteResult> {
  const item = await withVersion(work, given);
  if ("outcome" in item) return item;
  let why = item.again ? "An earlier attempt may have been done." : null;
  for (let attempt = 1; ; attempt++) {
    const settled = why === null ? "repeat" : await settle(work, item, why);
    if (settled !== "repeat") return settled;
    const result = await attemptOne(work, item, why !== null);
    if (result.outcome === "later" && why !== null) return { ...result, again: true };
    if (result.outcome !== "unknown") return result;
    if (attempt >= ATTEMPTS) return exhausted(work, result, item.version !== undefined);
    why = result.message;
    await pauseAfter(work, attempt);
  }
}

/** With the record's version, where the third party takes no write without it. */
async function withVersion({ plan, read }: Work, item: WriteItem): Promise<WriteItem | WriteResult> {
  const { guard, operation } = plan;
  if (!guard?.required || item.version !== undefined || item.id === undefined) return item;
  try {
    const found = await read(item.id);
    const version = found === null ? undefined : at(found.value, guard.version);
    if (version !== undefined && version !== null) return { ...item, version: String(version) };
    if (operation === "delete") return { outcome: "done", id: item.id, created: null };
    return { outcome: "refused", code: "record_invalid", message: `${plan.name} has no record ${item.id}.`, field: "id" };
  } catch (error) {
    return laterAgain(error);
  }
}

/** After the last attempt: what can be sent again is for later, all else for a person. */
export function exhausted({ plan }: Work, result: Doubt, guarded = false): WriteResult {
  const safe = plan.operation !== "create" || plan.once !== null;
  if (!safe || guarded) return result;
  return { outcome: "later", code: "provider_unavailable", message: result.message, retryAfterMs: null, again: true };
}

async function attemptOne({ send, plan, signal }: Work, item: WriteItem, repeat: boolean): Promise<WriteResult> {
  let reply: Reply;
  try {
    reply = await send(requestForOne(plan, item), signal);
  } catch (error) {
    if (signal?.aborted) throw error;
    return resultOfError(error, { guarded: item.version !== undefined, keyed: repeat && plan.once?.by === "key" });
  }
  return readReply(plan, item, reply);
}

/** What an action answers is its result, to be read by who knows it. */
function readReply(plan: WritePlan, item: WriteItem, reply: Reply): WriteResult {
  const refused = reply.ended ? null : refusedBy(plan.refused, reply.json, plan.name);
  if (refused) return refused;
  return plan.inputs ? { outcome: "done", id: null, created: null, record: reply.ended ? null : reply.json } : written(plan, item, reply);
}

function written(plan: WritePlan, item: WriteItem, reply: Reply): WriteResult {
  const creating = plan.operation === "create";
  if (reply.ended) {
    const id = idOfAlso(plan.also, reply.facts.status, reply.json) ?? item.id ?? null;
    return { outcome: "done", id, created: creating ? false : null };
  }
  const id = idIn(plan.id, reply) ?? item.id ?? null;
  if (creating && id === null) return { outcome: "unknown", message: `${plan.name} answered ${reply.facts.status} and named no id.` };
  const created = creating ? true : plan.created ? at(reply.json, plan.created.path) === plan.created.equals : null;
  const record = plan.record === undefined ? undefined : at(reply.json, plan.record);
  return { outcome: "done", id, created, ...(record === undefined ? {} : { record }) };
}

/** What to do about an attempt that may have been done: send it again, or the result that is known without. */
async function settle(work: Work, item: WriteItem, why: string): Promise<WriteResult | "repeat"> {
  const { plan } = work;
  if (plan.operation === "update" && plan.guard && item.version !== undefined) return settleGuarded(work, item, why);
  if (plan.operation !== "create") return "repeat";
  if (plan.once?.by === "key") {
    const age = item.firstAtMs === undefined ? 0 : work.nowMs() - item.firstAtMs;
    return age < plan.once.rememberedMs ? "repeat" : { outcome: "unknown", message: `${why} ${plan.name} has forgotten its key by now.` };
  }
  return plan.once?.by === "find" ? settleByFind(work, item, plan.once, why) : { outcome: "unknown", message: why };
}

async function settleGuarded({ plan, read }: Work, item: WriteItem, why: string): Promise<WriteResult | "repeat"> {
  if (!plan.one || !plan.guard) return { outcome: "unknown", message: why };
  try {
    const found = await read(item.id ?? "");
    const version = found === null ? undefined : at(found.value, plan.guard.version);
    return String(version) === item.version
      ? "repeat"
      : { outcome: "unknown", message: `${why} The record has changed since, by this write or another.` };
  } catch (error) {
    return laterAgain(error);
  }
}

type Find = Extract<NonNullable<WritePlan["once"]>, { by: "find" }>;

async function settleByFind(
  { send, plan, pauseMs, nowMs, signal }: Work,
  item: WriteItem,
  find: Find,
  why: string,
): Promise<WriteResult | "repeat"> {
  try {
    // A search may lag behind; asked too early it would let a second one be made.
    if (find.settleMs > 0) await sleep(Math.max(find.settleMs, pauseMs), undefined, signal ? { signal } : {});
    const data = item.data ?? {};
    const found = await findWritten(
      send,
      find,
      { given: givenOf(plan, item), data, protocol: plan.protocol, sinceMs: item.firstAtMs ?? nowMs() },
      signal,
    );
    if (found.kind === "one") return { outcome: "done", id: found.id, created: null, record: found.record };
    return found.kind === "none" ? "repeat" : { outcome: "unknown", message: `${why} More than one record fits.` };
  } catch (error) {
    if (signal?.aborted) throw error;
    return laterAgain(error);
  }
}

/** The look itself failed: nothing is known yet, and the next attempt has to look again. */
function laterAgain(error: unknown): WriteResult {
  const result = resultOfError(error);
  if (result.outcome === "done") return result;
  const code = result.outcome === "unknown" ? "provider_unavailable" : result.code;
  const retryAfterMs = result.outcome === "later" ? result.retryAfterMs : null;
  return { outcome: "later", code, message: result.message, retryAfterMs, again: true };
}
