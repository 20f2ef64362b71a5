import { and, asc, eq, sql } from "drizzle-orm";
import { getToken } from "next-auth/jwt";
import { environments, members } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import { getEnv } from "#server/env";
import type { Actor, Ctx, Deps } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { cookieOf, type Incoming } from "./request";

export type EnvironmentKind = "test" | "live";
export const ENVIRONMENT_COOKIE = "inlay-environment";

/** The Set-Cookie value by which a member's next requests act in the `test` or `live` world. */
export function environmentCookie(kind: EnvironmentKind, origin: string): string {
  return `${ENVIRONMENT_COOKIE}=${kind}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax${origin.startsWith("https:") ? "; Secure" : ""}`;
}

/** E-mail of the signed-in person by next-auth's session cookie, or null. */
async function signedInEmail(incoming: Incoming): Promise<string | null> {
  const env = getEnv();
  const cookies: Record<string, string> = {};
  for (const part of (incoming.headers.get("cookie") ?? "").split(";")) {
    const [name = "", ...value] = part.trim().split("=");
    if (name.includes("next-auth.session-token")) cookies[name] = value.join("=");
  }
  const req = { cookies, headers: {} } as unknown as Parameters<typeof getToken>[0]["req"];
  const token = await getToken({ req, secret: env.authSecret, secureCookie: env.origin.startsWith("https:") });
  return typeof token?.email === "string" ? token.email.toLowerCase() : null;
}

/** A page of another site may not act with a member's cookie. SameSite=Lax says so too; this does not rely on it. */
function refuseOtherSites(deps: Deps, incoming: Incoming): void {
  if (!incoming.method || incoming.method === "GET" || incoming.method === "HEAD") return;
  const origin = incoming.headers.get("origin");
  const site = incoming.headers.get("sec-fetch-site");
  if ((origin !== null && origin !== deps.config.origin) || (site !== null && site !== "same-origin" && site !== "none")) {
    throw new AppError("forbidden", "This request came from another site.");
  }
}

/** Finds the member row of an e-mail, its vendor and the environment of that kind. */
export function findMember(deps: Deps, email: string, kind: EnvironmentKind) {
  return asSystem(deps.db, "a person is looked up before the vendor is known", async (tx) => {
    const [row] = await tx
      .select({ id: members.id, role: members.role, email: members.email, vendorId: members.vendorId, environmentId: environments.id })
      .from(members)
      .innerJoin(environments, and(eq(environments.vendorId, members.vendorId), eq(environments.kind, kind)))
      .where(eq(sql`lower(${members.email})`, email.toLowerCase()))
      .orderBy(asc(members.createdAt))
      .limit(1);
    return row;
  });
}

/**
 * A person of the vendor's team, by session cookie; the environment by the cookie `inlay-environment` (test by default).
 * Membership is looked up anew each time, so that a removed member is out at once. Throws `unauthenticated` or, for a
 * request sent by another site, `forbidden`.
 */
export async function vendorCtx(
  deps: Deps,
  incoming: Incoming,
  requestId: string,
): Promise<Ctx & { actor: Extract<Actor, { type: "member" }> }> {
  refuseOtherSites(deps, incoming);
  const email = await signedInEmail(incoming);
  if (!email) throw new AppError("unauthenticated", "Sign in first.");
  const kind = cookieOf(incoming, ENVIRONMENT_COOKIE) === "live" ? "live" : "test";
  const member = await findMember(deps, email, kind);
  if (!member) throw new AppError("unauthenticated", "This address is no longer a member of a team here.");
  return {
    ...deps,
    actor: { type: "member", memberId: member.id, role: member.role, email: member.email },
    scope: { vendorId: member.vendorId, environmentId: member.environmentId },
    requestId,
  };
}
