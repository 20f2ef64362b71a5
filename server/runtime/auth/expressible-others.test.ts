import { expect, test } from "vitest";
import { tinyManifest } from "#tests/support/tiny-manifest";
import type { Auth } from "#tests/support/using-auth";

// The auth of systems that are built elsewhere or not yet: each must be sayable as data. Facts as of 2026-11.
const field = (key: string, rest = {}) => ({ key, title: key, ...rest });
const secret = (key: string, rest = {}) => field(key, { secret: true, ...rest });
const key = (rest: object): Auth => ({ type: "api_key", title: "Key", fields: [secret("key")], ...rest }) as Auth;
const sub = field("sub", { pattern: "[a-z0-9][a-z0-9-]*" });
const server = field("server", { pattern: "[a-z0-9.-]+(?::\\d+)?" });

const SYSTEMS: [string, Auth, string?][] = [
  [
    "Zendesk token",
    key({ fields: [sub, field("email"), secret("token")], basic: { username: "{email}/token", password: "{token}" } }),
    "https://{sub}.zendesk.com/api/v2",
  ],
  ["Stripe", key({ basic: { username: "{key}" } })],
  ["Klaviyo", key({ headers: { authorization: "Klaviyo-API-Key {key}" } })],
  ["API2Cart", key({ fields: [secret("key"), secret("store")], headers: { "x-api-key": "{key}", "x-store-key": "{store}" } })],
  ["Google Maps", key({ query: { key: "{key}" } })],
  [
    "WooCommerce over http, signed",
    key({
      fields: [server, secret("ck"), secret("cs")],
      sign: { type: "oauth1", method: "HMAC-SHA256", consumerKey: "{ck}", consumerSecret: "{cs}", in: "query" },
    }),
    "https://{server}/wp-json/wc/v3",
  ],
  [
    "NetSuite TBA",
    key({
      fields: [
        field("account", { pattern: "[A-Z0-9_]+" }),
        field("host", { pattern: "[a-z0-9-]+" }),
        secret("ck"),
        secret("cs"),
        secret("tk"),
        secret("ts"),
      ],
      sign: {
        type: "oauth1",
        method: "HMAC-SHA256",
        realm: "{account}",
        consumerKey: "{ck}",
        consumerSecret: "{cs}",
        token: "{tk}",
        tokenSecret: "{ts}",
      },
    }),
    "https://{host}.suitetalk.api.netsuite.com",
  ],
  [
    "PayFast",
    key({
      fields: [field("merchant"), secret("passphrase")],
      sign: {
        type: "digest",
        algorithm: "md5",
        headers: { "merchant-id": "{merchant}", version: "v1", timestamp: "{iso}" },
        text: "{sorted}",
        sorted: { from: ["query", "form", "headers"], extra: { passphrase: "{passphrase}" } },
        into: { in: "header", name: "signature" },
      },
    }),
  ],
  [
    "an AWS API",
    key({
      fields: [field("id"), secret("secret"), field("region", { pattern: "[a-z]{2}-[a-z]+-\\d" })],
      sign: { type: "aws_sigv4", accessKeyId: "{id}", secretAccessKey: "{secret}", region: "{region}", service: "execute-api" },
    }),
    "https://abc123.execute-api.{region}.amazonaws.com",
  ],
  [
    "UPS",
    {
      type: "oauth2_client",
      title: "App",
      clientId: "{client_id}",
      clientSecret: "{client_secret}",
      clientAuth: "basic",
      tokenUrl: "https://onlinetools.ups.com/security/v1/oauth/token",
      fields: [field("client_id"), secret("client_secret")],
    },
  ],
  [
    "SAP XSUAA",
    {
      type: "oauth2_client",
      title: "Service key",
      clientId: "{client_id}",
      clientSecret: "{client_secret}",
      tokenUrl: "https://{sub}.authentication.eu10.hana.ondemand.com/oauth/token",
      fields: [sub, field("client_id"), secret("client_secret")],
    },
  ],
  [
    "NetSuite M2M",
    {
      type: "jwt",
      title: "Certificate",
      algorithm: "PS256",
      key: "{pem}",
      header: { kid: "{kid}" },
      claims: {
        iss: "{client_id}",
        scope: ["rest_webservices"],
        aud: "https://{host}.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token",
      },
      exchange: {
        url: "https://{host}.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token",
        form: {
          grant_type: "client_credentials",
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: "{assertion}",
        },
      },
      fields: [field("host", { pattern: "[a-z0-9-]+" }), field("client_id"), field("kid"), secret("pem", { multiline: true })],
    },
    "https://{host}.suitetalk.api.netsuite.com",
  ],
  [
    "Google service account",
    {
      type: "jwt",
      title: "Key file",
      algorithm: "RS256",
      key: "{private_key}",
      claims: {
        iss: "{email}",
        scope: "https://www.googleapis.com/auth/spreadsheets.readonly",
        aud: "https://oauth2.googleapis.com/token",
      },
      exchange: {
        url: "https://oauth2.googleapis.com/token",
        form: { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: "{assertion}" },
      },
      fields: [secret("file", { multiline: true, json: { email: "client_email", private_key: "private_key" } })],
    },
  ],
  [
    "GitHub App",
    {
      type: "jwt",
      title: "App",
      algorithm: "RS256",
      key: "{pem}",
      claims: { iss: "{app}" },
      exchange: {
        url: "https://api.github.com/app/installations/{installation}/access_tokens",
        headers: { authorization: "Bearer {assertion}" },
      },
      token: { accessToken: "token" },
      defaultLifetimeMs: 3_600_000,
      fields: [field("app"), field("installation"), secret("pem", { multiline: true })],
    },
  ],
  [
    "SuccessFactors (SAML bearer by its own helper)",
    {
      type: "login",
      title: "API user",
      fields: [sub, field("user"), field("company"), field("client_id"), secret("private_key")],
      expires: { value: "expires", as: "seconds" },
      steps: [
        {
          call: {
            url: "https://{sub}.successfactors.com/oauth/idp",
            form: {
              client_id: "{client_id}",
              user_id: "{user}",
              token_url: "https://{sub}.successfactors.com/oauth/token",
              private_key: "{private_key}",
            },
          },
          take: { assertion: { from: "text" } },
        },
        {
          call: {
            url: "https://{sub}.successfactors.com/oauth/token",
            form: {
              client_id: "{client_id}",
              company_id: "{company}",
              grant_type: "urn:ietf:params:oauth:grant-type:saml2-bearer",
              assertion: "{assertion}",
            },
          },
          take: { access: { at: "access_token" }, expires: { at: "expires_in" } },
        },
      ],
      headers: { authorization: "Bearer {access}" },
    },
    "https://{sub}.successfactors.com/odata/v2",
  ],
  [
    "SAP Business One",
    {
      type: "login",
      title: "User",
      fields: [server, field("company"), field("user"), secret("password")],
      lifetimeMs: 1_700_000,
      steps: [
        {
          call: { url: "https://{server}/b1s/v1/Login", json: { CompanyDB: "{company}", UserName: "{user}", Password: "{password}" } },
          take: { session: { from: "cookies" } },
        },
      ],
      headers: { cookie: "{session}" },
    },
    "https://{server}/b1s/v1",
  ],
  [
    "Shiprocket",
    {
      type: "login",
      title: "API user",
      fields: [field("email"), secret("password")],
      lifetimeMs: 864_000_000,
      steps: [
        {
          call: { url: "https://apiv2.shiprocket.in/v1/external/auth/login", json: { email: "{email}", password: "{password}" } },
          take: { token: {} },
        },
      ],
      headers: { authorization: "Bearer {token}" },
    },
  ],
  [
    "Yotpo Core",
    {
      type: "login",
      title: "Store",
      fields: [field("store", { pattern: "\\w+" }), secret("secret")],
      steps: [
        {
          call: { url: "https://api.yotpo.com/core/v3/stores/{store}/access_tokens", json: { secret: "{secret}" } },
          take: { access: { at: "access_token" } },
        },
      ],
      headers: { "x-yotpo-token": "{access}" },
    },
  ],
  [
    "Ghost Admin",
    {
      type: "jwt",
      title: "Admin key",
      algorithm: "HS256",
      key: "{hex}",
      keyEncoding: "hex",
      header: { kid: "{kid}" },
      claims: { aud: "/admin/" },
      headers: { authorization: "Ghost {accessToken}" },
      fields: [server, secret("admin_key", { pattern: "(?<kid>[0-9a-f]{24}):(?<hex>[0-9a-f]{64})" })],
    },
    "https://{server}/ghost/api/admin",
  ],
  [
    "X (OAuth 1.0a)",
    {
      type: "oauth1",
      title: "Sign in",
      requestTokenUrl: "https://api.x.com/oauth/request_token",
      authorizeUrl: "https://api.x.com/oauth/authorize",
      accessTokenUrl: "https://api.x.com/oauth/access_token",
      config: { user_id: { param: "user_id", pattern: "\\d+" } },
    },
  ],
  [
    "Odoo (a password in the body)",
    key({
      fields: [server, field("uid", { pattern: "\\d+" }), secret("password")],
      body: { "params.args.1": "{uid}", "params.args.2": "{password}" },
    }),
    "https://{server}/jsonrpc",
  ],
  [
    "Lazada (parameters glued and keyed)",
    key({
      fields: [field("app_key"), secret("app_secret"), secret("token")],
      sign: {
        type: "digest",
        algorithm: "hmac-sha256",
        encoding: "hex_upper",
        key: "{app_secret}",
        query: { app_key: "{app_key}", access_token: "{token}", timestamp: "{timestampMs}", sign_method: "sha256" },
        text: "{path}{sorted}",
        sorted: { from: ["query", "form"], pair: "{name}{value}", join: "", encode: "none" },
        into: { in: "query", name: "sign" },
      },
    }),
  ],
];

test.each(SYSTEMS)("%s is data", (_, auth, baseUrl = "https://api.tiny.example") => {
  const http = { baseUrl, errorMessage: "message", rateLimit: { defaultWaitMs: 1_000 } };
  expect(Object.keys(tinyManifest({ it: auth }, { http }).auth)).toEqual(["it"]);
});
