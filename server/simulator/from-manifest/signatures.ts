import { createHash, createHmac } from "node:crypto";
import type { Manifest } from "#server/runtime/manifest";
import type { Call } from "./role";
import { fitsText, type Told } from "./template";

// Signatures as the other side checks them, computed anew out of what arrived: what signs is what is to be proven.

type Texts = Readonly<Record<string, string>>;
type Sign = NonNullable<Extract<Manifest["auth"][string], { sign?: unknown }>["sign"]>;
type Of<T extends Sign["type"]> = Extract<Sign, { type: T }>;
type Pair = [name: string, value: string];

/** How far a clock may be off. Signatures are made by the real one. */
const SKEW_MS = 5 * 60_000;

const fillIn = (template: string, values: Texts): string =>
  template.replace(/\{\+?([A-Za-z]\w*)\}/g, (_, name: string) => values[name] ?? "");
const hexOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** RFC 3986, byte by byte. */
const strict = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) =>
      /[A-Za-z0-9._~-]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");
/** As browsers encode a form's values. */
const formed = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) =>
      byte === 32
        ? "+"
        : /[A-Za-z0-9*._-]/.test(String.fromCharCode(byte))
          ? String.fromCharCode(byte)
          : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");

const before = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
const ordered = (pairs: readonly Pair[]): Pair[] => [...pairs].sort((a, b) => before(a[0], b[0]) || before(a[1], b[1]));
const formOf = ({ headers, body }: Call): Pair[] =>
  /^application\/x-www-form-urlencoded/i.test(headers["content-type"] ?? "") ? [...new URLSearchParams(body)] : [];

/** What the signature's own headers and parameters hold; a text says what is missing. */
function signedValues(sign: Of<"digest">, call: Call): Told | string {
  const told: Told = new Map();
  const places = [
    ...Object.entries(sign.headers).map(([name, template]) => [name, template, call.headers[name.toLowerCase()]] as const),
    ...Object.entries(sign.query).map(([name, template]) => [name, template, call.url.searchParams.get(name) ?? undefined] as const),
  ];
  const missing = places.find(([, template, text]) => text === undefined || !fitsText(template, text, told));
  return missing ? `"${missing[0]}" is missing` : told;
}

/** The address without the signature itself. */
function bareUrl({ into }: Of<"digest">, { url }: Call): URL {
  const bare = new URL(url);
  const parts = bare.search.slice(1).split("&");
  if (into.in === "query") bare.search = parts.filter((part) => part.split("=", 1)[0] !== formed(into.name)).join("&");
  return bare;
}

function sortedText({ sorted, headers }: Of<"digest">, values: Texts, call: Call, url: URL): string {
  const { from, extra, pair, join, encode, skipEmpty } = sorted;
  const all: Pair[] = [];
  if (from.includes("query")) all.push(...url.searchParams);
  if (from.includes("form")) all.push(...formOf(call));
  if (from.includes("headers"))
    for (const name of Object.keys(headers)) all.push([name.toLowerCase(), call.headers[name.toLowerCase()] ?? ""]);
  for (const [name, text] of Object.entries(extra)) all.push([name, fillIn(text, values)]);
  const written = { form: formed, rfc3986: strict, none: (text: string) => text }[encode];
  return ordered(all.filter(([, value]) => value !== "" || !skipEmpty))
    .map(([name, value]) => pair.replace("{name}", () => written(name)).replace("{value}", () => written(value)))
    .join(join);
}

function digestFault(sign: Of<"digest">, known: Texts, call: Call): string | null {
  const told = signedValues(sign, call);
  if (typeof told === "string") return told;
  const url = bareUrl(sign, call);
  const values = { ...known, ...(Object.fromEntries(told) as Texts) };
  const text = fillIn(sign.text, {
    ...values,
    ...{ method: call.method, host: url.host, path: url.pathname, query: url.search.slice(1), body: call.body },
    target: `${url.pathname}${url.search}`,
    bodySha256: hexOf(call.body),
    sorted: sortedText(sign, values, call, url),
  });
  const hash = sign.algorithm.split("-").at(-1) ?? "";
  const maker = sign.algorithm.startsWith("hmac-")
    ? createHmac(hash, Buffer.from(fillIn(sign.key ?? "", values), sign.keyEncoding))
    : createHash(hash);
  const made = maker.update(text).digest();
  const encoded = sign.encoding === "hex_upper" ? made.toString("hex").toUpperCase() : made.toString(sign.encoding);
  const wanted = fillIn(sign.into.template, { ...values, signature: encoded });
  const given = sign.into.in === "header" ? call.headers[sign.into.name.toLowerCase()] : call.url.searchParams.get(sign.into.name);
  return given === wanted ? null : "the signature is wrong";
}

/** The `oauth_…` parameters of a request, and all others; null without any. */
function oauthParts({ url, headers }: Call, where: "header" | "query"): { oauth: Map<string, string>; query: Pair[] } | null {
  const query = [...url.searchParams];
  if (where === "query")
    return {
      oauth: new Map(query.filter(([name]) => name.startsWith("oauth_"))),
      query: query.filter(([name]) => !name.startsWith("oauth_")),
    };
  const [, list] = /^OAuth (.+)$/.exec(headers["authorization"] ?? "") ?? [];
  if (list === undefined) return null;
  const pairs = list.split(/, */).map((part) => /^([^=]+)="([^"]*)"$/.exec(part) ?? ["", "", ""]);
  return { oauth: new Map(pairs.map(([, name = "", value = ""]) => [decodeURIComponent(name), decodeURIComponent(value)])), query };
}

