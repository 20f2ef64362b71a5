import { randomUUID } from "node:crypto";
import { readScoped, systemStatement } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { LegInput, StreamRef } from "#workflows/contract";

/** How many legs may run at once: of one customer, and of one vendor's customers together, over all workers. */
export type LegLimits = { ofCustomer: number; ofVendor: number };

/** Of a worker's twenty places: no customer takes more than a fifth of them, and no vendor all. */
export const LEG_LIMITS: LegLimits = { ofCustomer: 4, ofVendor: 16 };

/** How long a place stands when its worker is not heard of again. A run that is taken up before takes its own place over. */
const LEASE_MS = 24_000;
const RENEW_MS = 8_000;
/** How long a place is kept for a leg that is to come. */
const CALL_MS = 15_000;

const WHY = "places for legs are counted over all customers of a vendor";

/**
 * Takes a place for one leg, or says how long to wait for one; who waits is called earlier when a place comes free. `token` null: the
 * place is kept for a leg that is about to begin.
 */
export async function takeSlot(ctx: Ctx, input: LegInput, token: string | null): Promise<{ waitMs: number } | null> {
  const { ofCustomer, ofVendor } = ctx.config.legs ?? LEG_LIMITS;
  const [row] = await systemStatement<{ wait_ms: number | null }>(
    ctx.db,
    WHY,
    "select leg_take($1, $2, $3, $4, $5, nullif($6, ''), $7::int, $8::int, $9::int) as wait_ms",
    [
      input.vendorId,
      input.environmentId,
      input.customerId,
      input.streamId,
      input.runId,
      token ?? "",
      String(ofCustomer),
      String(ofVendor),
      String(token === null ? CALL_MS : LEASE_MS),
    ],
  );
  return row?.wait_ms == null ? null : { waitMs: row.wait_ms };
}

/** Gives the place back, and says who was called to a place that is free now. An attempt that was overtaken gives nothing back. */
export async function releaseSlot(ctx: Ctx, { vendorId, streamId }: StreamRef, token: string): Promise<StreamRef[]> {
  const { ofCustomer, ofVendor } = ctx.config.legs ?? LEG_LIMITS;
  const called = await systemStatement<{ vendor_id: string; environment_id: string; customer_id: string; stream_id: string }>(
    ctx.db,
    WHY,
    "select * from leg_release($1, $2, $3, $4::int, $5::int, $6::int)",
    [vendorId, streamId, token, String(ofCustomer), String(ofVendor), String(CALL_MS)],
  );
  return called.map((row) => ({
    vendorId: row.vendor_id,
    environmentId: row.environment_id,
    customerId: row.customer_id,
    streamId: row.stream_id,
  }));
}

/** Still at work: a third party may take minutes to answer. */
const renewSlot = (ctx: Ctx, { streamId }: StreamRef, token: string) =>
  readScoped(
    ctx,
    (sql) => sql`
    update leg_slots set until = clock_timestamp() + ${LEASE_MS} * interval '1 ms'
     where stream_id = ${streamId} and environment_id = ${ctx.scope.environmentId} and token = ${token} and state = 'running'`,
  );

/**
 * Does `work` in a place of its own, and wakes who gets the place after it. Without a free place: how long to wait for one, and nothing
 * was done. A place that could not be given back is free when its lease is over.
 */
export async function inSlot<T>(ctx: Ctx, input: LegInput, work: () => Promise<T>): Promise<T | { waitMs: number }> {
  const token = randomUUID();
  const wait = await takeSlot(ctx, input, token);
  if (wait) return wait;
  const quietly = (pending: Promise<unknown>, what: string) =>
    pending.catch((error: unknown) => ctx.log.warn({ err: error, streamId: input.streamId }, what));
  const timer = setInterval(() => void quietly(renewSlot(ctx, input, token), "a leg's place could not be held on to"), RENEW_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    const passOn = async () => {
      const called = await releaseSlot(ctx, input, token);
      await Promise.all(called.map((ref) => ctx.keeping.pokeStream(ref)));
    };
    await quietly(passOn(), "a leg's place could not be given back");
  }
}
