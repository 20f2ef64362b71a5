import { and, eq, inArray, sql } from "drizzle-orm";
import { actionCalls, auditEntries } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ActionCallId, ConnectionId, CustomerId, TemplateId } from "#server/lib/ids";
import { type FieldChoices, keeping, keptBy, mergeOverrides, withOverrides } from "#server/mapping/overrides";
import { keyOf } from "#server/mapping/same-value";
import type { FieldMapping } from "#server/mapping/schema";
import type { Manifest } from "#server/runtime/manifest";
import { sayTo } from "#server/words/reader";
import { placeOf } from "../actions/internal";
import { storeCall, tellWorker } from "../actions/start-call";
import { ownChoices, refusedChoices } from "../installations/check-chosen";
import { authorOf, checkFields, checkFilter, newestMapping } from "../mappings/internal";
import { adaptationRows } from "../overrides/adaptation-rows";
import { standingOfRow, type Whole, whole } from "../overrides/get-adaptation";
import { isShown } from "../overrides/ground";
import { checkOverrides, readsUnasked, refusal } from "../overrides/internal";
import { groundOf, patched, stillKnown } from "../overrides/patch";
import type { Wishes } from "../overrides/schema";
import { writingOf } from "../overrides/written-back";
import type { StreamChosen } from "../templates/offers";
import { type Trial, WAITED_MS } from "./trial";

/** So many at once on one connection. */
const AT_ONCE = 3;
/** How long one has to be asked about when another was started after it. */
const GRACE_MS = 5_000;
const DAY_MS = 86_400_000;

type Which = { connectionId: ConnectionId; templateId: TemplateId; streamKey: string };
export type StartDryRun = Which & {
  /** What the customer wants of single fields and has not saved yet. */
  fields?: Wishes | undefined;
  /** What they choose of what the stream offers; not given = as it stands. */
  chosen?: StreamChosen | undefined;
};
export type StartDraftDryRun = Which & {
  /** The template's fields and filter as they stand on the screen; not given = as they are in the draft. */
  fields?: unknown;
  filter?: string | null | undefined;
  /** What customers may choose, likewise: who runs the stream keeps what filled a field that is now left to them. */
  choices?: FieldChoices | undefined;
};
type Started = { callId: ActionCallId };
type Goal = { fields: FieldMapping[]; filter: string | null; chosen: StreamChosen };

async function rowOf(ctx: Ctx, { connectionId, templateId, streamKey }: Which): Promise<Whole> {
  const rows = await adaptationRows(ctx, { connectionId, templateId });
  const row = rows.find((one) => one.stream.key === streamKey);
  if (!row) throw new AppError("not_found", `no stream "${streamKey.slice(0, 100)}" in a template ${templateId} for this connection`);
  return whole(row);
}

/**
 * Has the worker try out what a customer's mapping would do, with the changes given. Throws `invalid` by field for what they may not do, as
 * saving does, and `quota_exceeded` when several are under way. `getDryRun` tells how far it is.
 */
export async function startDryRun(ctx: Ctx, input: StartDryRun): Promise<Started> {
  const { manifest } = await placeOf(ctx, input.connectionId);
  const row = await rowOf(ctx, input);
  const { mapping, model, schema } = row;
  const ground = groundOf({
    fields: mapping.fields,
    choices: mapping.choices,
    model: model.fields,
    sources: schema?.fields ?? null,
    writing: writingOf(manifest, row.stream.object, row.stream.direction),
    say: sayTo(ctx),
  });
  const { overrides, refused } = patched(ground, standingOfRow(row).overrides, input.fields ?? {});
  if (refused.length > 0) throw refusal(ground, refused);
  const fields = await checkOverrides(ground, overrides);
  const chosen = ownChoices(row.stream, input.chosen ?? row.chosen);
  const [strange] = refusedChoices(row.stream, chosen, row.chosen, sayTo(ctx));
  if (strange) throw new AppError("invalid", strange.message, { details: { issues: [strange], said: true } });
  return begin(ctx, row, manifest, { fields, filter: mapping.filter, chosen });
}

/**
 * Has the worker try out what a template's draft would do with one customer's records, with that customer's own changes on top. Throws
 * `conflict` when there is no draft and none is given, `invalid` by field.
 */