type OAuth1 = Pick<Of<"oauth1">, "method" | "consumerKey" | "consumerSecret"> & Partial<Of<"oauth1">>;

/** What of the parameters is not as the consumer has to say it. */
function saidFault(sign: OAuth1, values: Texts, oauth: Map<string, string>, seen: Set<string>): string | null {
  const wanted: [string, string | undefined][] = [
    ["oauth_consumer_key", fillIn(sign.consumerKey, values)],
    ["oauth_signature_method", sign.method],
    ["oauth_token", fillIn(sign.token ?? "", values) || undefined],
    ["realm", sign.realm === undefined || sign.in === "query" ? undefined : fillIn(sign.realm, values)],
  ];
  const wrong = wanted.find(([name, text]) => oauth.get(name) !== text);
  if (wrong) return `"${wrong[0]}" is wrong`;
  const [nonce = "", stamp] = [oauth.get("oauth_nonce"), Number(oauth.get("oauth_timestamp"))];
  if (!(Math.abs(stamp * 1_000 - Date.now()) < SKEW_MS)) return "the time stamp is not of now";
  if (nonce === "" || seen.has(nonce)) return "the nonce is none, or was used before";
  seen.add(nonce);
  return null;
}

/** Why a request is not signed by OAuth 1.0a (RFC 5849, section 3.2), or null. `seen` keeps the nonces that were used. */
export function oauth1Fault(sign: OAuth1, values: Texts, call: Call, seen: Set<string>): string | null {
  const parts = oauthParts(call, sign.in ?? "header");
  const said = parts ? saidFault(sign, values, parts.oauth, seen) : "there is no OAuth header";
  if (!parts || said !== null) return said;
  const given = parts.oauth.get("oauth_signature");
  const oauth = [...parts.oauth].filter(([name]) => name.startsWith("oauth_") && name !== "oauth_signature");
  const pairs = [...parts.query, ...formOf(call), ...oauth].map(([name, value]): Pair => [strict(name), strict(value)]);
  const params = ordered(pairs)
    .map((pair) => pair.join("="))
    .join("&");
  const base = [call.method, `https://${call.url.host}${call.url.pathname}`, params].map(strict).join("&");
  const key = `${strict(fillIn(sign.consumerSecret, values))}&${strict(fillIn(sign.tokenSecret ?? "", values))}`;
  const hash = sign.method.replace("HMAC-", "").toLowerCase();
  const wanted = sign.method === "PLAINTEXT" ? key : createHmac(hash, key).update(base).digest("base64");
  return given === wanted ? null : "the signature is wrong";
}

const AWS =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

/** Why a request is not signed by AWS Signature Version 4, or null. */
function sigV4Fault(sign: Of<"aws_sigv4">, values: Texts, { method, url, headers, body }: Call): string | null {
  const [, key, day = "", region = "", service = "", names = "", given] = AWS.exec(headers["authorization"] ?? "") ?? [];
  if (key !== fillIn(sign.accessKeyId, values)) return "the access key is unknown";
  if (region !== fillIn(sign.region, values) || service !== fillIn(sign.service, values)) return "the scope is another one";
  const stamp = headers["x-amz-date"] ?? "";
  const then = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(then - Date.now()) < SKEW_MS) || !stamp.startsWith(day)) return "the time stamp is not of now";
  const token = fillIn(sign.sessionToken ?? "", values);
  const listed = names.split(";");
  const needed = ["host", "x-amz-date", ...(token === "" ? [] : ["x-amz-security-token"])];
  if (!needed.every((name) => listed.includes(name))) return "a header that has to be signed is not";
  if ((headers["x-amz-security-token"] ?? "") !== token) return "the session token is wrong";
  const headerOf = (name: string) => (name === "host" ? url.host : (headers[name] ?? "")).trim().replace(/ +/g, " ");
  const path = url.pathname.split("/").map((part) => strict(service === "s3" ? decodeURIComponent(part) : part));
  const query = ordered([...url.searchParams].map(([name, value]): Pair => [strict(name), strict(value)]));
  const canonical = [
    ...[method, path.join("/"), query.map((pair) => pair.join("=")).join("&")],
    ...[...listed.map((name) => `${name}:${headerOf(name)}`), "", names, hexOf(body)],
  ].join("\n");
  const text = ["AWS4-HMAC-SHA256", stamp, `${day}/${region}/${service}/aws4_request`, hexOf(canonical)].join("\n");
  let signing: Buffer | string = `AWS4${fillIn(sign.secretAccessKey, values)}`;
  for (const part of [day, region, service, "aws4_request"]) signing = createHmac("sha256", signing).update(part).digest();
  return createHmac("sha256", signing).update(text).digest("hex") === given ? null : "the signature is wrong";
}

/** Why the declared signature is not on a request; null when it is. */
export function signatureFault(sign: Sign, values: Texts, call: Call, seen: Set<string>): string | null {
  if (sign.type === "oauth1") return oauth1Fault(sign, values, call, seen);
  return sign.type === "aws_sigv4" ? sigV4Fault(sign, values, call) : digestFault(sign, values, call);
}

/** Parameters of a request's address that a signature brings along. */
export function signedNames(sign: Sign | undefined): string[] {
  if (sign?.type === "digest") return [...Object.keys(sign.query), ...(sign.into.in === "query" ? [sign.into.name] : [])];
  const names = ["consumer_key", "nonce", "signature", "signature_method", "timestamp", "token", "version"];
  return sign?.type === "oauth1" && sign.in === "query" ? names.map((name) => `oauth_${name}`) : [];
}
