import { randomChunk } from "#server/lib/random";

/** What authentication needs of a request; both a `Request` and Next's `headers()` fit. */
export type Incoming = { headers: { get(name: string): string | null }; method?: string };

/** The bearer credential of the Authorization header, or null. */
export function bearerOf(incoming: Incoming): string | null {
  const match = /^Bearer +(\S{8,512})$/i.exec(incoming.headers.get("authorization")?.trim() ?? "");
  return match?.[1] ?? null;
}

/** The value of one cookie, or null. */
export function cookieOf(incoming: Incoming, name: string): string | null {
  for (const part of (incoming.headers.get("cookie") ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

/** The caller's request id when it is a plain one, else a fresh one. It is in the answer, in errors and in the log. */
export function requestIdOf(incoming: Incoming): string {
  const given = incoming.headers.get("x-request-id");
  return given && /^[\w.-]{8,80}$/.test(given) ? given : `req_${randomChunk(10).toString("hex")}`;
}
