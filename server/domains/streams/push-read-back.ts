import { isAppError } from "#server/lib/errors";
import { keyOf } from "#server/mapping/same-value";
import { changeOf } from "#server/runtime/pages";
import type { WriteResult } from "#server/runtime/writes/result";
import { inLanes } from "./push-look";
import type { Look, Pushing } from "./push-ready";
import type { Outcome, Sending } from "./push-send";

/** Whether a record that was read after the write is as it was before it: they are behind with it, or have not done it. */
function isBehind({ way, spec }: Pushing, { sent, seenMs }: Sending, value: unknown): boolean {
  if (typeof seenMs === "number" && changeOf(value, spec) < seenMs) return true;
  return sent.before !== null && keyOf(way.parts(value, Object.keys(sent.ours))) === keyOf(sent.before);
}

/**
 * Two-way: records that were changed, and whose answer does not show what became of it, are read once more: what they have made of our values
 * is what is agreed on. Creations that go many in a call are not: each would cost a call. Where reading fails it is left to the
 * next page; after the first failure no more are asked for.
 */
export async function readBack(
  push: Pushing,
  look: (externalId: string) => Promise<Look>,
  sending: readonly Sending[],
  results: readonly WriteResult[],
): Promise<Outcome[]> {
  if (push.leg.direction !== "two_way") return [...results];
  let failed = false;
  return inLanes([...results.entries()], async ([n, result]): Promise<Outcome> => {
    const one = sending[n];
    if (!one || failed || result.outcome !== "done" || !isWanted(push, one, result.record)) return result;
    const found = await look(result.id ?? one.sent.externalId ?? "").catch((error: unknown): Look => {
      if (!isAppError(error)) throw error;
      failed = true;
      return "unread";
    });
    return typeof found === "string" || isBehind(push, one, found.value) ? result : { ...result, record: found.value, whole: true };
  });
}

function isWanted({ way, spec }: Pushing, { sent }: Sending, record: unknown): boolean {
  const { operation } = sent;
  if (operation === "delete" || (operation !== "update" && spec.writes?.[operation]?.batch)) return false;
  const keys = Object.keys(sent.ours);
  const shown = record === undefined ? {} : way.fromTheirs(record, keys);
  return !keys.every((key) => Object.hasOwn(shown, key));
}
