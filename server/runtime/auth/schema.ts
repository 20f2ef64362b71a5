import { z } from "zod";
import { ConnectFieldSpec, HttpsUrl, Key, Path, Pattern, Sought, Texts } from "./parts";
import { Signature } from "./signature-schema";

/** A value out of an answer that becomes config: by path, or by path and the look it must have (named groups are values too). */
const Found = z.union([Path, z.strictObject({ path: Path, pattern: Pattern })]);
/** A credential out of an answer: kept sealed, and shown nowhere. */
const FoundSecret = z.strictObject({ path: Path, pattern: Pattern.optional(), secret: z.literal(true) });

/** Where the credential goes on each request. Several at once are several at once. */
const placement = {
  headers: Texts.default({}),
  query: Texts.default({}),
  cookies: Texts.default({}),
  /** Into the body of each request that has one, by path: `{ "params.2": "{password}" }`. */
  body: Texts.default({}),
  /** `{ username: "{email}/token", password: "{token}" }` */
  basic: z.strictObject({ username: z.string(), password: z.string().default("") }).optional(),
  sign: Signature.optional(),
};
const bearer = { ...placement, headers: Texts.default({ authorization: "Bearer {accessToken}" }) };

/** A call to a fixed address, made to gain a credential or to learn about the account. */
const Call = z.strictObject({
  method: z.enum(["GET", "POST"]).default("POST"),
  url: HttpsUrl,
  query: Texts.default({}),
  headers: Texts.default({}),
  basic: placement.basic,
  /** At most one of: a form, a JSON value, or text (`escape` says what to do with values put into it). */
  form: Texts.optional(),
  json: z.json().optional(),
  text: z.strictObject({ type: z.string(), body: z.string(), escape: z.enum(["xml", "json", "none"]).default("xml") }).optional(),
});

/** One value out of an answer. `cookies` = all cookies that were set, ready to be sent back. */
const Take = z.strictObject({
  from: z.enum(["json", "header", "cookie", "cookies", "text"]).default("json"),
  /** Path in the JSON, or name of header or cookie. */
  at: z.string().optional(),
  /** Whole value for all but `text`, where it is searched for. Named groups are values too; else its first group, else all of it. */
  pattern: Pattern.optional(),
  required: z.boolean().default(true),
});

/** How an endpoint that gives tokens says no, and whom that blames. */
const Refusal = z
  .strictObject({
    code: z.array(Path).default(["error"]),
    message: Path.default("error_description"),
    grant: z.array(z.string()).default(["invalid_grant", "unauthorized_client"]),
    client: z.array(z.string()).default(["invalid_client"]),
  })
  .prefault({});

/** Where a token endpoint's answer holds what. */
const TokenShape = z
  .strictObject({
    accessToken: Path.default("access_token"),
    refreshToken: Path.default("refresh_token"),
    expiresIn: Path.default("expires_in"),
    scope: Path.default("scope"),
    /** Further values kept as the connection's config, by name. */
    config: z.record(Key, Found).default({}),
  })
  .prefault({});

/** Signed by the client with its private key (RFC 7523). The audience is the issuer, nothing else. */
const Algorithm = z.enum(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "HS256", "HS384", "HS512"]);

const client = {
  /** How the client proves itself at the token endpoint. `none` = a public client, by PKCE alone. */
  clientAuth: z.enum(["body", "basic", "none", "private_key_jwt"]).default("body"),
  /** `private_key_jwt`: the client secret is then the private key, as PEM or JWK. */
  clientAlgorithm: Algorithm.default("RS256"),
  /** Names under which the client goes into a form, where they are not the usual ones. */
  clientNames: z.strictObject({ id: z.string().default("client_id"), secret: z.string().default("client_secret") }).prefault({}),
  tokenUrl: HttpsUrl,
  tokenMethod: z.enum(["POST", "GET"]).default("POST"),
  /** How the parameters go there; a GET has them in its query. */
  tokenBody: z.enum(["form", "json", "query"]).default("form"),
  tokenParams: Texts.default({}),
  tokenHeaders: Texts.default({}),
  token: TokenShape,
  refusal: Refusal,
  /** Life of an access token when the answer names none, in ms. */
  defaultLifetimeMs: z.number().int().positive().optional(),
  scopeSeparator: z.string().default(" "),
};

