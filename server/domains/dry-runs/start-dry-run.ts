import { and, eq, inArray, sql } from "drizzle-orm";
import { actionCalls, auditEntries } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ActionCallId, ConnectionId, CustomerId } from "#server/lib/ids";
import { withOverrides } from "#server/mapping/overrides";
import { keyOf } from "#server/mapping/same-value";
import { placeOf } from "../actions/internal";
import { storeCall, tellWorker } from "../actions/start-call";
import { authorOf } from "../mappings/internal";
import { standingOfRow, type Whole } from "../overrides/get-adaptation";
import { isShown } from "../overrides/ground";
import { readsUnasked } from "../overrides/internal";
import { draftGoal, type Goal, type TryDraft, type TryWishes, wishedGoal } from "./goals";
import { type Trial, WAITED_MS } from "./trial";

/** So many at once on one connection. */
const AT_ONCE = 3;
/** How long one has to be asked about when another was started after it. */
const GRACE_MS = 5_000;
const DAY_MS = 86_400_000;

type Started = { callId: ActionCallId };

/**
 * Has the worker try out what a customer's mapping would do, with the changes given. Throws `invalid` by field for what they may not do, as
 * saving does, and `quota_exceeded` when several are under way. `getDryRun` tells how far it is.
 */
export const startDryRun = async (ctx: Ctx, input: TryWishes): Promise<Started> => begin(ctx, await wishedGoal(ctx, input));

/**
 * Has the worker try out what a template's draft would do with one customer's records, with that customer's own changes on top. Throws
 * `conflict` when there is no draft and none is given, `invalid` by field.
 */
export const startDraftDryRun = async (ctx: Ctx, input: TryDraft): Promise<Started> => begin(ctx, await draftGoal(ctx, input));

async function begin(ctx: Ctx, { row, manifest, chosen, ...goal }: Goal): Promise<Started> {
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
