import { type NextRequest, NextResponse } from "next/server";
import { getDeps } from "#server/deps";
import { getEnv } from "#server/env";
import { contentSecurity, type PageKind } from "#server/http/content-security";
import { framingOrigins } from "#server/http/framing";

// Gives every page its Content-Security-Policy. It decides nobody's rights: those are checked by the doors themselves.

const EMBED = /^\/embed\/([^/]+)/;

async function kindOf(pathname: string): Promise<PageKind | null> {
  const key = EMBED.exec(pathname)?.[1];
  if (key !== undefined) {
    const origins = await framingOrigins(getDeps(), key);
    return origins && { embed: origins };
  }
  return pathname === "/demo" || pathname.startsWith("/demo/") ? { demoFrames: getEnv().origin } : "app";
}

function noMarketplace(nonce: string, dev: boolean): NextResponse {
  const body =
    "<!doctype html><title>Not found</title><p>There is no marketplace with this publishable key. Check the key in your page's code.</p>";
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": contentSecurity("app", nonce, dev) };
  return new NextResponse(body, { status: 404, headers });
}

export async function proxy(request: NextRequest): Promise<NextResponse> {
  const nonce = Buffer.from(crypto.randomUUID()).toString("base64");
  const { dev } = getEnv();
  let kind: PageKind | null;
  try {
    kind = await kindOf(request.nextUrl.pathname);
  } catch (error) {
    getDeps().log.error({ err: error }, "who may frame this page could not be looked up");
    return new NextResponse("The service cannot answer right now. Try again in a moment.", {
      status: 503,
      headers: { "retry-after": "2", "content-security-policy": contentSecurity("app", nonce, dev) },
    });
  }
  if (!kind) return noMarketplace(nonce, dev);
  const policy = contentSecurity(kind, nonce, dev);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy); // Next reads the nonce for its own scripts from here
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

// Not for files and APIs; the page an authorisation returns to brings its own policy.
export const config = { matcher: ["/((?!_next/|api/|v1/|connect/callback/|icon\\.svg|favicon\\.ico).*)"] };
