import { z } from "zod";
import { Texts } from "./parts";

/** Computed anew over each request when address, parameters and body are final. */
const Oauth1Signature = z.strictObject({
  type: z.literal("oauth1"),
  method: z.enum(["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"]).default("HMAC-SHA1"),
  consumerKey: z.string(),
  consumerSecret: z.string(),
  /** Left out where the consumer signs for itself (one-legged). */
  token: z.string().optional(),
  tokenSecret: z.string().optional(),
  realm: z.string().optional(),
  in: z.enum(["header", "query"]).default("header"),
});

const SigV4Signature = z.strictObject({
  type: z.literal("aws_sigv4"),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  sessionToken: z.string().optional(),
  region: z.string(),
  service: z.string(),
});

/**
 * Any other signature: a digest, or a digest with a key, over a text put together from the request. Beside the credential's
 * values the templates know `{timestamp}` `{timestampMs}` `{iso}` `{nonce}`, and `text` knows the request: `{method}` `{host}`
 * `{path}` `{query}` `{target}` `{body}` `{bodySha256}` `{sorted}`; `{target}` is path and query as they are asked for, the "?" only where there is a query.
 */
const DigestSignature = z.strictObject({
  type: z.literal("digest"),
  algorithm: z.enum(["md5", "sha1", "sha256", "sha512", "hmac-md5", "hmac-sha1", "hmac-sha256", "hmac-sha512"]),
  /** The key of an `hmac-…`. */
  key: z.string().optional(),
  keyEncoding: z.enum(["utf8", "hex", "base64"]).default("utf8"),
  encoding: z.enum(["hex", "hex_upper", "base64", "base64url"]).default("hex"),
  /** Put on the request before it is signed. */
  headers: Texts.default({}),
  query: Texts.default({}),
  text: z.string(),
  /** What `{sorted}` stands for: parameters by name, in order. */
  sorted: z
    .strictObject({
      from: z.array(z.enum(["query", "form", "headers"])).default(["query", "form"]),
      /** Signed with the others, but not sent. */
      extra: Texts.default({}),
      pair: z.string().default("{name}={value}"),
      join: z.string().default("&"),
      encode: z.enum(["form", "rfc3986", "none"]).default("form"),
      skipEmpty: z.boolean().default(false),
    })
    .prefault({}),
  /** Where the signature goes. `template` has the hole `{signature}`. */
  into: z.strictObject({ in: z.enum(["header", "query"]), name: z.string(), template: z.string().default("{signature}") }),
});

export const Signature = z.discriminatedUnion("type", [Oauth1Signature, SigV4Signature, DigestSignature]);

export type Signature = z.output<typeof Signature>;
export type SignatureOf<T extends Signature["type"]> = Extract<Signature, { type: T }>;
