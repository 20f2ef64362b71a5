import { encode } from "next-auth/jwt";
import { z } from "zod";
import { createFirstVendor } from "#server/domains/vendors/create-first-vendor";
import { hasVendor } from "#server/domains/vendors/has-vendor";
import { FirstVendor } from "#server/domains/vendors/schema";
import { setupToken } from "#server/domains/vendors/setup-token";
import type { Env } from "#server/env";
import type { Deps } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { safeEqual } from "#server/lib/tokens";
import { SESSION_LIFE_S } from "./options";

/** Whether this installation still waits for its first vendor. */
export const needsSetUp = async (deps: Pick<Deps, "db">): Promise<boolean> => !(await hasVendor(deps));

/** next-auth's session cookie for an address, as its own sign-in would set it. */
async function sessionCookie(env: Pick<Env, "origin" | "authSecret">, email: string): Promise<string> {
  const secure = env.origin.startsWith("https:");
  const value = await encode({ token: { email }, secret: env.authSecret, maxAge: SESSION_LIFE_S });
  const name = `${secure ? "__Secure-" : ""}next-auth.session-token`;
  return `${name}=${value}; Path=/; Max-Age=${SESSION_LIFE_S}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}

/**
 * Sets an installation up: `body` is what the first-run page sends, the link's token with it. Returns the keys, shown this
 * once, and the cookie that signs the owner in. Throws `forbidden` for another token, `conflict` once there is a vendor,
 * and `invalid` with the fields that are not right.
 */
export async function setUp(deps: Pick<Deps, "db">, env: Pick<Env, "origin" | "authSecret">, body: unknown) {
  const token = z.object({ token: z.string().max(200) }).safeParse(body).data?.token ?? "";
  if (!safeEqual(token, setupToken(env.authSecret))) {
    throw new AppError("forbidden", "This is not the whole set-up link. Open it exactly as the server printed it when it started.");
  }
  const asked = FirstVendor.safeParse(body);
  if (!asked.success) {
    const issues = asked.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
    throw new AppError("invalid", issues[0]?.message, { details: { issues } });
  }
  const { member, ...keys } = await createFirstVendor(deps, asked.data);
  return { keys, cookie: await sessionCookie(env, member.email) };
}
