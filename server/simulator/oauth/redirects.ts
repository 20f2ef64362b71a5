const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** The registered app accepts the callback of any product on this machine, and of the configured one. */
export function isAllowedRedirect(uri: string, appOrigin: string | null): boolean {
  if (!URL.canParse(uri)) return false;
  const url = new URL(uri);
  if (!url.pathname.startsWith("/connect/callback/") || url.hash !== "") return false;
  return (url.protocol === "http:" && LOOPBACK.has(url.hostname)) || (appOrigin !== null && url.origin === new URL(appOrigin).origin);
}
