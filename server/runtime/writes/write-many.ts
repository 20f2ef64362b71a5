import { at } from "../paths";
import type { Reply } from "../send";
import { batchResults } from "./batch-results";
import { keyedWhole, requestForMany, type WriteItem, type WritePlan } from "./plan";
import { refusedBy, resultOfError, type WriteResult } from "./result";
import type { Batch } from "./schema";
import { ATTEMPTS, exhausted, pauseAfter, type Work, writeOne } from "./write-one";

/** Chunks for the batch call: as large as it takes, and no record twice in one, since its order would be anybody's guess. */
export function chunksOf(plan: WritePlan, batch: Batch, numbers: readonly number[], items: readonly WriteItem[]): number[][] {
  const chunks: number[][] = [];
  let names = new Set<string>();
  for (const n of numbers) {
    const item = items[n] as WriteItem;
    const key = plan.upsertKey === null ? item.id : at(item.data, plan.upsertKey);
    const name = key === undefined ? null : String(key);
    const last = chunks.at(-1);
    if (!last || last.length >= batch.size || (name !== null && names.has(name))) {
      chunks.push([n]);
      names = new Set();
    } else last.push(n);
    if (name !== null) names.add(name);
  }
  return chunks;
}

/** Whether the same batch may be sent again: all but a creation may, and that where a key tells it apart. */
const repeatable = (plan: WritePlan): boolean => plan.operation !== "create" || plan.once?.by === "key";

/** Many records in one call. Refused as a whole, each is sent by itself, so that one wrong record does not stop its neighbours. */
export async function writeMany(work: Work, batch: Batch, items: readonly WriteItem[]): Promise<WriteResult[]> {
  const forgotten = keyForgotten(work, items);
  if (forgotten) return forgotten;
  for (let attempt = 1, again = items.some((item) => item.again); ; attempt++, again = true) {
    const results = await attemptMany(work, batch, items, again);
    if (Array.isArray(results)) return settleEach(work, batch, items, results);
    if (results.outcome !== "unknown") return settleWhole(work, items, results, again);
    const all = items.map(() => results);
    if (!repeatable(work.plan)) return settleEach(work, batch, items, all);
    if (attempt >= ATTEMPTS) return items.map(() => exhausted(work, results));
    await pauseAfter(work, attempt);
  }
}

function keyForgotten({ plan, nowMs }: Work, items: readonly WriteItem[]): WriteResult[] | null {
  const { once } = plan;
  if (once?.by !== "key" || !items.some((item) => item.again)) return null;
  const first = Math.min(...items.map((item) => item.firstAtMs ?? nowMs()));
  if (nowMs() - first < once.rememberedMs) return null;
  return items.map(() => ({ outcome: "unknown", message: `${plan.name} has forgotten the key of an earlier attempt.` }));
}

/** What is known of a batch as a whole. `doubtful`: an attempt before may have been done. */
async function settleWhole(work: Work, items: readonly WriteItem[], result: WriteResult, doubtful: boolean): Promise<WriteResult[]> {
  if (result.outcome !== "refused") return items.map(() => (result.outcome === "later" && doubtful ? { ...result, again: true } : result));
  const results: WriteResult[] = [];
  for (const item of items) results.push(await writeOne(work, { ...item, again: doubtful && work.plan.once?.by === "find" }));
  return results;
}

/** One result a record, or the one that concerns all of them. */
async function attemptMany(
  { send, plan, signal }: Work,
  batch: Batch,
  items: readonly WriteItem[],
  repeat: boolean,
): Promise<WriteResult[] | WriteResult> {
  const { request, entries } = requestForMany(plan, batch, items);
  let reply: Reply;
  try {
    reply = await send(request, signal);
  } catch (error) {
    if (signal?.aborted) throw error;
    return resultOfError(error, { keyed: repeat && plan.once?.by === "key" });
  }
  const refused = batch.results ? null : refusedBy(plan.refused, reply.json, plan.name); // results say it of each
  return refused ?? batchResults(plan, batch, { items, entries }, reply);
}

/** Those of which the answer says nothing are looked for, or sent again, where that is safe. */
async function settleEach(work: Work, batch: Batch, items: readonly WriteItem[], results: WriteResult[]): Promise<WriteResult[]> {
  // Not under one key for all: a record by itself would have another.
  const can = (repeatable(work.plan) && !keyedWhole(work.plan, batch)) || work.plan.once?.by === "find";
  const settled: WriteResult[] = [];
  for (const [n, result] of results.entries())
    settled.push(result.outcome === "unknown" && can ? await writeOne(work, { ...(items[n] as WriteItem), again: true }) : result);
  return settled;
}
