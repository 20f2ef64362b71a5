import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

/** A run of which so many records, and such a share of all, are held back is stopped: what holds them back is no fault of single records. */
const CIRCUIT = { held: 50, share: 0.9 } as const;

/** What a leg that is stopped so ends with. */
export const CIRCUIT_CODES: readonly string[] = ["mapping_failed", "record_invalid"];

/** What a run has looked at and held back so far; records that a filter leaves out do not count. */
export type Counts = { taken: number; held: number };

const isTripped = ({ taken, held }: Counts): boolean => held >= CIRCUIT.held && held >= taken * CIRCUIT.share;

/** Why one record is held back. */
type Fault = { code: string; field: string | null; message: string };
/** What a page comes to: records, those among them that a filter leaves out, and those that are held back. */
type Page = { seen: number; skipped: number; faults: readonly Fault[] };
type Place = { streamId: string; runId: string; leg: { fence: number; version: number; counts: Counts; circuitOn: boolean } };

/** What most records are held back for: the words of the first of them, and how many there are. Pure. */
function mainCause(faults: readonly Fault[]): Pick<Fault, "code" | "message"> | null {
  const kinds = new Map<string, { code: string; message: string; count: number }>();
  for (const { code, field, message } of faults) {
    const kind = kinds.get(`${code} ${field}`) ?? { code, message, count: 0 };
    kinds.set(`${code} ${field}`, { ...kind, count: kind.count + 1 });
  }
  return [...kinds.values()].reduce<{ code: string; message: string; count: number } | null>(
    (most, kind) => (most && most.count >= kind.count ? most : kind),
    null,
  );
}

/**
 * Watches over what the pages of one leg hold back. Once nearly everything is (see {@link CIRCUIT}), the stream is paused for `quarantine` and the
 * leg ends with the cause as its error: `mapping_failed`, or `record_invalid` where the records themselves are wrong. Whatever changes the
 * mapping, its model or the connector lifts the pause, and so does a person who asks to go on, after which the same mapping is not stopped again.
 */
export function circuitOf(ctx: Ctx, { streamId, runId, leg }: Place): (page: Page) => Promise<void> {
  const sum = { ...leg.counts };
  return async ({ seen, skipped, faults }) => {
    // What a lookup holds back is looked for again by itself.
    const held = faults.filter(({ field }) => field === null || !/^lookups(\.|$)/.test(field));
    sum.taken += seen - skipped;
    sum.held += held.length;
    if (held.length === 0 || !leg.circuitOn || !isTripped(sum)) return;
    const [stopped] = await readScoped<{ id: string }[]>(
      ctx,
      (sql) => sql`
      update streams set pause_reasons = array_append(array_remove(pause_reasons, 'quarantine'), 'quarantine')
       where id = ${streamId} and environment_id = ${ctx.scope.environmentId} and run_id = ${runId} and fence = ${leg.fence}
         and mapping_version = ${leg.version}
      returning id`,
    );
    if (!stopped) return; // another mapping is in force by now
    const cause = mainCause(held);
    const told = `${sum.held} of the first ${sum.taken} records of this run were held back, so the stream was stopped`;
    throw new AppError(
      cause?.code === "mapping_failed" ? "mapping_failed" : "record_invalid",
      cause ? `${told}. Most of them: ${cause.message}` : told,
    );
  };
}
