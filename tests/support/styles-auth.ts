import { one, type Style } from "./style";

const KEYS = "server/runtime/auth/key-kinds.test.ts";
const SIGN = "server/runtime/auth/sign.test.ts";
const TOKENS = "server/runtime/auth/token-endpoint.test.ts";
const SESSIONS = "server/runtime/auth/session-kinds.test.ts";
const LOGIN = "server/runtime/auth/login.test.ts";
const CODES = "server/domains/connections/sign-in-kinds.db.test.ts";
const CONNECT = "server/domains/connections/connect.db.test.ts";
const RENEWAL = "server/domains/connections/renewal-kinds.db.test.ts";
const REFRESH = "server/runtime/refresh.db.test.ts";
const EVERYTHING = "the account's own addresses, a renamed and signed code, a nested token, the tenant out of a list";

export const AUTH: readonly Style[] = [
  one("OAuth 2 authorization code", "HubSpot, Xero, Slack and most others", "oauth2_code", [
    CONNECT,
    "goes the whole way: consent, callback, exchange, account, and the worker reads",
  ]),
  one("client in the body", "HubSpot, Slack", "clientAuth: body", [SESSIONS, "in the body"]),
  one("client as Basic", "Pipedrive, eBay, PayPal, QuickBooks, Klaviyo, Xero", "clientAuth: basic", [
    SESSIONS,
    "as Basic, encoded first (RFC 6749 §2.3.1)",
  ]),
  one("public client", "PKCE apps", "clientAuth: none", [TOKENS, "a public client shows its id and no secret"]),
  one("client signs its proof", "Salesforce, banks", "clientAuth: private_key_jwt", [
    SESSIONS,
    "a client that signs names the issuer as its only audience",
  ]),
  one("scopes by comma", "Slack, Zoho, Shopify", "scopeSeparator", [
    TOKENS,
    "nested tokens, scopes by comma, further values within their pattern",
  ]),
  one(
    "further parameters",
    "Google, Zoho, BigCommerce, Square",
    "authorizeParams, tokenParams",
    [CODES, EVERYTHING],
    [SESSIONS, "with scopes and parameters"],
  ),
  one("code under another name", "Amazon SP-API", "callback.code", [CODES, EVERYTHING]),
  one("callback parameters that become config", "QuickBooks, Zoho, Amazon SP-API", "callback.config", [
    "server/runtime/auth/templates.test.ts",
    "a parameter that is missing, looks wrong or contradicts the form is refused",
  ]),
  one("signed callback", "Shopify", "callback.hmac", [
    "server/runtime/auth/templates.test.ts",
    "a signature over all parameters is checked, and a part of one becomes config",
  ]),
  one(
    "token answer names the base URL",
    "Salesforce, Pipedrive, Zoho",
    "token.config",
    [TOKENS, "nested tokens, scopes by comma, further values within their pattern"],
    [RENEWAL, "an address that moved with a renewal is the one used from then on"],
  ),
  one("nested token", "Slack", "token.accessToken", [CODES, EVERYTHING]),
  one("errors of the token endpoint in a 200", "GitHub, Slack, Zoho", "refusal", [TOKENS, "an error in a 200 blames whom it means: %j"]),
  one("tenant by a call after the consent", "Xero, Mailchimp", "afterConnect", [CODES, EVERYTHING]),
  one("authorize address of the account", "Shopify, Zendesk, NetSuite, Salesforce My Domain", "authorizeUrl, fields", [CODES, EVERYTHING]),
  one("client credentials", "UPS, FedEx, USPS, PayPal, Xero, SAP", "oauth2_client", [RENEWAL, "client credentials"]),
  one("login that gives a token", "Shiprocket, Yotpo, Magento", "login", [LOGIN, "JSON in, token and its days out"]),
  one("login that sets cookies", "SAP Business One", "login", [LOGIN, "form in, session cookies out, and all of them go back"]),
  one("login in two steps, SOAP, host out of the answer", "Salesforce SOAP", "login", [
    LOGIN,
    "two steps: what the first gives, the second sends; the host comes out of the answer within its pattern",
  ]),
  one("SAML assertion by the service's own helper", "SuccessFactors", "login", [
    "server/runtime/auth/expressible-others.test.ts",
    "SuccessFactors (SAML bearer by its own helper)",
  ]),
  one("Bearer", "SendGrid, Intercom, WhatsApp", "api_key", [KEYS, "as Bearer"]),
  one("own prefix", "Klaviyo, Shippo, Zoho", "headers", [KEYS, "with a prefix of its own"]),
  one("own header", "BigCommerce, ActiveCampaign, Redmine", "headers", [KEYS, "in a header of its own"]),
  one("several headers", "API2Cart, Yotpo", "headers", [KEYS, "in several headers at once"]),
  one("query", "Google Maps, Yotpo", "query", [KEYS, "in the query"]),
  one("cookie", "session keys", "cookies", [KEYS, "in cookies"]),
  one("body", "Odoo", "body", [KEYS, "into the body, by path, where a request has one"]),
  one(
    "Basic with decoration",
    "Zendesk, Mailchimp, Stripe, Twilio",
    "basic",
    [KEYS, "decorated"],
    [KEYS, "as Basic user alone"],
    [KEYS, "as Basic password behind any user"],
  ),
  one("name of header or parameter entered", "any REST or GraphQL service", "headers, query", [
    "server/connectors/own-service.test.ts",
    "the credential goes where it was said: %s",
  ]),
  one(
    "OAuth 1.0a",
    "WooCommerce, NetSuite, Magento",
    "oauth1",
    [SIGN, "one-legged HMAC-SHA256 in the query is the digest of the same base string"],
    [CODES, "three legs, each signed, and every request after them"],
  ),
  one("digest over sorted parameters", "PayFast", "sign: digest", [
    SIGN,
    "MD5 over sorted parameters, headers and a passphrase that is not sent",
  ]),
  one("HMAC of the token as a parameter", "Facebook", "sign: digest", [
    SIGN,
    "an HMAC of the access token as a parameter (appsecret_proof)",
  ]),
  one("AWS Signature Version 4", "AWS APIs", "sign: aws_sigv4", [SIGN, "test suite: post-x-www-form-urlencoded"]),
  one("assertion for a token", "Salesforce, NetSuite, Google service accounts", "jwt", [RENEWAL, "an assertion"]),
  one("assertion as the token", "Ghost", "jwt", [SESSIONS, "as the token itself, with a shared secret in hex (id:secret)"]),
  one("assertion as Bearer for an installation's token", "GitHub App", "jwt", [
    SESSIONS,
    "handed in as Bearer for an installation's token",
  ]),
  one("none", "open data", "none", ["server/domains/connections/form-kinds.db.test.ts", "none: an account without a credential"]),
];

