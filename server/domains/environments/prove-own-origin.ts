import { and, eq } from "drizzle-orm";
import { environments } from "#server/db/schema";
import { asSystem, withScope } from "#server/db/tenancy";
import type { Ctx, Deps } from "#server/lib/context";
import { AppError, isAppError } from "#server/lib/errors";
import { type OwnOrigin, readOwn, recordOf } from "./own-origin";

/** Where we say, under a vendor's name, whose it is: whoever gets the answer there was led to us. */
const PROOF_PATH = "/api/own-origin/";
const PATIENCE_MS = 10_000;
const LIMIT_BYTES = 4_096;

/** The publishable key of the environment that was given this token; null when none was. Public knowledge for who has the token. */
export async function answerProof(deps: Pick<Deps, "db">, input: { token: string }): Promise<string | null> {
  if (input.token.length < 20 || input.token.length > 100) return null;
  const [row] = await asSystem(deps.db, "a name is proven before anybody is known", (tx) =>
    tx.select({ key: environments.publishableKey }).from(environments).where(eq(environments.ownOriginToken, input.token)),
  );
  return row?.key ?? null;
}

const refuse = (message: string) => new AppError("invalid", message, { details: { issues: [{ path: "origin", message }] } });

async function checkRecord(ctx: Ctx, { name, value }: NonNullable<OwnOrigin["record"]>): Promise<void> {
  const found = await ctx.lookUpTxt(name);
  if (found.includes(value)) return;
  const there = found.length === 0 ? "There is none yet" : `There is ${found.slice(0, 3).join(", ").slice(0, 200)}`;
  throw refuse(`The DNS has no TXT record ${name} with the value ${value}. ${there}; a new record can take some minutes.`);
}

async function checkReach(ctx: Ctx, origin: string, token: string, publishableKey: string): Promise<void> {
  const url = `${origin}${PROOF_PATH}${token}`;
  const port = Number(new URL(origin).port);
  const answer = await ctx
    .egress({ method: "GET", url, timeoutMs: PATIENCE_MS, limitBytes: LIMIT_BYTES, ...(port ? { ports: [port] } : {}) })
    .catch((error: unknown) => {
      if (!isAppError(error)) throw error;
      throw refuse(`${origin} could not be reached: ${error.message} Lead the name to us, and serve it with a certificate of its own.`);
    });
  if (answer.status === 200 && answer.body.toString("utf8") === publishableKey) return;
  throw refuse(
    `${origin} leads somewhere else than to us: it answered with status ${answer.status}. Lead it to ${ctx.config.origin} and keep its Host header.`,
  );
}

/**
 * Proves that the name is the vendor's (a TXT record that only they could set) and that it leads to us with a certificate that holds.
 * From then on the marketplace is there. `invalid` says what is missing; `conflict`: another vendor has proven the same name.
 */
export async function proveOwnOrigin(ctx: Ctx): Promise<OwnOrigin> {
  const { vendorId, environmentId } = ctx.scope;
  const { origin, token, publishableKey } = await withScope(ctx, (tx) => readOwn(ctx, tx));
  if (!origin || !token) throw new AppError("not_found", "No origin was named. Save one first.");
  const record = recordOf(origin, token);
  if (record) await checkRecord(ctx, record);
  await checkReach(ctx, origin, token, publishableKey);
  const provenAt = ctx.clock.now();
  const own = and(eq(environments.id, environmentId), eq(environments.vendorId, vendorId));
  try {
    const proven = await withScope(ctx, (tx) =>
      tx
        .update(environments)
        .set({ ownOriginProvenAt: provenAt })
        .where(and(own, eq(environments.ownOriginToken, token)))
        .returning({ id: environments.id }),
    );
    if (proven.length === 0) throw new AppError("conflict", "The name was changed meanwhile. Reload the page.");
  } catch (error) {
    if (isTaken(error)) throw new AppError("conflict", `${origin} is in use by another environment. Remove it there first.`);
    throw error;
  }
  return { origin, record, provenAt };
}

/** A unique index said no. */
const isTaken = (error: unknown): boolean => {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  return code === "23505" || cause?.code === "23505";
};
