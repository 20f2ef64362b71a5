import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { checkItem, type Operation, planWrite, requestForOne } from "#server/runtime/writes/plan";
import { type CallView, placeOf } from "./internal";
import { startCall, WAIT_MS } from "./start-call";

export type WriteRecord = {
  connectionId: string;
  /** Key of an object in the connector's manifest. */
  object: string;
  operation: Operation;
  id?: string | undefined;
  data?: Record<string, unknown> | undefined;
  version?: string | undefined;
  idempotencyKey?: string | undefined;
  waitMs?: number | undefined;
};

/**
 * Writes one record at the third party. Throws `not_found` for a connection or object there is not, `invalid` by field for what
 * the connector cannot send. What the third party says is in the answer.
 */
export async function writeRecord(ctx: Ctx, input: WriteRecord): Promise<CallView> {
  const place = await placeOf(ctx, input.connectionId);
  const { object, operation, id, data, version } = input;
  if (!Object.hasOwn(place.manifest.objects, object)) {
    const there = Object.keys(place.manifest.objects).join(", ");
    throw new AppError("not_found", `${place.manifest.name} has no object "${object.slice(0, 60)}". There are ${there}.`);
  }
  const plan = planWrite(place.manifest, object, operation);
  const content = { ...(id === undefined ? {} : { id }), ...(data ? { data } : {}), ...(version === undefined ? {} : { version }) };
  checkItem(plan, { ...content, key: "" });
  requestForOne(plan, { ...content, key: "" });
  return startCall(ctx, place, { kind: operation, name: object, content, key: input.idempotencyKey, waitMs: input.waitMs ?? WAIT_MS });
}
