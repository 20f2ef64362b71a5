import { initTRPC } from "@trpc/server";
import superjson from "superjson";
import type { Audience } from "#server/domains/views/problem";
import type { Actor, Ctx, CustomerCtx, MemberRole } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { sayIn } from "#server/words/messages";
import { checkLink } from "./embed/by-link";
import { describeError, toTrpcError } from "./errors";

/** A verb's context whose actor is known to be a person of the vendor's team. */
export type MemberCtx = Ctx & { actor: Extract<Actor, { type: "member" }> };

/**
 * What a door knows of a request before anybody asked who it is from. `authenticate` throws `unauthenticated`; it is
 * called once per procedure and may remember its answer for the batch.
 */
export type DoorContext<C extends Ctx> = {
  requestId: string;
  authenticate(): Promise<C>;
  /** Headers of the answer; of no use in a streamed batch, whose headers are already gone. */
  responseHeaders: Headers;
  /** How to speak to who asks, also when they are not known. */
  audience?: () => Audience;
};

const shared = {
  transformer: superjson,
  isDev: false, // stacks never leave the process
  sse: {
    // A stream ends after five minutes and the client takes it up again: sessions are re-checked, nothing leaks for ever.
    maxDurationMs: 5 * 60_000,
    ping: { enabled: true, intervalMs: 5_000 },
    client: { reconnectAfterInactivityMs: 15_000 },
  },
} as const;

const formatterFor =
  (unheard: Audience) =>
  <S extends { data: object }>({
    shape,
    error,
    ctx,
  }: {
    shape: S;
    error: Parameters<typeof describeError>[0];
    ctx: DoorContext<Ctx> | undefined;
  }) => {
    const inlay = describeError(error, ctx?.audience?.() ?? unheard, ctx?.requestId ?? "unknown");
    return { ...shape, message: inlay.text, data: { ...shape.data, inlay } };
  };

const vendorDoor = initTRPC.context<DoorContext<MemberCtx>>().create({ ...shared, errorFormatter: formatterFor("vendor") });
const embedDoor = initTRPC.context<DoorContext<CustomerCtx>>().create({ ...shared, errorFormatter: formatterFor(sayIn("en")) });

export const vendorRouterOf = vendorDoor.router;
export const embedRouterOf = embedDoor.router;
export const vendorCallerOf = vendorDoor.createCallerFactory;
export const embedCallerOf = embedDoor.createCallerFactory;

/** What each role may do at least; a role may do all that the ones before it may. */
const LADDER = ["viewer", "support", "developer", "admin", "owner"] as const satisfies readonly MemberRole[];

/**
 * For a signed-in member of at least `minimum`. `viewer` and `support` see state, never payloads or secrets; `developer`
 * sees records and changes mappings; `admin` changes what customers are offered.
 */
export const vendorProcedure = (minimum: MemberRole) =>
  vendorDoor.procedure
    .use(async ({ next }) => {
      const result = await next();
      if (result.ok) return result;
      throw toTrpcError(result.error);
    })
    .use(async ({ ctx, next }) => {
      const verified = await ctx.authenticate();
      if (LADDER.indexOf(verified.actor.role) < LADDER.indexOf(minimum)) {
        throw new AppError("forbidden", `This needs the role ${minimum} or higher; you are ${verified.actor.role}.`);
      }
      return next({ ctx: { ...verified, responseHeaders: ctx.responseHeaders } });
    });

/** For a customer with a live embed session. */
export const embedProcedure = embedDoor.procedure
  .use(async ({ next }) => {
    const result = await next();
    if (result.ok) return result;
    throw toTrpcError(result.error);
  })
  .use(async ({ ctx, next, path, getRawInput }) => {
    const verified = await ctx.authenticate();
    if (verified.actor.type === "customer" && verified.actor.link) checkLink(verified.actor.link, path, await getRawInput());
    return next({ ctx: verified });
  });
