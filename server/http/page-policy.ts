import { getDeps } from "#server/deps";
import { getEnv } from "#server/env";
import { contentSecurity, type PageKind, WORDS_ONLY } from "./content-security";
import { framingOf, keyAtHost } from "./framing";
import { isPresent } from "./presence";

/** The marketplace on made-up data, beside the form that changes its look. */
const PREVIEW = "/branding-preview";
/** Where a link leads by which somebody else connects an account: looks like the marketplace, framed by nobody. */
const LINK = /^\/connect\/link\/([^/]+)/;
const EMBED = /^\/embed\/([^/]+)/;

/** `page` may be shown; `unknown`: no marketplace has this key; `away`: the database does not answer. */
export type PagePolicy = { answer: "page" | "unknown" | "away"; policy: string };

async function kindOf(pathname: string, origin: string, host: string | null): Promise<PageKind | "away" | null> {
  // The stand-in vendor product is no part of ours: it is there also when we are not.
  if (pathname === "/demo" || pathname.startsWith("/demo/")) return { demoFrames: origin };
  if (!(await isPresent(getDeps()))) return "away";
  const linked = LINK.exec(pathname)?.[1];
  const key = EMBED.exec(pathname)?.[1];
  // Under a vendor's own name there is that vendor's marketplace and nothing else: no dashboard, and nobody else's.
  const own = host === null || host === new URL(origin).host ? null : await keyAtHost(getDeps(), host);
  if (own !== null && own !== (linked ?? key)) return null;
  if (linked !== undefined) {
    const framing = await framingOf(getDeps(), linked);
    return framing && { embed: [], font: framing.font };
  }
  if (key !== undefined) {
    const framing = await framingOf(getDeps(), key);
    return framing && { embed: framing.origins, font: framing.font };
  }
  return pathname === PREVIEW ? "preview" : "app";
}

/** The Content-Security-Policy of the page at `pathname` of `host`, with its scripts' nonce. */
export async function pagePolicy(pathname: string, nonce: string, host: string | null): Promise<PagePolicy> {
  const { dev, origin } = getEnv();
  try {
    const kind = await kindOf(pathname, origin, host);
    if (kind === null) return { answer: "unknown", policy: `${WORDS_ONLY}; script-src 'nonce-${nonce}'` };
    return kind === "away" ? { answer: "away", policy: WORDS_ONLY } : { answer: "page", policy: contentSecurity(kind, nonce, dev) };
  } catch (error) {
    getDeps().log.error({ err: error }, "who may frame this page could not be looked up");
    return { answer: "away", policy: WORDS_ONLY };
  }
}
