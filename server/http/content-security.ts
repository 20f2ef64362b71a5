export type PageKind = { embed: readonly string[]; font?: string | null } | "app" | "preview" | { demoFrames: string };

/**
 * The Content-Security-Policy of one page. Scripts run by nonce only; `embed` may be framed by the environment's origins and
 * nobody else, every other page by nobody (the preview of the look: by ourselves). The demo's page stands for a vendor's: it loads our script and frames us.
 */
export function contentSecurity(kind: PageKind, nonce: string, dev: boolean): string {
  const demo = typeof kind === "object" && "demoFrames" in kind ? kind.demoFrames : null;
  const isPreview = kind === "preview";
  const font = typeof kind === "object" && "embed" in kind && kind.font ? ` ${kind.font}` : isPreview ? " https:" : "";
  const ancestors = isPreview
    ? "'self'"
    : typeof kind === "object" && "embed" in kind && kind.embed.length > 0
      ? kind.embed.join(" ")
      : "'none'";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'${demo ? ` ${demo}` : " 'strict-dynamic'"}${dev ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: https:",
    `font-src 'self'${font}`,
    `connect-src 'self'${dev ? " ws:" : ""}`,
    `frame-src ${demo ?? (kind === "app" ? "'self'" : "'none'")}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${ancestors}`,
  ].join("; ");
}

/** For a page of words only: it knows nobody, so whoever frames it gains nothing, and it is seen in a frame too. It runs nothing, unless given a nonce. */
export const WORDS_ONLY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'";
