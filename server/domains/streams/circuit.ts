import type postgres from "postgres";
import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { MAPPING_FAULTS } from "./outbox";
import type { PageFault } from "./page-batch";

/** A run of which so many records, and such a share of all, are held back is stopped: what holds them back is no fault of single records. */
const CIRCUIT = { held: 50, share: 0.9 } as const;

/** What a leg that is stopped so ends with. */
export const CIRCUIT_CODES: readonly string[] = ["mapping_failed", "record_invalid"];

/**
 * What a run has looked at and newly held back so far, under the mapping in force. Records that a filter leaves out do not count, and those that
 * were held back before the run and are so again neither: they tell nothing of its mapping.
 */
export type Counts = { taken: number; held: number };

const isTripped = ({ taken, held }: Counts): boolean => held >= CIRCUIT.held && held >= taken * CIRCUIT.share;

/** Why one record is held back. */
type Fault = { code: string; field: string | null; message: string };
/** What a page of records comes to: how many, those among them that a filter leaves out, and those that are held back. */
type Page = { seen: number; skipped: number; faults: readonly PageFault[] };
type Leg = { fence: number; version: number; startedAt: string; counts: Counts; circuitOn: boolean };
type Place = { streamId: string; runId: string; leg: Leg };

// What a lookup holds back is looked for again by itself.
const LOOKUPS = "^lookups(\\.|$)";
const isLookup = ({ field }: Fault) => field !== null && new RegExp(LOOKUPS).test(field);

/**
 * {@link Counts} of the legs of a run that are over, as two columns: of `s` (the stream) and `r` (its run, with this leg counted). Nothing, where
 * they may have been under another mapping than this leg.
 */
export const countsBefore = (sql: postgres.TransactionSql) => sql`
  select greatest(0, case when k.same then r.seen - r.skipped - r.quarantined + k.fresh else 0 end)::int as taken, case when k.same then k.held else 0 end::int as held
    from (
      select case when r.kind = 'remap' then s.remap_after like s.mapping_version || ':%' else s.mapping_version = s.mapped_version or s.remap_after = 'reread' end is true as same,
             n.fresh, n.held
        from (
          select count(*) as fresh, count(*) filter (where q.field is null or q.field !~ ${LOOKUPS}) as held from quarantine q
           where r.legs > 1 and r.quarantined > 0 and r.kind <> 'push' and q.stream_id = s.id and q.first_seen_at >= r.started_at
          union all
          select count(*), count(*) from outbox o
           where r.legs > 1 and r.quarantined > 0 and r.kind = 'push' and o.stream_id = s.id and o.state = 'held' and o.code = any (${[...MAPPING_FAULTS]}) and o.updated_at >= r.started_at
        ) n order by n.fresh desc limit 1
    ) k`;

/** Of those that a page holds back, the ones that were not before the run. */
async function newlyHeld(ctx: Ctx, { streamId, leg }: Place, faults: readonly PageFault[]): Promise<PageFault[]> {
  if (faults.length === 0) return [];
  const { environmentId, customerId = "" } = ctx.scope;
  const rows = await readScoped<{ id: string }[]>(
    ctx,
    (sql) => sql`
    select external_id as id from quarantine
     where stream_id = ${streamId} and environment_id = ${environmentId} and customer_id = ${customerId}
       and external_id = any (${faults.map((fault) => fault.external_id)}::text[]) and first_seen_at >= ${leg.startedAt}::text::timestamptz`,
  );
  const ids = new Set(rows.map(({ id }) => id));
  return faults.filter((fault) => ids.has(fault.external_id));
}

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
export function circuitOf(ctx: Ctx, place: Place): (page: Page) => Promise<void> {
  const stopAt = stopperOf(ctx, place);
  return async ({ seen, skipped, faults }) => {
    if (!place.leg.circuitOn) return;
    const fresh = await newlyHeld(ctx, place, faults);
    await stopAt(
      seen - skipped - (faults.length - fresh.length),
      fresh.filter((fault) => !isLookup(fault)),
    );
  };
}

/** {@link circuitOf} for who knows what is newly held back: told how many records were taken, but for those that were held before and are so again. */
export function stopperOf(ctx: Ctx, { streamId, runId, leg }: Place): (taken: number, held: readonly Fault[]) => Promise<void> {
  const sum = { ...leg.counts };
  return async (taken, held) => {
    sum.taken += taken;
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