export async function startDraftDryRun(ctx: Ctx, input: StartDraftDryRun): Promise<Started> {
  const { manifest } = await placeOf(ctx, input.connectionId);
  const row = await rowOf(ctx, input);
  const draft = await withScope(ctx, (tx) => newestMapping(ctx, tx, input, "draft"));
  const wanted = input.fields ?? draft?.fields;
  if (wanted === undefined) throw new AppError("conflict", "there is no draft to try out; change the mapping first");
  const base = await checkFields(wanted, row.model.fields);
  const filter = (await checkFilter(input.filter === undefined ? (draft ?? row.mapping).filter : input.filter)) ?? null;
  const choices = input.choices ?? (draft ?? row.mapping).choices;
  const theirs = keeping(row.standing?.overrides ?? {}, row.isOn ? keptBy(row.mapping.fields, base, choices) : []);
  const own = mergeOverrides(base, stillKnown({ model: row.model.fields }, theirs)).overrides;
  const fields = await checkFields(withOverrides(base, own), row.model.fields);
  return begin(ctx, row, manifest, { fields, filter, chosen: row.chosen });
}

async function begin(ctx: Ctx, row: Whole, manifest: Manifest, { chosen, ...goal }: Goal): Promise<Started> {
  const place = await placeOf(ctx, row.connectionId);
  await makeRoom(ctx, row.connectionId, row.stream.key);
  const { stream, mapping, model } = row;
  const shown = isShown(ctx, mapping.choices);
  const before = withOverrides(mapping.fields, standingOfRow(row).overrides);
  const { backfillDays = stream.backfillDays ?? null, only = {} } = chosen;
  const [was, is] = [row.chosen.only ?? {}, only];
  const content: Trial = {
    audience: ctx.actor.type === "customer" ? "customer" : "vendor",
    streamId: row.streamId,
    object: stream.object,
    ...goal,
    only,
    lookups: stream.lookups ?? [],
    model: model.fields,
    hidden: [...new Set([...Object.keys(mapping.choices), ...goal.fields.map((field) => field.target)])].filter((target) => !shown(target)),
    reread: goal.filter !== mapping.filter || keyOf(was) !== keyOf(is),
    writes: writesOf(stream),
    unasked: readsUnasked(manifest, stream.object, { fields: before, filter: mapping.filter, only: was }, { ...goal, only }),
    since: backfillDays ? new Date(ctx.clock.now().getTime() - backfillDays * DAY_MS).toISOString() : null,
  };
  await noteReader(ctx, place.customerId, row.connectionId);
  const stored = await storeCall(ctx, place, { kind: "dry_run", name: stream.key, content });
  await tellWorker(ctx, place, stored, 0);
  return { callId: stored.id };
}

/** Of a stream that writes: which own records, and how. The settings came whole, as the template has them. */
const writesOf = ({ direction = "pull", ...stream }: Whole["stream"]): Trial["writes"] =>
  direction === "pull" ? undefined : { direction, modelKey: stream.model, settings: { ...stream, direction } };

/** A result shows a customer's records: which member had it made is kept. */
async function noteReader(ctx: Ctx, customerId: CustomerId, subject: ConnectionId): Promise<void> {
  if (ctx.actor.type !== "member") return;
  const { environmentId } = ctx.scope;
  await withScope(ctx, (tx) =>
    tx.insert(auditEntries).values({ environmentId, customerId, actor: authorOf(ctx), action: "records.dry_run", subject }),
  );
}

/**
 * Whoever starts another one has mostly stopped to wait for the last: those of the same stream end within seconds unless somebody asks
 * about them. Refuses when many are waited for all the same.
 */
async function makeRoom(ctx: Ctx, connectionId: ConnectionId, streamKey: string): Promise<void> {
  const open = and(
    eq(actionCalls.environmentId, ctx.scope.environmentId),
    eq(actionCalls.connectionId, connectionId),
    eq(actionCalls.kind, "dry_run"),
    inArray(actionCalls.status, ["pending", "running"]),
    sql`${actionCalls.askedAt} > now() - ${WAITED_MS}::int * interval '1 ms'`,
  );
  const waited = await withScope(ctx, async (tx) => {
    const [row] = await tx.select({ count: sql<number>`count(*)::int` }).from(actionCalls).where(open);
    const lastCall = sql`least(${actionCalls.askedAt}, now() - ${WAITED_MS - GRACE_MS}::int * interval '1 ms')`;
    await tx
      .update(actionCalls)
      .set({ askedAt: lastCall })
      .where(and(open, eq(actionCalls.name, streamKey)));
    return row?.count ?? 0;
  });
  if (waited >= AT_ONCE)
    throw new AppError("quota_exceeded", `${AT_ONCE} dry runs of this account are under way. Wait for one to end.`, {
      retryAfterMs: GRACE_MS,
    });
}
