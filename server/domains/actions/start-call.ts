import { and, eq, sql } from "drizzle-orm";
import { actionCalls } from "#server/db/schema";
import { withCustomer } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type ActionCallId, newId } from "#server/lib/ids";
import { getCall } from "./get-call";
import { type CallInput, type CallKind, type CallRow, type CallView, type Place, sealContext } from "./internal";

type Wish = { kind: CallRow["kind"]; name: string; content: CallInput | Record<string, unknown>; key?: string | undefined };
export type StartCall = { kind: CallKind; name: string; content: CallInput; key: string | undefined; waitMs: number };
type Where = Pick<Place, "connectionId" | "customerId">;
type Stored = { id: ActionCallId; start: boolean };

/** How long a caller is kept waiting for an answer at most. */
export const WAIT_MS = 25_000;

/** The same value has the same text, whatever the order of its names. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const parts = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${parts.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(",")}}`;
}

/**
 * A new row, or the one that this key already names; that one is made ready again when it was not done. Nobody does it before
 * {@link tellWorker} (`start`).
 */
export async function storeCall(ctx: Ctx, place: Where, { kind, name, content, key }: Wish): Promise<Stored> {
  const { environmentId } = ctx.scope;
  const { customerId, connectionId } = place;
  const id = newId("actionCall");
  const input = ctx.vault.seal(canonical(content), sealContext({ id, environmentId, customerId }, "input"));
  return withCustomer(ctx, customerId, async (tx) => {
    const made = await tx
      .insert(actionCalls)
      .values({ id, environmentId, customerId, connectionId, kind, name, key: key ?? null, input, askedAt: sql`now()` })
      .onConflictDoNothing()
      .returning({ id: actionCalls.id });
    if (made.length > 0 || key === undefined) return { id, start: true };
    const same = and(
      eq(actionCalls.environmentId, environmentId),
      eq(actionCalls.customerId, customerId),
      eq(actionCalls.connectionId, connectionId),
      eq(actionCalls.key, key),
    );
    const [known] = await tx.select().from(actionCalls).where(same).for("update");
    if (!known) throw new AppError("conflict", "A call under this idempotencyKey has just ended. Ask again.");
    if (!isSame(ctx, known, kind, name, content))
      throw new AppError("invalid", "This idempotencyKey was used for another call on this connection. Send a new key with a new call.");
    if (known.status !== "failed") return { id: known.id, start: known.status === "pending" };
    await tx
      .update(actionCalls)
      .set({ status: "pending", code: null, outcome: null, finishedAt: sql`now()` })
      .where(and(same, eq(actionCalls.id, known.id)));
    return { id: known.id, start: true };
  });
}

const isSame = (ctx: Ctx, row: CallRow, kind: CallRow["kind"], name: string, content: Wish["content"]): boolean =>
  row.kind === kind && row.name === name && ctx.vault.open(row.input, sealContext(row, "input")) === canonical(content);

/** Nobody could be told to do it, and nobody has begun: it is over before anything was sent. */
async function giveUp(ctx: Ctx, customerId: Where["customerId"], id: ActionCallId): Promise<void> {
  await withCustomer(ctx, customerId, (tx) =>
    tx
      .update(actionCalls)
      .set({ status: "failed", code: "platform_error", finishedAt: sql`now()` })
      .where(
        and(
          eq(actionCalls.id, id),
          eq(actionCalls.environmentId, ctx.scope.environmentId),
          eq(actionCalls.customerId, customerId),
          eq(actionCalls.status, "pending"),
        ),
      ),
  );
}

/** Has the worker do a stored call, and waits for its end for `waitMs`. One that nobody could be told of is over. */
export async function tellWorker(
  ctx: Ctx,
  { customerId }: Pick<Where, "customerId">,
  { id, start }: Stored,
  waitMs: number,
): Promise<void> {
  const { vendorId, environmentId } = ctx.scope;
  const ref = { vendorId, environmentId, customerId, callId: id };
  const taken = await ctx.keeping.performCall(ref, { start, waitMs: Math.max(0, Math.min(waitMs, WAIT_MS)) });
  if (!taken && start) await giveUp(ctx, customerId, id);
}

/**
 * Stores a call, has the worker do it, and waits for the end, but no longer than `waitMs`: what is not over by then goes on by
 * itself. The same `key` with the same content is the same call: one that is over answers what it came to, one that was not
 * done is tried again.
 */
export async function startCall(ctx: Ctx, place: Place, wish: StartCall): Promise<CallView> {
  if (place.status === "reauth") throw new AppError("reauth_required");
  const stored = await storeCall(ctx, place, wish);
  await tellWorker(ctx, place, stored, wish.waitMs);
  return getCall(ctx, { callId: stored.id });
}
