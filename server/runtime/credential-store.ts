import type { Database } from "#server/db/client";
import { readScoped } from "#server/db/tenancy";
import type { Scope } from "#server/lib/context";
import type { Sealed } from "#server/lib/vault";
import type { CredentialOwner } from "./secret";

/** A connection with all it takes to use it. Worker only: no other role may read `secret`. */
export type StoredConnection = {
  status: "active" | "reauth" | "disconnected";
  status_reason: string | null;
  config: Record<string, string>;
  /** The account's stable id at the third party. */
  account_id: string;
  integration_id: string;
  connector_key: string;
  /** Null = the newest published one. */
  connector_version: number | null;
  auth_key: string;
  client_id: string | null;
  client_secret: Sealed | null;
  sandbox_origin: string | null;
  /** The vendor's choice of scopes; empty = all the connector declares. */
  scopes: string[];
  credential_id: string;
  version: number;
  secret: Sealed;
  expires_at: Date | null;
  refresh_after: Date | null;
};

export type Holder = { db: Database; scope: Scope };

/** How long one owner may take for a renewal: more than the token call's own deadline, less than anybody wants to wait. */
export const LEASE_SECONDS = 40;

/** The connection and its credential in one round trip, or null. */
export async function loadConnection(holder: Holder, owner: CredentialOwner): Promise<StoredConnection | null> {
  const rows = await readScoped<StoredConnection[]>(
    holder,
    (tx) => tx`
      select c.status, c.status_reason, c.config, c.account_id, i.id as integration_id, i.connector_key, i.connector_version, i.auth_key, i.client_id, i.client_secret, i.sandbox_origin, i.scopes,
        k.id as credential_id, k.version, k.secret, k.expires_at, k.refresh_after
      from connections c
      join integrations i on i.environment_id = c.environment_id and i.id = c.integration_id
      join credentials k on k.environment_id = c.environment_id and k.customer_id = c.customer_id and k.connection_id = c.id
      where c.environment_id = ${owner.environmentId} and c.customer_id = ${owner.customerId} and c.id = ${owner.connectionId}`,
  );
  return rows[0] ?? null;
}

export type Lease = { fence: number; secret: Sealed; orphan: Sealed | null; ambiguous: boolean };

/**
 * Takes the right to renew version `seen`, by the database's clock. Null when the version has moved on, somebody else holds
 * it, or the connection is not active any more: whoever waited for an owner that was refused for good does not ask again.
 * `ambiguous` = an earlier owner may have spent the refresh token and died before it could say so.
 * Locks the connection, then its credential: the order of every statement that takes both.
 */
export async function takeLease(holder: Holder, credentialId: string, seen: number, me: string): Promise<Lease | null> {
  const rows = await readScoped<{ refresh_fence: string; secret: Sealed; orphan: Sealed | null; was: string }[]>(
    holder,
    (tx) => tx`
      with usable as materialized (
        select c.environment_id, c.customer_id, c.id from connections c
        where (c.environment_id, c.customer_id, c.id) = (
            select environment_id, customer_id, connection_id from credentials
            where id = ${credentialId} and environment_id = ${holder.scope.environmentId})
          and c.status = 'active'
        for share)
      update credentials k
      set refresh_owner = ${me}, refresh_fence = k.refresh_fence + 1, refresh_state = 'in_flight',
        refresh_lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
      from (
        select k.id, k.refresh_state from usable u
        join credentials k on k.environment_id = u.environment_id and k.customer_id = u.customer_id and k.connection_id = u.id
        where k.id = ${credentialId} for update of k) before
      where k.id = before.id and k.version = ${seen} and (k.refresh_lease_until is null or k.refresh_lease_until < clock_timestamp())
      returning k.refresh_fence, k.secret, k.orphan, before.refresh_state as was`,
  );
  const row = rows[0];
  return row ? { fence: Number(row.refresh_fence), secret: row.secret, orphan: row.orphan, ambiguous: row.was === "in_flight" } : null;
}

