import { AppError } from "#server/lib/errors";

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\]|[a-z0-9-]+\.localhost)$/;

/**
 * An exact origin, of a page that may embed or of the vendor's own for us, normalised (punycode, small letters). https only; http for localhost in a test
 * environment. Throws `invalid` in words for the form, at its field `path`.
 */
export function parseOrigin(value: string, kind: "test" | "live", path = "allowedOrigins"): string {
  const fault = (message: string) =>
    new AppError("invalid", `${value}: ${message}`, { details: { issues: [{ path, message: `${value}: ${message}` }] } });
  if (value.includes("*")) throw fault("wildcards are not allowed; list each origin");
  const url = URL.canParse(value.trim()) ? new URL(value.trim()) : null;
  if (!url || url.origin === "null") throw fault("is not an origin; write it like https://app.example.com");
  if (url.username || url.password || url.search || url.hash || url.pathname !== "/") throw fault("an origin has no path, query or user");
  if (url.protocol === "https:") return url.origin;
  if (url.protocol === "http:" && LOCAL.test(url.hostname)) {
    if (kind === "test") return url.origin;
    throw fault("the live environment takes https origins only");
  }
  throw fault("must begin with https://");
}
