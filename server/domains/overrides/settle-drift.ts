import { and, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { drifts } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { DriftId, StreamId } from "#server/lib/ids";
import { withOverrides } from "#server/mapping/overrides";
import { keyOf } from "#server/mapping/same-value";
import type { FieldMapping } from "#server/mapping/schema";
import { authorOf } from "../mappings/internal";
import { type DriftGround, remedyOf, withValues } from "./drift-remedy";
import { isShown } from "./ground";
import { type Adaptable, changeOverrides } from "./internal";
import { stillKnown } from "./patch";
import type { ValueChoices } from "./schema";

type Act = { driftId: DriftId; act: "accept" | "dismiss"; to?: ValueChoices | undefined };
type Stored = typeof drifts.$inferSelect;

const gone = (driftId: DriftId) => new AppError("not_found", `no open drift ${driftId} here`);

async function findDrift(ctx: Ctx, tx: Tx, driftId: DriftId, lock: boolean): Promise<Stored> {
  const { environmentId, customerId } = ctx.scope;
  const query = tx
    .select()
    .from(drifts)
    .where(
      and(eq(drifts.id, driftId), eq(drifts.environmentId, environmentId), ...(customerId ? [eq(drifts.customerId, customerId)] : [])),
    );
  const [row] = await (lock ? query.for("update") : query);
  if (!row) throw gone(driftId);
  return row;
}

async function close(ctx: Ctx, tx: Tx, driftId: DriftId, status: "accepted" | "dismissed"): Promise<void> {
  await tx
    .update(drifts)
    .set({ status, settledAt: ctx.clock.now(), settledBy: authorOf(ctx) })
    .where(and(eq(drifts.id, driftId), eq(drifts.environmentId, ctx.scope.environmentId)));
}

const refuse = (message: string, path = "act") => new AppError("invalid", message, { details: { issues: [{ path, message }] } });

/** The fields as accepting makes them; `invalid` says what a person has to do instead, or which values nothing was said about. */
function acceptedFields(drift: Stored, ground: DriftGround, to: ValueChoices): Record<string, FieldMapping | null> {
  const remedy = remedyOf(drift.detail, ground);
  if (remedy.kind === "explain" || remedy.kind === "own" || remedy.kind === "vendor") throw refuse(remedy.label);
  if (remedy.kind === "patch") return remedy.fields;
  const { fields, unsaid } = withValues(drift.detail, ground, to);
  if (unsaid.length > 0)
    throw refuse(`Say for each new value what it is with you; still open: ${unsaid.slice(0, 10).join(", ")}.`, `to.${unsaid[0]}`);
  const stranger = remedy.options && Object.entries(to).find(([, value]) => value !== null && !remedy.options?.includes(String(value)));
  if (stranger)
    throw refuse(`“${stranger[1]}” is none of the values there are: ${remedy.options?.slice(0, 10).join(", ")}.`, `to.${stranger[0]}`);
  return fields;
}

const driftGround = ({ ground, filter, standing, stream }: Adaptable): DriftGround => ({
  inForce: withOverrides(ground.fields, standing.overrides),
  ...{ filter, only: stream.chosen.only, model: ground.model, sources: ground.sources ?? [] },
  direction: ground.writing?.direction,
  ...(ground.say ? { say: ground.say } : {}),
});

/**
 * The customer's mapping with the fields that a remedy makes. Where the template and the customer have both changed a field, that stays
 * to be decided: only what the customer's side reads is another.
 */
function accepted({ ground, filter, standing, stream }: Adaptable, drift: Stored, to: ValueChoices) {
  if (stream.status !== "active") throw new AppError("conflict", "This is turned off. Turn it on first.");
  const fields = acceptedFields(drift, driftGround({ ground, filter, standing, stream }), to);
  const bases = new Map(ground.fields.map((field) => [field.target, field]));
  const disputed = new Set(standing.conflicts.map(({ target }) => target));
  const overrides = stillKnown(ground, standing.overrides);
  for (const [target, field] of Object.entries(fields)) {
    const [before, template] = [Object.hasOwn(overrides, target) ? overrides[target] : undefined, bases.get(target) ?? null];
    // What the template says by now is nobody's own.
    if (!disputed.has(target) && keyOf(field) === keyOf(template)) delete overrides[target];
    else overrides[target] = { field, base: before ? before.base : template };
  }
  return {
    overrides,
    conflicts: standing.conflicts.map((conflict) => {
      const field = fields[conflict.target];
      return field === undefined ? conflict : { ...conflict, customer: field };
    }),
  };
}

/**
 * Settles a change at the source. `accept` does what its remedy says, as a revision of the customer's mapping that its history holds and
 * that can be gone back from, whatever the template lets them choose: the field stays what it was meant to be. `to` says what new values are.
 * `dismiss` leaves all as it is. `invalid` says what a person has to do where one click cannot. Settled already, `conflict`.
 */
export async function settleDrift(ctx: Ctx, input: Act): Promise<{ streamId: StreamId; n: number }> {
  const { driftId, act, to = {} } = input;
  const { streamId } = await withScope(ctx, (tx) => findDrift(ctx, tx, driftId, false));
  const { n } = await changeOverrides(ctx, { streamId }, async (adaptable, tx) => {
    const drift = await findDrift(ctx, tx, driftId, true);
    if (!drift.detail.filter && !drift.detail.targets.some(isShown(ctx, adaptable.ground.choices))) throw gone(driftId);
    if (drift.status !== "open") throw new AppError("conflict", "This was settled in the meantime. Reload.");
    const remedy = remedyOf(drift.detail, driftGround(adaptable));
    if (remedy.kind === "vendor" && ctx.actor.type === "customer") throw refuse(remedy.label); // it is not theirs to wave aside
    const { overrides, conflicts } = adaptable.standing;
    const next = act === "accept" ? accepted(adaptable, drift, to) : { overrides, conflicts };
    await close(ctx, tx, driftId, act === "accept" ? "accepted" : "dismissed");
    return { next };
  });
  return { streamId, n };
}