export type Renewal = { secret: Sealed; keyId: string; expiresAt: Date | null; refreshAfter: Date | null };

/** Writes the new secret if nobody else has renewed or taken over since. False = compare-and-set lost. */
export async function commitRenewal(holder: Holder, credentialId: string, seen: number, fence: number, next: Renewal): Promise<boolean> {
  const rows = await readScoped<{ id: string }[]>(
    holder,
    (tx) => tx`
      update credentials
      set secret = ${next.secret}, key_id = ${next.keyId}, version = version + 1, expires_at = ${next.expiresAt}, refresh_after = ${next.refreshAfter},
        refresh_owner = null, refresh_lease_until = null, refresh_state = 'ok', orphan = null, updated_at = now()
      where id = ${credentialId} and environment_id = ${holder.scope.environmentId} and version = ${seen} and refresh_fence = ${fence}
      returning id`,
  );
  return rows.length > 0;
}

/** Keeps a token that lost its compare-and-set: whoever took over will be refused by the third party and find it here. */
export async function keepOrphan(holder: Holder, credentialId: string, seen: number, orphan: Sealed): Promise<void> {
  await readScoped(
    holder,
    (tx) => tx`
      update credentials set orphan = ${orphan}
      where id = ${credentialId} and environment_id = ${holder.scope.environmentId} and version = ${seen} returning id`,
  );
}

/** Gives the lease back without a new secret. `ambiguous` = the refresh token may have been spent. */
export async function dropLease(holder: Holder, credentialId: string, fence: number, ambiguous: boolean): Promise<void> {
  await readScoped(
    holder,
    (tx) => tx`
      update credentials set refresh_owner = null, refresh_lease_until = null, refresh_state = ${ambiguous ? "in_flight" : "ok"}
      where id = ${credentialId} and environment_id = ${holder.scope.environmentId} and refresh_fence = ${fence} returning id`,
  );
}

/**
 * Marks the connection as in need of its customer, if `seen` is still the newest version (and, with a fence, nobody took
 * over). False = the verdict is out of date.
 */
export async function condemnConnection(
  holder: Holder,
  credentialId: string,
  seen: number,
  fence: number | null,
  reason: string,
): Promise<boolean> {
  const rows = await readScoped<{ id: string }[]>(
    holder,
    (tx) => tx`
      with held as materialized (
        select c.environment_id, c.customer_id, c.id from connections c
        where (c.environment_id, c.customer_id, c.id) = (
          select environment_id, customer_id, connection_id from credentials
          where id = ${credentialId} and environment_id = ${holder.scope.environmentId})
        for update),
      judged as (
        update credentials k set refresh_owner = null, refresh_lease_until = null, refresh_state = 'ok'
        from held h where k.environment_id = h.environment_id and k.customer_id = h.customer_id and k.connection_id = h.id
          and k.id = ${credentialId} and k.version = ${seen} and (${fence}::bigint is null or k.refresh_fence = ${fence})
        returning k.environment_id, k.customer_id, k.connection_id)
      update connections c set status = case c.status when 'active' then 'reauth' else c.status end, status_reason = ${reason.slice(0, 500)}
      from judged j where c.environment_id = j.environment_id and c.customer_id = j.customer_id and c.id = j.connection_id
      returning c.id`,
  );
  return rows.length > 0;
}

/** The orphan of a version, read anew after the third party refused it; and whether the version has moved on. */
export async function rereadCredential(holder: Holder, credentialId: string): Promise<{ version: number; orphan: Sealed | null } | null> {
  const rows = await readScoped<{ version: number; orphan: Sealed | null }[]>(
    holder,
    (tx) => tx`select version, orphan from credentials where id = ${credentialId} and environment_id = ${holder.scope.environmentId}`,
  );
  return rows[0] ?? null;
}
