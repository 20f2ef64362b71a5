import { eq, sql } from "drizzle-orm";
import { connectLinks, embedSessions, environments } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import { provenOrigin } from "#server/domains/environments/own-origin";
import type { Actor, CustomerCtx, Deps, LinkScope } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { hashToken } from "#server/lib/tokens";
import { languageOf } from "#server/words/languages";
import type { OwnWords } from "#server/words/messages";
import { bearerOf, type Incoming } from "./request";

/** Header in which the frame names the origin of the page that handed it the token. */
export const HOST_ORIGIN_HEADER = "x-inlay-host-origin";

/** Header in which the frame names the language it shows. */
const LANGUAGE_HEADER = "x-inlay-language";

/** What a request says of the reader's language, the strongest wish first: what the frame shows, then what the browser asks for. */
export const languageWishes = ({ headers }: Incoming): [frame: string | null, browser: string | null] => [
  headers.get(LANGUAGE_HEADER),
  headers.get("accept-language"),
];

const linkScopeOf = (link: typeof connectLinks.$inferSelect | null): LinkScope | undefined =>
  link === null
    ? undefined
    : { id: link.id, integrationId: link.integrationId, connectionId: link.connectionId, isDone: link.doneAt !== null };

/** What a live session's token stands for. */
function find(deps: Deps, token: string) {
  return asSystem(deps.db, "a token is looked up before its scope is known", async (tx) => {
    const [row] = await tx
      .select({
        id: embedSessions.id,
        environmentId: embedSessions.environmentId,
        customerId: embedSessions.customerId,
        origin: embedSessions.origin,
        expiresAt: embedSessions.expiresAt,
        vendorId: environments.vendorId,
        allowedOrigins: environments.allowedOrigins,
        ownOrigin: provenOrigin,
        locale: embedSessions.locale,
        words: sql<OwnWords | null>`${environments.branding}->'words'`,
        linkId: embedSessions.linkId,
        link: connectLinks,
      })
      .from(embedSessions)
      .leftJoin(connectLinks, eq(connectLinks.id, embedSessions.linkId))
      .innerJoin(environments, eq(environments.id, embedSessions.environmentId))
      .where(eq(embedSessions.tokenHash, hashToken(token)));
    return row;
  });
}

/**
 * A customer in the marketplace, by the bearer token its frame holds in memory. Throws `unauthenticated` for a token that is
 * missing, unknown or expired, and `forbidden` when it is used from another place than it was made for: by a page that is
 * not ours, or handed over by a host page of another origin.
 */
export async function authenticateEmbedSession(
  deps: Deps,
  incoming: Incoming,
  requestId: string,
): Promise<CustomerCtx & { actor: Extract<Actor, { type: "customer" }> }> {
  const token = bearerOf(incoming);
  if (!token) throw new AppError("unauthenticated", "Send the embed session's token as `Authorization: Bearer ems_…`.");
  const session = token.startsWith("ems_") ? await find(deps, token) : undefined;
  if (!session)
    throw new AppError("unauthenticated", "This embed session token is not known. Make a new one with POST /v1/embed-sessions.");
  if (session.expiresAt <= deps.clock.now()) {
    throw new AppError("unauthenticated", `This embed session expired at ${session.expiresAt.toISOString()}. Make a new one.`);
  }
  const caller = incoming.headers.get("origin");
  const isOwn = caller !== null && caller === session.ownOrigin;
  if (caller !== null && caller !== deps.config.origin && !isOwn) {
    throw new AppError("forbidden", `Embed sessions are used by the frame at ${deps.config.origin}, not by ${caller}.`);
  }
  const host = incoming.headers.get(HOST_ORIGIN_HEADER);
  if (host !== null && host !== session.origin) {
    throw new AppError("forbidden", `This embed session was made for ${session.origin}; the page is ${host}.`);
  }
  if (!session.allowedOrigins.includes(session.origin)) {
    throw new AppError("forbidden", `${session.origin} is no longer an allowed origin of this environment.`);
  }
  if (session.linkId !== null && session.link === null)
    throw new AppError("unauthenticated", "Another link has taken the place of this one.");
  const { vendorId, environmentId, customerId, origin } = session;
  const [frame, browser] = languageWishes(incoming);
  return {
    ...deps,
    actor: { type: "customer", embedSessionId: session.id, origin, link: linkScopeOf(session.link), ...(isOwn ? { frame: caller } : {}) },
    scope: { vendorId, environmentId, customerId },
    requestId,
    reader: { language: languageOf(frame, session.locale, browser), own: session.words ?? {} },
  };
}
