import type postgres from "postgres";
import { readScoped } from "#server/db/tenancy";
import type { ModelField } from "#server/domains/models/schema";
import type { StreamChosen } from "#server/domains/templates/offers";
import type { Direction, TemplateStream } from "#server/domains/templates/schema";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId } from "#server/lib/ids";
import { type Overrides, withOverrides } from "#server/mapping/overrides";
import { readsOf } from "#server/mapping/reads";
import type { FieldMapping } from "#server/mapping/schema";
import { changesPass } from "#server/runtime/cursor";
import { type Both, openBoth } from "./both-ways";
import { type Counts, countsBefore } from "./circuit";
import type { StoredCorrection } from "./corrected";
import { readsWith } from "./looked-up";
import type { Taking } from "./page-batch";
import { takingOf } from "./taking-of";

export type Leg = {
  fence: number;
  kind: "backfill" | "incremental" | "remap" | "named" | "push";
  /** When the run began, as the database tells time. */
  startedAt: string;
  direction: Direction;
  /** What the template says of the stream now; null when it is no longer among its streams. */
  settings: TemplateStream | null;
  model: readonly ModelField[];
  /** Somebody or something asked for the run: it goes before those of the schedule. */
  urgent: boolean;
  phase: "backfill" | "incremental";
  /** Calls of the third party named records of late: those are fetched first. */
  named: boolean;
  /** Somebody wants records tried again. */
  asked: boolean;
  cursor: string | null;
  remapAfter: string | null;
  object: string;
  connectionId: ConnectionId;
  /** The mapping in force, as it is written. */
  fields: readonly FieldMapping[];
  /** Every path of a record that the mapping and its filter read: what a source is asked for. */
  reads: readonly string[];
  /** How old our look at the account's fields is, in ms; null = there was none. */
  schemaAgeMs: number | null;
  /** A whole reading has come to its end, and who is missing has not been deleted yet. */
  scanComplete: boolean;
  /** A whole reading is under way, or records that the filter leaves out wait for the end of a run: one has to be made of it. */
  openEnd: boolean;
  /** What the run has looked at and newly held back before this leg. */
  counts: Counts;
  /** Whether the run is stopped when nearly everything is held back; not once a person let this mapping go on. */
  circuitOn: boolean;
  /** Of a stream that goes both ways; null = of another. */
  both: Both | null;
} & Taking;

type Row = {
  fence: string;
  kind: Leg["kind"];
  started_at: string;
  direction: Direction;
  settings: TemplateStream | null;
  trigger: string;
  phase: Leg["phase"];
  named: boolean;
  asked: boolean;
  corrections: StoredCorrection[] | null;
  cursor: string | null;
  remap_after: string | null;
  object: string;
  connection_id: ConnectionId;
  mapping_version: number;
  template_version: number;
  scan_complete: boolean;
  open_end: boolean;
  fields: FieldMapping[] | null;
  begin_at: Date | string | null;
  filter: string | null;
  chosen: StreamChosen;
  overrides: Overrides | null;
  schema_age_ms: number | null;
  model_fields: ModelField[] | null;
  taken: number;
  held: number;
  circuit_on: boolean;
};

/** How the stream runs, at the version of the template it is at. */
const settings = (sql: postgres.TransactionSql) => sql`coalesce(m.settings, (
  select e.value from templates t cross join jsonb_array_elements(t.streams) e
   where t.environment_id = s.environment_id and t.id = s.template_id and e.value->>'key' = s.key limit 1))`;

/** From when on the records of a first reading must have changed, where the customer or the template says so; null = all are read. */
const beginAt = (sql: postgres.TransactionSql) => sql`(
  select s.created_at - make_interval(days => ((case when jsonb_exists(s.chosen, 'backfillDays') then s.chosen else x.settings end)->>'backfillDays')::int) from (select ${settings(sql)} as settings) x where s.cursor is null)`;

/**
 * Takes the stream over for one attempt: moves the fence, so that whatever an older attempt still sends is refused, and
 * reads all that the leg needs in the same statement. Null when the run is no longer the stream's run.
 */
