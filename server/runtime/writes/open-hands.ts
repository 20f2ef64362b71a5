import type { Scope } from "#server/lib/context";
import { createGate, gateOwnerOf } from "../limits/gate";
import type { RequestClass } from "../limits/pace";
import { openConnection } from "../open-connection";
import { createSend } from "../send";
import type { SourceDeps, SourceRecord } from "../source";
import { readOne } from "./read-one";
import { createWriter, type Writer, type Writing } from "./writer";

export type ConnectionRef = { vendorId: string; environmentId: string; customerId: string; connectionId: string };

/**
 * Opens a connection for single requests. Worker only: it opens the credential. Throws `not_found` when the connection is gone
 * and `reauth_required` when its customer has to reconnect; nothing was sent then.
 */
export async function openHands(deps: SourceDeps, ref: ConnectionRef, klass: RequestClass): Promise<Writing> {
  const { db, vault, egress, clock } = deps;
  const { environmentId, customerId, connectionId } = ref;
  const scope = { vendorId: ref.vendorId, environmentId, customerId } as Scope;
  const { row, manifest, grants } = await openConnection({ db, scope, vault, egress, clock }, { environmentId, customerId, connectionId });
  const gate = createGate({ db, clock, manifest, owner: gateOwnerOf(environmentId, row), klass });
  const send = createSend({ egress, manifest, grants, sandboxOrigin: row.sandbox_origin, clock, gate });
  return { send, manifest, config: row.config, nowMs: () => clock.now().getTime() };
}

type ObjectRef = ConnectionRef & { object: string };

/** Opens an object of a connection for writing; see {@link openHands} for what it throws. */
export async function openWriter(deps: SourceDeps, ref: ObjectRef, klass: RequestClass = "incremental"): Promise<Writer> {
  return createWriter(await openHands(deps, ref, klass), ref.object);
}

/** One record as it stands now, for a webhook that named it or a write left in doubt; null when there is none. */
export async function openOne(
  deps: SourceDeps,
  ref: ObjectRef,
  id: string,
  { klass = "realtime", signal }: { klass?: RequestClass; signal?: AbortSignal } = {},
): Promise<{ record: SourceRecord | null }> {
  const hands = await openHands(deps, ref, klass);
  return { record: await readOne(hands, ref.object, id, signal) };
}
