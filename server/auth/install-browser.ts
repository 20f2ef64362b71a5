const NAME = "inlay_install";
const MINUTES = 60;

/** What this browser was given to keep when it began an installation from a third party's side; null = nothing, or nothing of ours. */
export function installBrowser(request: Request): string | null {
  const found = new RegExp(`(?:^|;\\s*)${NAME}=(brw_[\\w-]{43})(?:;|$)`).exec(request.headers.get("cookie") ?? "");
  return found?.[1] ?? null;
}

/** The cookie that makes it keep `browser`: for the pages of connecting alone, and not sent with anything another site loads. */
export const keepInBrowser = (browser: string, origin: string): string =>
  `${NAME}=${browser}; Path=/connect/; Max-Age=${MINUTES * 60}; HttpOnly; SameSite=Lax${origin.startsWith("https:") ? "; Secure" : ""}`;
