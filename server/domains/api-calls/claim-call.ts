import { sql } from "drizzle-orm";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { hashToken } from "#server/lib/tokens";
import type { Sealed } from "#server/lib/vault";
import { answerSeal } from "./internal";

/** A call under the caller's own key. `request` is all that makes it this call: operation and input. */
export type ClaimCall = { key: string; request: string };

export type Claim =
  | { state: "new"; keyHash: string }
  | { state: "done"; status: number; body: string }
  /** The key was used for something else. */
  | { state: "other" };

/** A call that has not ended by then has died with its process, and is done anew. */
const LEASE = sql`interval '60 seconds'`;
const KEPT = sql`interval '24 hours'`;

/**
 * Takes a key for a call, or gives what the call under it answered before. `conflict` while the first one is still at work.
 * Keys are the environment's own and are kept for a day.
 */
export async function claimCall(ctx: Ctx, input: ClaimCall): Promise<Claim> {
  const { environmentId } = ctx.scope;
  const [keyHash, requestHash] = [hashToken(input.key), hashToken(input.request)];
  const { taken, known } = await withScope(ctx, async (tx) => {
    const [taken] = await tx.execute<{ ok: boolean }>(sql`
      insert into idempotency_keys as k (environment_id, key_hash, request_hash) values (${environmentId}, ${keyHash}, ${requestHash})
      on conflict (environment_id, key_hash) do update
         set request_hash = excluded.request_hash, status = null, answer = null, started_at = now()
       where k.started_at < now() - ${KEPT}
          or (k.status is null and k.request_hash = excluded.request_hash and k.started_at < now() - ${LEASE})
      returning true as ok`);
    if (taken) return { taken: true, known: null };
    const [known] = await tx.execute<{ request_hash: string; status: number | null; answer: Sealed | null }>(
      sql`select request_hash, status, answer from idempotency_keys where environment_id = ${environmentId} and key_hash = ${keyHash}`,
    );
    return { taken: false, known: known ?? null };
  });
  if (taken) return { state: "new", keyHash };
  if (known && known.request_hash !== requestHash) return { state: "other" };
  if (known?.status != null && known.answer !== null)
    return { state: "done", status: known.status, body: ctx.vault.open(known.answer, answerSeal(ctx, keyHash)) };
  throw new AppError("conflict", "A call with this Idempotency-Key is still at work. Ask again in a moment.", { retryAfterMs: 1_000 });
}
