import { z } from "zod";
import type { Tx } from "#server/db/client";
import { authorizations } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { CustomerCtx } from "#server/lib/context";
import { AppError, isErrorCode, toAppError } from "#server/lib/errors";
import type { AuthorizationId } from "#server/lib/ids";
import { hashToken } from "#server/lib/tokens";
import { lookSoon } from "../schemas/start-look";
import { gainAccess, type Returned } from "./gain-access";
import { type Authorization, type ConnectOutcome, offerOf, ownAuthorization, sealContext, wordsOf } from "./internal";
import { proveAccount } from "./prove-account";
import { saveAccount } from "./save-account";

const Brought = z.object({ code: z.string(), token: z.string(), config: z.record(z.string(), z.string()) });

type Claimed = Returned & { authorization: Authorization };

export type FinalizeAuthorization = {
  authorizationId: AuthorizationId;
  /** What the returning window handed over; not needed once its person has confirmed there. */
  ticket?: string | undefined;
  /** What the frame that began has kept, when its page was reloaded meanwhile. */
  resumeKey?: string | undefined;
};

/**
 * Finishes an authorisation: exchanges the code, asks whose account it is, stores it. Only the embed session that began may, or the
 * next one in the same tab (see `ownAuthorization`); to any other it does not exist, and the code is not touched. And only for the browser that came back: the
 * ticket of its page, or its person's word there, stops whoever sent the consent page to somebody else.
 * Asked again after success it answers the same.
 */
export async function finalizeAuthorization(ctx: CustomerCtx, input: FinalizeAuthorization): Promise<ConnectOutcome> {
  const claimed = await claim(ctx, input);
  if ("outcome" in claimed) return claimed;
  try {
    const outcome = await connect(ctx, claimed);
    if (outcome.outcome === "different_account") {
      await settle(ctx, input, {
        status: "failed",
        errorCode: "account_mismatch",
        errorDetail: `${outcome.got} is not ${outcome.expected}.`,
      });
    } else {
      await settle(ctx, input, { status: "finished", connectionId: outcome.connectionId });
      await lookSoon(ctx, outcome.connectionId);
    }
    return outcome;
  } catch (thrown) {
    const error = toAppError(thrown);
    await settle(ctx, input, { status: "failed", errorCode: error.code, errorDetail: wordsOf(error.message) });
    throw error;
  }
}

function settle(ctx: CustomerCtx, input: FinalizeAuthorization, facts: Partial<Authorization>): Promise<unknown> {
  return withScope(ctx, (tx) => tx.update(authorizations).set(facts).where(mineIn(ctx, input)));
}

const mineIn = (ctx: CustomerCtx, { authorizationId, resumeKey }: FinalizeAuthorization) =>
  ownAuthorization(ctx, authorizationId, resumeKey);

/** True for the browser that came back: it shows its ticket, or its person has said yes there. */
const isProven = (row: Authorization, ticket: string | undefined): boolean =>
  row.confirmedAt !== null || (ticket !== undefined && row.ticketHash === hashToken(ticket));

/** Takes code and verifier out of the row in one step, so that they are used once however often this is asked. */
function claim(ctx: CustomerCtx, input: FinalizeAuthorization): Promise<Claimed | ConnectOutcome> {
  return withScope(ctx, async (tx: Tx) => {
    const [row] = await tx.select().from(authorizations).where(mineIn(ctx, input)).for("update");
    if (!row) throw new AppError("not_found", `no authorisation ${input.authorizationId} here`);
    if (row.status === "finished" && row.connectionId) return { outcome: "connected", connectionId: row.connectionId };
    if (row.status !== "returned") throw notReady(row);
    if (!isProven(row, input.ticket)) throw new AppError("conflict", "The sign-in has to be confirmed in the window it came back to.");
    if (!row.callback || !row.verifier) throw new AppError("conflict", "This sign-in is being finished already.");
    if (row.expiresAt <= ctx.clock.now()) throw new AppError("conflict", "This sign-in took too long and has ended. Start again.");
    await tx.update(authorizations).set({ callback: null, verifier: null }).where(mineIn(ctx, input));
    return {
      authorization: row,
      ...Brought.parse(JSON.parse(ctx.vault.open(row.callback, sealContext(row, "callback")))),
      verifier: ctx.vault.open(row.verifier, sealContext(row, "verifier")),
    };
  });
}

function notReady(row: Authorization): AppError {
  if (row.status === "waiting") return new AppError("conflict", "The sign-in has not come back yet.");
  if (row.status === "denied") return new AppError("conflict", "Access was not allowed at the other system, so nothing was connected.");
  if (row.status === "expired") return new AppError("conflict", "This sign-in took too long and has ended. Start again.");
  return new AppError(isErrorCode(row.errorCode) ? row.errorCode : "conflict", row.errorDetail ?? undefined);
}

async function connect(ctx: CustomerCtx, { authorization, ...returned }: Claimed): Promise<ConnectOutcome> {
  const offer = await offerOf(ctx, authorization.integrationId, authorization.connectionId);
  const known = { ...authorization.config, ...returned.config };
  const { app, secret, expiry, grantedScopes, config } = await gainAccess(ctx, offer, returned, known);
  const account = await proveAccount(ctx, offer, { secret, config, app });
  return saveAccount(ctx, offer, authorization.connectionId, { account, secret, expiry, grantedScopes, config });
}
