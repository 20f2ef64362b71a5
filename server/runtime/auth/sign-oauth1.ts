import { createHmac } from "node:crypto";
import { fill } from "../paths";
import { inOrder, isForm, strictEncode } from "./encoding";
import type { Moment, Signed, ToSign } from "./sign";
import type { SignatureOf } from "./signature-schema";

type Pair = readonly [name: string, value: string];
type Spec = Pick<SignatureOf<"oauth1">, "method" | "consumerKey" | "consumerSecret"> & Partial<SignatureOf<"oauth1">>;

const HASHES = { "HMAC-SHA1": "sha1", "HMAC-SHA256": "sha256", "HMAC-SHA512": "sha512" } as const;

/** RFC 5849 §3.4.1: method, address without query, and all parameters, encoded, sorted, joined. */
export function baseString(method: string, url: URL, params: readonly Pair[]): string {
  const encoded = params.map(([name, value]) => [strictEncode(name), strictEncode(value)] as const);
  encoded.sort((a, b) => inOrder(a[0], b[0]) || inOrder(a[1], b[1]));
  const joined = encoded.map((pair) => pair.join("=")).join("&");
  return [method.toUpperCase(), `${url.protocol}//${url.host}${url.pathname}`, joined].map(strictEncode).join("&");
}

function signatureOf(method: Spec["method"], base: string, key: string): string {
  return method === "PLAINTEXT" ? key : createHmac(HASHES[method], key).update(base).digest("base64");
}

/** Signs by OAuth 1.0a (RFC 5849), one- or three-legged. `extra` are further `oauth_…` parameters of the token calls. */
export function signOauth1(
  spec: Spec,
  values: Readonly<Record<string, string>>,
  request: ToSign,
  moment: Moment,
  extra: readonly Pair[] = [],
): Signed {
  const token = spec.token === undefined ? "" : fill(spec.token, values);
  const oauth: Pair[] = [
    ["oauth_consumer_key", fill(spec.consumerKey, values)],
    ["oauth_nonce", moment.nonce],
    ["oauth_signature_method", spec.method],
    ["oauth_timestamp", String(Math.floor(moment.nowMs / 1_000))],
    ...(token === "" ? [] : [["oauth_token", token] as const]),
    ["oauth_version", "1.0"],
    ...extra,
  ];
  const form = isForm(request.headers) ? [...new URLSearchParams(request.body ?? "")] : [];
  const base = baseString(request.method, request.url, [...request.url.searchParams, ...form, ...oauth]);
  const secrets = [fill(spec.consumerSecret, values), spec.tokenSecret === undefined ? "" : fill(spec.tokenSecret, values)];
  const signed: Pair[] = [...oauth, ["oauth_signature", signatureOf(spec.method, base, secrets.map(strictEncode).join("&"))]];
  const url = new URL(request.url);
  if (spec.in === "query") {
    for (const [name, value] of signed) url.searchParams.set(name, value);
    return { url, headers: { ...request.headers } };
  }
  const realm: Pair[] = spec.realm === undefined ? [] : [["realm", fill(spec.realm, values)]];
  const parts = [...realm, ...signed].map(([name, value]) => `${strictEncode(name)}="${strictEncode(value)}"`);
  return { url, headers: { ...request.headers, authorization: `OAuth ${parts.join(", ")}` } };
}