const Scopes = z.array(z.strictObject({ scope: z.string(), reason: z.string() }));

/** Another token for the one we have: a short life into a long one, or a long one into the next. */
const Exchange = z.strictObject({
  method: z.enum(["GET", "POST"]).default("GET"),
  url: HttpsUrl,
  /** Query of a GET, form of a POST. Holes: `{accessToken}` `{refreshToken}` `{clientId}` `{clientSecret}`. */
  params: Texts,
});

/** No sooner than so long before the access token ends, where renewing it earlier is refused. */
const EarlyMs = z.number().int().positive().optional();

/** Asked once, after the consent, with the new credential on. Its answer becomes config. */
const AfterConnect = z.strictObject({
  call: Call.extend({ method: z.enum(["GET", "POST"]).default("GET") }),
  /** The answer, or this part of it, is a list of which one is meant. */
  list: z
    .strictObject({
      /** Left out when the answer itself is the list. */
      path: Path.optional(),
      where: z.strictObject({ path: Path, equals: z.union([z.string(), z.number(), z.boolean()]) }).optional(),
      /** `only` refuses when more than one is left. */
      pick: z.enum(["first", "only"]).default("first"),
    })
    .optional(),
  /** With `secret` it is a further credential (a page's own token) that is kept like the sign-in's own and used by its name. */
  config: z.record(Key, z.union([Found, FoundSecret])),
});

export const OAuth2Code = z.strictObject({
  type: z.literal("oauth2_code"),
  title: z.string(),
  authorizeUrl: HttpsUrl,
  /** How the third party names itself in callbacks (RFC 9207). When given, a callback by another name, or none, is refused. */
  issuer: HttpsUrl.optional(),
  /** Least first; `reason` is for the customer's eyes. */
  scopes: Scopes,
  /** Name of the scope parameter where it is another. */
  scopeParam: z.string().default("scope"),
  pkce: z.boolean().default(true),
  authorizeParams: Texts.default({}),
  ...client,
  /** Each refresh kills the refresh token it used: a lost answer is then never asked for twice. */
  rotating: z.boolean(),
  /** What the browser brings back. */
  callback: z
    .strictObject({
      code: z.string().default("code"),
      /** Parameters that become config. One that contradicts what was entered before is refused. */
      config: z.record(Key, z.strictObject({ param: z.string(), pattern: Pattern, required: z.boolean().default(true) })).default({}),
      /** The parameters, sorted, are signed with the client secret. */
      hmac: z
        .strictObject({
          param: z.string(),
          algorithm: z.enum(["sha1", "sha256", "sha512"]).default("sha256"),
          encoding: z.enum(["hex", "base64"]).default("hex"),
          /** Further parameters left out of what is signed. */
          without: z.array(z.string()).default([]),
        })
        .optional(),
    })
    .prefault({}),
  /** Right after the code was exchanged. */
  exchange: Exchange.optional(),
  /** How a new access token is had: by the refresh token (perhaps at another address), by exchanging the old one, or not at all. */
  renew: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("refresh_token"), url: HttpsUrl.optional(), params: Texts.default({}), earlyMs: EarlyMs }),
      Exchange.extend({ type: z.literal("exchange"), earlyMs: EarlyMs }),
      z.strictObject({ type: z.literal("never") }),
    ])
    .default({ type: "refresh_token", params: {} }),
  /** A refresh token unused for so long dies; it is used in time, even while nothing is read. */
  keepAliveDays: z.number().positive().optional(),
  afterConnect: z.array(AfterConnect).max(3).default([]),
  /** How a grant is given back on disconnect. Holes: `{refreshToken}`, `{accessToken}`. */
  revoke: z
    .strictObject({ method: z.enum(["POST", "DELETE"]), url: HttpsUrl, form: Texts.default({}), headers: Texts.default({}) })
    .optional(),
  ...bearer,
  /** Asked before the redirect. */
  fields: z.array(ConnectFieldSpec).default([]),
});

export const OAuth2Client = z.strictObject({
  type: z.literal("oauth2_client"),
  title: z.string(),
  /** The customer's own app, `{client_id}` of the fields; left as they are, the vendor's. */
  clientId: z.string().default("{clientId}"),
  clientSecret: z.string().default("{clientSecret}"),
  issuer: HttpsUrl.optional(),
  scopes: Scopes.default([]),
  ...client,
  ...bearer,
  fields: z.array(ConnectFieldSpec).default([]),
});

