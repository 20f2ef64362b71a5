import type { Scope } from "#server/lib/context";
import { createGate, gateOwnerOf } from "../limits/gate";
import type { RequestClass } from "../limits/pace";
import { type OpenConnection, openConnection, openForLeave } from "../open-connection";
import { createSend } from "../send";
import type { SourceDeps } from "../source";
import type { Writing } from "./writer";

export type ConnectionRef = { vendorId: string; environmentId: string; customerId: string; connectionId: string };

/**
 * Opens a connection for single requests. Worker only: it opens the credential. Throws `not_found` when the connection is gone
 * and `reauth_required` when its customer has to reconnect; nothing was sent then.
 */
export async function openHands(deps: SourceDeps, ref: ConnectionRef, klass: RequestClass): Promise<Writing> {
  const { holder, owner } = holderOf(deps, ref);
  return handsOf(deps, ref, klass, await openConnection(holder, owner));
}

/** {@link openHands} of a connection that was disconnected; null when its credential is gone. */
export async function openLeavingHands(deps: SourceDeps, ref: ConnectionRef): Promise<Writing | null> {
  const { holder, owner } = holderOf(deps, ref);
  const opened = await openForLeave(holder, owner);
  return opened && handsOf(deps, ref, "incremental", opened);
}

const holderOf = ({ db, vault, egress, clock }: SourceDeps, { vendorId, environmentId, customerId, connectionId }: ConnectionRef) => ({
  holder: { db, scope: { vendorId, environmentId, customerId } as Scope, vault, egress, clock },
  owner: { environmentId, customerId, connectionId },
});

function handsOf(
  { db, egress, clock }: SourceDeps,
  ref: ConnectionRef,
  klass: RequestClass,
  { row, manifest, grants }: OpenConnection,
): Writing {
  const gate = createGate({ db, clock, manifest, owner: gateOwnerOf(ref.environmentId, row), klass });
  const send = createSend({ egress, manifest, grants, sandboxOrigin: row.sandbox_origin, clock, gate });
  return { send, manifest, config: row.config, nowMs: () => clock.now().getTime() };
}
