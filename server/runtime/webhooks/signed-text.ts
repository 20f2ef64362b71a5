import { type BinaryLike, createHash } from "node:crypto";
import { formOf, type InboundCall, valueIn } from "./call";

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

/** CRC-32 (ISO 3309) of bytes. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 255] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

/** As a browser's form, but with what PHP's `urlencode` also encodes: the habit of form signatures. */
const formEncode = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, "+");

/** Each name once per distinct value, sorted by name and then by value, nothing between: how form calls are signed over their address. */
function sortedForm(form: URLSearchParams): string {
  const pairs = new Map([...form].map(([name, value]) => [`${name}\0${value}`, name + value]));
  return [...pairs.keys()]
    .sort()
    .map((key) => pairs.get(key) ?? "")
    .join("");
}

export type SignedParts = { secret: string; ts: string | null; signatureField: string | null };

type Fill = (call: InboundCall, parts: SignedParts) => BinaryLike | null;

const FILLS: Record<string, Fill> = {
  body: (call) => call.raw,
  ts: (_, parts) => parts.ts,
  method: (call) => call.method,
  url: (call) => call.url,
  path: (call) => (URL.canParse(call.url) ? new URL(call.url).pathname : null),
  bodySha256: (call) => sha256(call, "hex"),
  crc32: (call) => String(crc32(call.raw)),
  secret: (_, parts) => parts.secret,
  formSecret: (_, parts) => formEncode(parts.secret),
  sortedForm: (call) => {
    const form = formOf(call);
    return form && sortedForm(form);
  },
  form: (call, parts) => {
    const form = formOf(call);
    if (!form) return null;
    const kept = [...form].filter(([name]) => name !== parts.signatureField);
    return kept.map(([name, value]) => `${formEncode(name)}=${formEncode(value)}`).join("&");
  },
};

const sha256 = (call: InboundCall, encoding: "hex" | "base64") => createHash("sha256").update(call.raw).digest(encoding);

/** Holes that name something of the call. */
const NAMED: Record<string, (call: InboundCall, name: string) => string | null> = {
  header: (call, name) => call.header(name),
  query: (call, name) => call.query.get(name),
  bodyAt: (call, path) => valueIn(call, path),
  bodySha256: (call) => sha256(call, "base64"),
};

const compiled = new Map<string, Fill[]>();

/** A template's text and holes in order, taken apart once. */
function fillsOf(template: string): Fill[] {
  const known = compiled.get(template);
  if (known) return known;
  const fills = template
    .split(/(\{[^}]+\})/)
    .filter((part) => part !== "")
    .map((part): Fill => {
      const [, name = "", of] = /^\{([a-zA-Z0-9]+)(?::([^}]+))?\}$/.exec(part) ?? [];
      const own = of === undefined ? null : NAMED[name];
      if (own && of !== undefined) return (call) => own(call, of);
      return (name && FILLS[name]) || (() => part);
    });
  if (compiled.size > 500) compiled.clear(); // templates of private connectors come and go
  compiled.set(template, fills);
  return fills;
}

/**
 * The pieces that were signed, in order, or null when the call lacks one of them: a form that is none, a header that is
 * missing. Bytes stay bytes.
 */
export function signedPieces(template: string, call: InboundCall, parts: SignedParts): BinaryLike[] | null {
  const pieces: BinaryLike[] = [];
  for (const fill of fillsOf(template)) {
    const piece = fill(call, parts);
    if (piece === null) return null;
    pieces.push(piece);
  }
  return pieces;
}