export const Jwt = z.strictObject({
  type: z.literal("jwt"),
  title: z.string(),
  algorithm: Algorithm,
  /** PEM or JWK; for `HS…` the shared secret, in `keyEncoding`. */
  key: z.string(),
  keyEncoding: z.enum(["utf8", "hex", "base64"]).default("utf8"),
  header: Texts.default({}),
  /** `iat`, `exp` and, where asked for, `jti` are added. */
  claims: z.record(z.string(), z.json()),
  jti: z.boolean().default(false),
  lifetimeMs: z.number().int().positive().max(3_600_000).default(300_000),
  /** Where the assertion is handed in for a token, hole `{assertion}`; left out, the assertion is the token. */
  exchange: Call.optional(),
  token: TokenShape,
  refusal: Refusal,
  defaultLifetimeMs: z.number().int().positive().optional(),
  ...bearer,
  fields: z.array(ConnectFieldSpec).min(1),
});

export const Login = z.strictObject({
  type: z.literal("login"),
  title: z.string(),
  /** One after the other; what one takes, the next may send. */
  steps: z
    .array(
      z.strictObject({
        call: Call,
        take: z.record(Key, Take).default({}),
        /** Answers that say no, beside 400, 401 and 403: values in the JSON. */
        refused: z.array(z.strictObject({ path: Path, equals: z.union([z.string(), z.number(), z.boolean()]) })).default([]),
        message: Path.optional(),
        /** An answer whose text holds this says no too, whatever its status; its first group is the reason. */
        refusedText: Sought.optional(),
      }),
    )
    .min(1)
    .max(4),
  /** Life of the session: seconds or a moment in what was taken, by name; else this long. */
  expires: z.strictObject({ value: Key, as: z.enum(["seconds", "ms", "moment", "unix_s"]) }).optional(),
  lifetimeMs: z.number().int().positive().optional(),
  ...placement,
  fields: z.array(ConnectFieldSpec).min(1),
});

export const ApiKey = z.strictObject({
  type: z.literal("api_key"),
  title: z.string(),
  fields: z.array(ConnectFieldSpec).min(1),
  ...placement,
});

/** OAuth 1.0a with a person's consent (RFC 5849). The consumer is the vendor's app. */
export const OAuth1 = z.strictObject({
  type: z.literal("oauth1"),
  title: z.string(),
  requestTokenUrl: HttpsUrl,
  authorizeUrl: HttpsUrl,
  accessTokenUrl: HttpsUrl,
  method: z.enum(["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"]).default("HMAC-SHA1"),
  realm: z.string().optional(),
  authorizeParams: Texts.default({}),
  requestParams: Texts.default({}),
  headers: Texts.default({}),
  query: Texts.default({}),
  /** Parameters of the access token's answer that become config. */
  config: z.record(Key, z.strictObject({ param: z.string(), pattern: Pattern })).default({}),
  /** What is granted, in the customer's words. */
  scopes: Scopes.default([]),
  fields: z.array(ConnectFieldSpec).default([]),
});

/** Nothing to prove; fields, if any, only say which account. */
export const Open = z.strictObject({
  type: z.literal("none"),
  title: z.string(),
  headers: Texts.default({}),
  query: Texts.default({}),
  fields: z.array(ConnectFieldSpec).default([]),
});

/** Every way to prove oneself to a third party. */
export const AuthMethod = z.discriminatedUnion("type", [OAuth2Code, OAuth2Client, Jwt, Login, ApiKey, OAuth1, Open]);
export type AuthMethod = z.output<typeof AuthMethod>;
export type OAuth2Code = z.output<typeof OAuth2Code>;
export type OAuth2Client = z.output<typeof OAuth2Client>;
export type Jwt = z.output<typeof Jwt>;
export type Login = z.output<typeof Login>;
export type OAuth1 = z.output<typeof OAuth1>;
export type Call = z.output<typeof Call>;
export type Take = z.output<typeof Take>;
export type Found = z.output<typeof Found> | z.output<typeof FoundSecret>;
export type TokenShape = z.output<typeof TokenShape>;
export type Refusal = z.output<typeof Refusal>;
export type Exchange = z.output<typeof Exchange>;
export type AfterConnect = z.output<typeof AfterConnect>;
export type Algorithm = z.output<typeof Algorithm>;
