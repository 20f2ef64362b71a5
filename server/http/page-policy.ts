import { getDeps } from "#server/deps";
import { getEnv } from "#server/env";
import { contentSecurity, type PageKind } from "./content-security";
import { framingOrigins } from "./framing";

const EMBED = /^\/embed\/([^/]+)/;

/** `page` may be shown; `unknown`: no marketplace has this key; `away`: who may frame it could not be looked up. */
export type PagePolicy = { answer: "page" | "unknown" | "away"; policy: string };

async function kindOf(pathname: string, origin: string): Promise<PageKind | null> {
  const key = EMBED.exec(pathname)?.[1];
  if (key !== undefined) {
    const origins = await framingOrigins(getDeps(), key);
    return origins && { embed: origins };
  }
  return pathname === "/demo" || pathname.startsWith("/demo/") ? { demoFrames: origin } : "app";
}

/** The Content-Security-Policy of the page at `pathname`, with its scripts' nonce. */
export async function pagePolicy(pathname: string, nonce: string): Promise<PagePolicy> {
  const { dev, origin } = getEnv();
  try {
    const kind = await kindOf(pathname, origin);
    return { answer: kind ? "page" : "unknown", policy: contentSecurity(kind ?? "app", nonce, dev) };
  } catch (error) {
    getDeps().log.error({ err: error }, "who may frame this page could not be looked up");
    return { answer: "away", policy: contentSecurity("app", nonce, dev) };
  }
}
