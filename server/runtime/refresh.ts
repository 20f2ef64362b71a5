import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError, isAppError } from "#server/lib/errors";
import type { Vault } from "#server/lib/vault";
import type { Renewed, Renewer } from "./auth/renewer";
import {
  commitRenewal,
  condemnConnection,
  dropLease,
  type Holder,
  keepOrphan,
  LEASE_SECONDS,
  type Lease,
  loadConnection,
  rereadCredential,
  takeLease,
} from "./credential-store";
import type { Egress } from "./egress";
import type { TokenRefusal } from "./oauth";
import { type CredentialOwner, expiryOf, openOrphan, openSecret, type Secret, sealOrphan, sealSecret } from "./secret";

/** A credential as this process holds it, opened. Times in ms; null = does not end by itself. */
export type Opened = { version: number; secret: Secret; expiresAtMs: number | null; refreshAfterMs: number | null };

export type RefreshDeps = Holder & { vault: Vault; egress: Egress; clock: { now(): Date } };
export type RefreshTarget = { owner: CredentialOwner; credentialId: string; renewer: Renewer };

const ME = `${process.pid}-${randomUUID().slice(0, 8)}`;
const POLL_MS = [100, 200, 400, 800];
const COMMIT_TRIES = 5;

const inFlight = new Map<string, Promise<Opened>>();

/**
 * A credential newer than version `seen`. However many ask, in however many processes, the token endpoint is called once:
 * one flight a process, one lease a database, a fence against owners who wake up late, and compare-and-set on the version.
 * No lock is held over HTTP. Throws `reauth_required` when the third party has refused for good (the connection then says
 * so), and transient codes, which change nothing, for everything less definite.
 */
export function refreshCredential(deps: RefreshDeps, target: RefreshTarget, seen: number): Promise<Opened> {
  const key = `${target.credentialId}:${seen}`;
  const running = inFlight.get(key);
  if (running) return running;
  const flight = refresh(deps, target, seen).finally(() => inFlight.delete(key));
  inFlight.set(key, flight);
  return flight;
}

async function refresh(deps: RefreshDeps, target: RefreshTarget, seen: number): Promise<Opened> {
  const giveUpAt = performance.now() + (LEASE_SECONDS + 5) * 1_000;
  for (let round = 0; performance.now() < giveUpAt; round++) {
    const newer = await readNewer(deps, target, seen);
    if (newer) return newer;
    const lease = await takeLease(deps, target.credentialId, seen, ME);
    const done = lease ? await renewUnderLease(deps, target, seen, lease) : null;
    if (done) return done;
    await sleep(POLL_MS[Math.min(round, POLL_MS.length - 1)]);
  }
  throw new AppError("provider_unavailable", "Another process has been renewing this credential for too long.");
}

/** The stored credential when it has moved on from `seen`, else null. */
async function readNewer(deps: RefreshDeps, { owner }: RefreshTarget, seen: number): Promise<Opened | null> {
  const row = await loadConnection(deps, owner);
  if (!row || row.status === "disconnected") throw new AppError("not_found", "The connection is gone.");
  if (row.status === "reauth") throw new AppError("reauth_required", row.status_reason ?? undefined);
  if (row.version === seen) return null;
  const secret = openSecret(deps.vault, owner, row.version, row.secret);
  return {
    version: row.version,
    secret,
    expiresAtMs: row.expires_at?.getTime() ?? null,
    refreshAfterMs: row.refresh_after?.getTime() ?? null,
  };
}

/** One attempt by the owner of the lease. Null = somebody took over; look again. */
async function renewUnderLease(deps: RefreshDeps, target: RefreshTarget, seen: number, lease: Lease): Promise<Opened | null> {
  const before = openSecret(deps.vault, target.owner, seen, lease.secret);
  let result: Renewed | null;
  try {
    result = await target.renewer.renew(before);
  } catch (error) {
    // Without an answer nobody knows whether a rotating third party took the token; a later refusal is then not the customer's doing.
    const unanswered = !isAppError(error) || error.details?.["unanswered"] === true;
    await dropLease(deps, target.credentialId, lease.fence, lease.ambiguous || (unanswered && target.renewer.rotating));
    throw error;
  }
  if (result === null) return condemn(deps, target, seen, lease, "The access ended and there is nothing to renew it with.");
  if (result.ok) {
    const { expiresAt, refreshAfter } = expiryOf(result.lifetimeMs, deps.clock.now().getTime(), target.renewer);
    return store(deps, target, seen, lease, result.secret, expiresAt, refreshAfter);
  }
  return refused(deps, target, seen, lease, result.refusal);
}

/** Commits a secret as version `seen` + 1. The only copy of a rotated token is in our hands, so the database is asked more than once. */
async function store(
  deps: RefreshDeps,
  target: RefreshTarget,
  seen: number,
  lease: Lease,
  secret: Secret,
  expiresAt: Date | null,
  refreshAfter: Date | null,
): Promise<Opened | null> {
  const next = { secret: sealSecret(deps.vault, target.owner, seen + 1, secret), keyId: deps.vault.currentKeyId, expiresAt, refreshAfter };
  for (let tries = 1; ; tries++) {
    try {
      if (await commitRenewal(deps, target.credentialId, seen, lease.fence, next)) {
        return { version: seen + 1, secret, expiresAtMs: expiresAt?.getTime() ?? null, refreshAfterMs: refreshAfter?.getTime() ?? null };
      }
      await keepOrphan(
        deps,
        target.credentialId,
        seen,
        sealOrphan(deps.vault, target.owner, seen, { secret, expiresAtMs: expiresAt?.getTime() ?? null }),
      );
      return null;
    } catch (error) {
      if (tries >= COMMIT_TRIES) throw error;
      await sleep(tries * 500);
    }
  }
}

/** A definite no. Before anybody is asked to reconnect: has the version moved, and is there a token that got lost on the way? */
async function refused(
  deps: RefreshDeps,
  target: RefreshTarget,
  seen: number,
  lease: Lease,
  refusal: TokenRefusal,
): Promise<Opened | null> {
  if (refusal.blame === "client") {
    await dropLease(deps, target.credentialId, lease.fence, lease.ambiguous);
    throw new AppError("config_invalid", `${refusal.text}. Check the integration's client id and secret.`);
  }
  const now = await rereadCredential(deps, target.credentialId);
  if (!now || now.version !== seen) return null;
  const orphan = now.orphan ? openOrphan(deps.vault, target.owner, seen, now.orphan) : null;
  if (orphan) {
    const expiresAt = orphan.expiresAtMs === null ? null : new Date(orphan.expiresAtMs);
    return store(deps, target, seen, lease, orphan.secret, expiresAt, expiresAt);
  }
  return condemn(deps, target, seen, lease, lease.ambiguous ? `ambiguous_refresh: ${refusal.text}` : refusal.text);
}

async function condemn(deps: RefreshDeps, { credentialId }: RefreshTarget, seen: number, lease: Lease, reason: string): Promise<null> {
  if (!(await condemnConnection(deps, credentialId, seen, lease.fence, reason))) return null;
  throw new AppError("reauth_required", reason);
}
