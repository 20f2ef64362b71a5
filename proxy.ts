import { type NextRequest, NextResponse } from "next/server";
import { pagePolicy } from "#server/http/page-policy";
import { directionOf, type Language, languageOf } from "#server/words/languages";
import { sayIn } from "#server/words/messages";

// Gives every page its Content-Security-Policy. It decides nobody's rights: those are checked by the doors themselves.

const UNKNOWN = {
  title: "There is no marketplace with this publishable key",
  text: "Check the key in your page's code.",
};

const STYLE =
  ":root{color-scheme:light dark}body{margin:0;padding:64px 24px;font:15px/1.5 system-ui,sans-serif;text-align:center}h1{font-size:18px;margin:0 0 8px}p{margin:0}";

type Words = { title: string; text: string };

const page = ({ title, text }: Words, head = "", { language }: { language: Language } = { language: "en" }) =>
  `<!doctype html><html lang="${language}" dir="${directionOf(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${head}<link rel="icon" href="/icon.svg"><title>${title}</title><style>${STYLE}</style></head><body><main><h1>${title}</h1><p>${text}</p></main></body></html>`;

/**
 * Tells the page around, whoever it is, what the person reads here: there is no secret in it, and no origin known to say it to.
 * The loader hands it to `onEvent` and the console. `inlay` is the number of its protocol (components/widget/protocol.ts).
 */
const tellUnknown = (nonce: string) => {
  const event = { type: "error", message: `${UNKNOWN.title}. ${UNKNOWN.text}` };
  const message = JSON.stringify({ inlay: 1, nonce: crypto.randomUUID(), type: "event", event });
  return `<script nonce="${nonce}">parent!==window&&parent.postMessage(${message},"*")</script>`;
};

const RETRY_S = 5;

export async function proxy(request: NextRequest): Promise<NextResponse> {
  const nonce = Buffer.from(crypto.randomUUID()).toString("base64");
  const { answer, policy } = await pagePolicy(request.nextUrl.pathname, nonce, request.headers.get("host"));
  const html = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
  if (answer === "unknown") return new NextResponse(page(UNKNOWN, tellUnknown(nonce)), { status: 404, headers: html });
  if (answer === "away") {
    const again = `<meta http-equiv="refresh" content="${RETRY_S}">`;
    const later = { ...html, "retry-after": String(RETRY_S), "cache-control": "no-store" };
    const say = sayIn(languageOf(request.nextUrl.searchParams.get("locale"), request.headers.get("accept-language")));
    const away = { title: say("frame.away.title"), text: say("frame.away.text") };
    return new NextResponse(page(away, again, say), { status: 503, headers: later });
  }
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy); // Next reads the nonce for its own scripts from here
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

// Not for files and APIs; the pages an authorisation or an installation returns to bring their own policy.
export const config = { matcher: ["/((?!_next/|api/|v1/|connect/callback/|connect/install/|icon\\.svg|favicon\\.ico).*)"] };