export async function beginLeg(ctx: Ctx, input: { streamId: string; runId: string }): Promise<Leg | null> {
  const { environmentId, customerId } = ctx.scope;
  const [row] = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    with s as (
      update streams set fence = fence + 1, waiting_until = null
       where id = ${input.streamId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""}
         and run_id = ${input.runId} and status = 'active'
      returning *
    ), r as (
      update runs set legs = legs + 1 where id = ${input.runId} and environment_id = ${environmentId} and status = 'running' returning kind, trigger, started_at, legs, seen, skipped, quarantined
    )
    select s.fence, r.kind, r.trigger, r.started_at::text, s.direction, ${settings(sql)} as settings, s.phase, s.cursor, s.remap_after, s.object, s.connection_id, exists (select from named_records n where n.stream_id = s.id) as named, exists (select from retries a where a.stream_id = s.id) as asked,
           (select jsonb_agg(to_jsonb(k)) from corrections k where k.stream_id = s.id) as corrections, s.mapping_version, s.template_version, s.scan_complete, (s.scan is not null or exists (select from seen e where e.stream_id = s.id and e.scan = -1)) as open_end, ${beginAt(sql)} as begin_at, m.fields, m.filter, s.chosen, o.overrides,
           extract(epoch from clock_timestamp() - cs.taken_at)::float8 * 1000 as schema_age_ms, mo.fields as model_fields,
           c.taken, c.held, s.circuit_off_at is distinct from s.mapping_version as circuit_on
      from s join r on true cross join lateral (${countsBefore(sql)}) c
      left join mappings m on m.environment_id = s.environment_id and m.template_id = s.template_id and m.stream_key = s.key
           and m.version = s.template_version and m.status <> 'draft'
      left join lateral (
        select o.overrides from stream_overrides o
         where o.stream_id = s.id and o.environment_id = s.environment_id and o.customer_id = s.customer_id order by o.n desc limit 1
      ) o on true
      left join connection_schemas cs on cs.connection_id = s.connection_id and cs.object = s.object and cs.environment_id = s.environment_id
      left join models mo on mo.environment_id = s.environment_id and mo.key = s.model_key`,
  );
  if (!row) return null;
  if (!row.fields || !row.model_fields) {
    throw new AppError(
      "config_invalid",
      `mapping version ${row.template_version} of this stream, or its model, is missing; publish the mapping again`,
    );
  }
  const known = new Set(row.model_fields.map((field) => field.key));
  // What the model no longer has is not written; the mapping itself never changes.
  const fields = (row.overrides ? withOverrides(row.fields, row.overrides) : row.fields).filter((field) => known.has(field.target));
  const taking = await takingOf({
    fields,
    filter: row.filter,
    only: row.chosen.only,
    model: row.model_fields,
    version: row.mapping_version,
    corrections: row.corrections,
  });
  const leg: Omit<Leg, "both"> = {
    ...taking,
    fence: Number(row.fence),
    kind: row.kind,
    startedAt: row.started_at,
    direction: row.direction,
    settings: row.settings,
    model: row.model_fields,
    urgent: row.trigger !== "schedule",
    phase: row.phase,
    named: row.named,
    asked: row.asked,
    cursor: row.cursor ?? (row.begin_at === null ? null : JSON.stringify(changesPass(new Date(row.begin_at).toISOString()))),
    remapAfter: row.remap_after,
    object: row.object,
    connectionId: row.connection_id,
    scanComplete: row.scan_complete,
    openEnd: row.open_end,
    fields,
    reads: readsWith(row.settings?.lookups ?? [], readsOf({ fields, filter: row.filter, only: row.chosen.only })),
    schemaAgeMs: row.schema_age_ms,
    counts: { taken: row.taken, held: row.held },
    circuitOn: row.circuit_on,
  };
  return { ...leg, both: row.direction === "two_way" ? await openBoth(ctx, input.streamId, leg) : null };
}
