import { createHash, createHmac } from "node:crypto";
import { AppError } from "#server/lib/errors";
import { fill } from "../paths";
import { formEncode, inOrder, isForm, strictEncode } from "./encoding";
import type { Moment, Signed, ToSign } from "./sign";
import type { SignatureOf } from "./signature-schema";

type Spec = SignatureOf<"digest">;
type Values = Readonly<Record<string, string>>;

const ENCODE = { form: formEncode, rfc3986: strictEncode, none: (text: string) => text } as const;

function digest(spec: Spec, values: Values, text: string): string {
  const name = spec.algorithm.replace("hmac-", "");
  const maker = spec.algorithm.startsWith("hmac-")
    ? createHmac(name, Buffer.from(fill(spec.key ?? "", values), spec.keyEncoding))
    : createHash(name);
  const bytes = maker.update(text).digest();
  if (spec.encoding === "hex_upper") return bytes.toString("hex").toUpperCase();
  return bytes.toString(spec.encoding);
}

/** `a=1&b=2`: parameters of the chosen places by name, in order, each as the scheme writes it. */
function sortedText(spec: Spec, values: Values, added: Record<string, string>, { url, headers, body }: ToSign): string {
  const { from, extra, pair, join, encode, skipEmpty } = spec.sorted;
  const places = {
    query: () => [...url.searchParams],
    form: () => (isForm(headers) ? [...new URLSearchParams(body ?? "")] : []),
    headers: () => Object.entries(added),
  };
  const own = Object.entries(extra).map(([name, text]): [string, string] => [name, fill(text, values)]);
  return [...from.flatMap((place): [string, string][] => places[place]()), ...own]
    .filter(([, value]) => !skipEmpty || value !== "")
    .sort((a, b) => inOrder(a[0], b[0]) || inOrder(a[1], b[1]))
    .map(([name, value]) => fill(pair, { name: ENCODE[encode](name), value: ENCODE[encode](value) }))
    .join(join);
}

/** Signs by a digest over a text of the manifest's making. What the signature adds stands on the request before it is computed. */
export function signDigest(spec: Spec, values: Values, request: ToSign, { nowMs, nonce }: Moment): Signed {
  const now = {
    timestamp: String(Math.floor(nowMs / 1_000)),
    timestampMs: String(nowMs),
    iso: new Date(nowMs).toISOString().replace(/\.\d+Z$/, "Z"),
    nonce,
  };
  const known = { ...values, ...now };
  const url = new URL(request.url);
  for (const [name, text] of Object.entries(spec.query)) url.searchParams.set(name, fill(text, known));
  const added = Object.fromEntries(Object.entries(spec.headers).map(([name, text]) => [name.toLowerCase(), fill(text, known)]));
  const headers = { ...request.headers, ...added };
  const body = request.body ?? "";
  const text = fill(spec.text, {
    ...known,
    method: request.method.toUpperCase(),
    host: url.host,
    path: url.pathname,
    query: url.search.slice(1),
    target: url.pathname + url.search,
    body,
    bodySha256: createHash("sha256").update(body).digest("hex"),
    sorted: sortedText(spec, known, added, { ...request, url, headers }),
  });
  const signature = fill(spec.into.template, { ...known, signature: digest(spec, known, text) });
  if (/[\r\n]/.test(signature)) throw new AppError("config_invalid", "A signature holds a line break.");
  // Put behind what was signed, which stays as it is written.
  if (spec.into.in === "query")
    url.search = [url.search.slice(1), `${formEncode(spec.into.name)}=${formEncode(signature)}`].filter(Boolean).join("&");
  else headers[spec.into.name.toLowerCase()] = signature;
  return { url, headers };
}