export const RENEWALS: readonly Style[] = [
  one(
    "rotating, single use",
    "Xero, Slack, Shopify, QuickBooks",
    "rotating: true",
    [REFRESH, "ten callers in each of five workers make one call, and all get the same"],
    [REFRESH, "without an answer nobody knows; a refusal after that says so"],
  ),
  one("static", "Google, HubSpot, Zoho, eBay", "rotating: false, renew: refresh_token", [REFRESH, "no new refresh token keeps the old"]),
  one("never ends", "Mailchimp, BigCommerce, Intercom, GitHub", "renew: never", [RENEWAL, "what never ends cannot be renewed"]),
  one(
    "exchange instead of refresh",
    "Facebook",
    "renew: exchange",
    [RENEWAL, "an exchange of the old token"],
    [RENEWAL, "a short token is exchanged for a long one before it is kept"],
  ),
  one("no lifetime told", "Salesforce", "no expires_in", [RENEWAL, "a life nobody tells: the 401 renews, and the reading goes on"]),
  one("dies if unused", "Pipedrive, Klaviyo, QuickBooks, Xero, NetSuite", "keepAliveDays", [
    RENEWAL,
    "a refresh token nobody uses is used before it dies, once, and only then",
  ]),
  one("refresh at an address of its own", "UPS, Square", "renew.url", [RENEWAL, "a refresh token at an address of its own"]),
];
