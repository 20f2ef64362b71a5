/** What the API needs of a request; a `Request` fits, and so does one of node's without being made one first. */
export type RestCall = {
  readonly method: string;
  /** With or without the origin. */
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal;
  readonly body: ReadableStream<Uint8Array> | null;
};

/** A finished answer, for either kind of server. */
export type Reply = { status: number; headers: Record<string, string>; body: string | null };

// What a URL leaves as it is; all else is taken apart by the standard's rules.
const PLAIN = /^(\/[\w/%~-]*)(\?[\w=&%+.~*-]*)?$/;

/** Path and query of an address with or without its origin. */
export function addressOf(url: string): { pathname: string; search: string } {
  const [, pathname, search = ""] = PLAIN.exec(url) ?? [];
  return pathname === undefined || pathname.startsWith("//") ? new URL(url, "http://localhost") : { pathname, search };
}

export const toResponse = ({ status, headers, body }: Reply): Response => new Response(body, { status, headers });
