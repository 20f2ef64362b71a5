import type { PageFacts } from "#server/db/schema/streams";
import type { Manifest } from "../manifest";
import type { Send } from "../send";
import { checkItem, keyedWhole, type Operation, planWrite, requestForOne, type WriteItem, type WritePlan } from "./plan";
import { readOne } from "./read-one";
import { resultOfError, type WriteResult } from "./result";
import { chunksOf, writeMany } from "./write-many";
import { type Work, writeOne } from "./write-one";

export type Writing = {
  send: Send;
  manifest: Manifest;
  /** What the connection knows of its account: fills holes too. */
  config?: Readonly<Record<string, string>>;
  nowMs: () => number;
  /** Between an attempt of unknown outcome and the next look. Default 400 ms. */
  pauseMs?: number;
};

export type Written = { results: WriteResult[]; calls: PageFacts[] };

export type Writer = {
  /**
   * Writes records of an object and says of each what became of it, in the order given. Throws only what concerns none of them.
   * Creations that may have been done are to be repeated with the same items in the same order: a third party may know them by one key.
   */
  write(operation: Operation, items: readonly WriteItem[], signal?: AbortSignal): Promise<Written>;
};

/** Writes of one object of a connection: see {@link Writer}. */
export function createWriter({ send: outer, manifest, config = {}, nowMs, pauseMs = 400 }: Writing, object: string): Writer {
  return {
    async write(operation, items, signal) {
      const plan = planWrite(manifest, object, operation, config);
      const calls: PageFacts[] = [];
      const send: Send = async (request, until) => {
        const reply = await outer(request, until);
        calls.push(reply.facts);
        return reply;
      };
      const read = (id: string) => readOne({ send, manifest, config }, object, id, signal);
      const work: Work = { send, plan, read, nowMs, pauseMs, signal };
      return { results: await writeAll(work, items), calls };
    },
  };
}

/** What cannot be sent at all, before anything is. */
function faultOf(plan: WritePlan, item: WriteItem): WriteResult | null {
  try {
    checkItem(plan, item);
    requestForOne(plan, item);
    return null;
  } catch (error) {
    return resultOfError(error);
  }
}

async function writeAll(work: Work, items: readonly WriteItem[]): Promise<WriteResult[]> {
  const { plan } = work;
  const results: (WriteResult | null)[] = items.map((item) => faultOf(plan, item));
  const fit = [...items.keys()].filter((n) => results[n] === null);
  for (const chunk of chunked(plan, fit, items)) {
    const some = chunk.map((n) => items[n] as WriteItem);
    const [first] = some;
    const done = plan.batch && some.length > 1 ? await writeMany(work, plan.batch, some) : first ? [await writeOne(work, first)] : [];
    for (const [i, n] of chunk.entries()) results[n] = done[i] ?? null;
  }
  return results.map((one) => one ?? { outcome: "unknown", message: "Nothing became of this record." });
}

/** What goes together in one request, in the order given as far as can be. */
function chunked(plan: WritePlan, numbers: readonly number[], items: readonly WriteItem[]): number[][] {
  const { batch } = plan;
  if (!batch) return numbers.map((n) => [n]);
  // Under one key for all, a repeat has to be the very same batch.
  if (keyedWhole(plan, batch)) return chunksOf(plan, batch, numbers, items);
  // What may have been done already, and what is guarded by a version, goes by itself: a batch can do neither.
  const fits = (n: number) => items[n]?.again !== true && items[n]?.version === undefined;
  return [...numbers.filter((n) => !fits(n)).map((n) => [n]), ...chunksOf(plan, batch, numbers.filter(fits), items)];
}
