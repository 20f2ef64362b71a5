import "server-only";
import { headers } from "next/headers";
import { cache } from "react";
import type { SignedIn } from "#components/vendor/viewer-context.tsx";
import { vendorCtx } from "#server/auth/member";
import { requestIdOf } from "#server/auth/request";
import { getDeps } from "#server/deps";
import { isAppError } from "#server/lib/errors";
import { createVendorCaller } from "#server/trpc/vendor/router";

/** This request at the vendor's door; the member is looked up once. */
export const vendorDoor = cache(async () => {
  const incoming = { headers: await headers() };
  const requestId = requestIdOf(incoming);
  return {
    requestId,
    authenticate: cache(() => vendorCtx(getDeps(), incoming, requestId)),
    responseHeaders: new Headers(),
  };
});

/** The vendor router, called in place with this request's session. */
export const vendorCaller = cache(async () => createVendorCaller(await vendorDoor()));

/** Who is signed in, or null when nobody is. */
export async function signedIn(): Promise<SignedIn | null> {
  const { config } = getDeps();
  const caller = await vendorCaller();
  try {
    return { ...(await caller.viewer.get()), origin: config.origin, demoOrigin: config.demoOrigin };
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (isAppError(cause) && cause.code === "unauthenticated") return null;
    throw error;
  }
}
