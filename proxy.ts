import { type NextRequest, NextResponse } from "next/server";
import { pagePolicy } from "#server/http/page-policy";

// Gives every page its Content-Security-Policy. It decides nobody's rights: those are checked by the doors themselves.

const UNKNOWN = "There is no marketplace with this publishable key. Check the key in your page's code.";
const AWAY = "The service cannot answer right now. Try again in a moment.";

const page = (words: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="/icon.svg"><title>${words}</title><p>${words}</p></html>`;

export async function proxy(request: NextRequest): Promise<NextResponse> {
  const nonce = Buffer.from(crypto.randomUUID()).toString("base64");
  const { answer, policy } = await pagePolicy(request.nextUrl.pathname, nonce);
  const html = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
  if (answer === "unknown") return new NextResponse(page(UNKNOWN), { status: 404, headers: html });
  if (answer === "away") return new NextResponse(page(AWAY), { status: 503, headers: { ...html, "retry-after": "2" } });
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy); // Next reads the nonce for its own scripts from here
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

// Not for files and APIs; the page an authorisation returns to brings its own policy.
export const config = { matcher: ["/((?!_next/|api/|v1/|connect/callback/|icon\\.svg|favicon\\.ico).*)"] };
