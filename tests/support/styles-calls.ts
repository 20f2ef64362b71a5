import { one, type Style } from "./style";

const PAGES = "server/runtime/paging/styles.test.ts";
const CHANGES = "server/runtime/paging/changes.test.ts";
const PROTOCOLS = "server/runtime/protocols/protocols.test.ts";
const VECTORS = "server/runtime/webhooks/vectors.test.ts";
const VERIFY = "server/runtime/webhooks/verify.test.ts";
const ANSWERED = "server/runtime/webhooks/answer.test.ts";
const TOKENS = "server/runtime/webhooks/tokens.test.ts";
const HANDSHAKES = "server/runtime/webhooks/events.test.ts";
const LISTS = "server/runtime/protocols/lists.test.ts";
const CLASSIFY = "server/runtime/classify.test.ts";
const GOVERNOR = "server/runtime/limits/governor.db.test.ts";
const REFUSALS = "server/runtime/limits/refusals.db.test.ts";
const PACE = "server/runtime/limits/pace.test.ts";

export const WEBHOOKS: readonly Style[] = [
  one(
    "HMAC-SHA256, hex, with a prefix",
    "GitHub, Meta, Razorpay",
    "hmac",
    [VERIFY, "Meta, Razorpay: hex"],
    [VECTORS, "GitHub: sha256= hex over the body"],
  ),
  one("HMAC-SHA256, base64", "Shopify, Xero, QuickBooks, WooCommerce", "hmac", [VERIFY, "Shopify, Xero, QuickBooks, WooCommerce: base64"]),
  one("base64 with a prefix", "Typeform", "hmac, prefix", [VERIFY, "Typeform: base64 with a prefix"]),
  one("HMAC-SHA1", "Intercom", "hmac, hash: sha1", [VERIFY, "Intercom: sha1 with a prefix"]),
  one("HMAC-SHA1 over address and sorted form", "Twilio", "hmac, signed", [VECTORS, "Twilio 1: SHA-1 over address and sorted form"]),
  one("t= and v1= in one header", "Stripe", "hmac, list", [VERIFY, "Stripe: t and several v1"]),
  one("v0:ts:body", "Slack", "hmac, timestamp", [VECTORS, "Slack: v0:ts:body"]),
  one("time and body", "Zendesk, Klaviyo", "hmac, timestamp", [VERIFY, "Zendesk: time and body, nothing between"]),
  one("ts.body", "Mailchimp", "hmac, timestamp", [VERIFY, "Mailchimp: ts.body"]),
  one("address and body", "Square", "hmac, signed", [VECTORS, "Square: address and body"]),
  one("method, address, body and time", "HubSpot v3", "hmac, signed", [VERIFY, "HubSpot v3: method, address, body, time"]),
  one("several signatures in a list", "Standard Webhooks", "hmac, list", [
    VECTORS,
    "Standard Webhooks: a list of signatures, a secret in base64",
  ]),
  one(
    "a hash, no HMAC",
    "HubSpot v1",
    "hash",
    [VERIFY, "a hash over secret and body"],
    [VECTORS, "HubSpot v1: a hash over secret and body"],
  ),
  one("RSA, key at an address the call names", "PayPal", "public_key, from: request", [
    VERIFY,
    "PayPal: RSA over four parts, the key at an address the call names",
  ]),
  one("RSA, key of a published set", "ShipStation v2, Adobe", "public_key, from: url", [
    VERIFY,
    "ShipStation v2, Adobe: RSA, a key of a published set",
  ]),
  one("ECDSA, key fetched by its id", "eBay", "public_key, from: url", [
    VECTORS,
    "eBay: signature and key id inside a base64 header, the key fetched",
  ]),
  one("ECDSA, key kept with the endpoint", "SendGrid", "public_key, from: endpoint", [
    VECTORS,
    "SendGrid: ECDSA over time and body, the key kept with the endpoint",
  ]),
  one("a hash of the body, a path, a parameter", "CyberSource, HTTP signatures", "signed: {bodySha256}, {path}, {query:…}", [
    VERIFY,
    "a hash of the body, the path and a parameter among what is signed",
  ]),
  one("fields of the body", "Adyen, Amazon SNS", "signed: {bodyAt:…}", [TOKENS, "Adyen: fields of the body, of which one is not there"]),
  one("a parameter and headers, without the body", "Mercado Pago", "signed: {query:…}", [
    TOKENS,
    "Mercado Pago: a parameter, a header and a time",
  ]),
  one(
    "a signed token in a header",
    "monday, Google Pub/Sub",
    "jwt",
    [TOKENS, "monday: made for our address; one without an end holds for minutes"],
    [TOKENS, "the tokens of RFC 7515 hold until they end, and by their own kind of key only"],
  ),
  one("a signed token with a hash of the body", "Vonage, MessageBird", "jwt, hashes", [
    VERIFY,
    "Vonage, MessageBird: a token with hashes of body and address",
  ]),
  one("the body is a signed token", "Wix, security events", "jwt without token", [
    TOKENS,
    "Wix, security events: the body is the token, its claims are what the call says",
  ]),
  one("XML", "Salesforce outbound messages", "events", [TOKENS, "Salesforce outbound messages: %j"]),
  one("shared value in a header", "BigCommerce, UPS, Shiprocket, Directus", "shared", [VERIFY, "with a prefix"]),
  one("Basic", "Pipedrive", "basic", [VERIFY, "Pipedrive: Basic"]),
  one("value echoed in the body", "Zoho CRM", "shared, in: body", [VERIFY, "Zoho: echoed in the body"]),
  one("MD5 over a form", "PayFast ITN", "hash, md5", [VERIFY, "PayFast: MD5 over the form as it came"]),
  one(
    "unsigned, fetched back",
    "ShipStation v1, ActiveCampaign",
    "unsigned",
    [VERIFY, "ShipStation v1, ActiveCampaign: unsigned, so only the address is known"],
    ["server/domains/streams/fetch-named.db.test.ts", "one changed contact is one request, not a pass; the schedule and the cursor stay"],
  ),
  one("handshake: challenge of a verified call", "Slack", "echo_body", [HANDSHAKES, "Slack: the challenge of a verified call, as text"]),
  one("handshake: challenge for our token", "Meta", "echo_query", [HANDSHAKES, "Meta: the challenge only for our own token"]),
  one("handshake: hash of the challenge", "eBay", "hash_query", [HANDSHAKES, "eBay: a hash over challenge, token and address"]),
  one("handshake: GET that wants 200", "Mailchimp", "get_ok", [HANDSHAKES, "Mailchimp: a GET wants to see 200"]),
  one("handshake: a parameter of a POST, back as text", "Microsoft Graph", "answer", [
    ANSWERED,
    "Microsoft Graph: a POST with ?validationToken, answered with it as text",
  ]),
  one("handshake: a GET's challenge, without our token", "Dropbox", "answer", [
    ANSWERED,
    "Dropbox: a GET with a challenge, without our token",
  ]),
  one("handshake: a header comes back", "Asana", "answer, reply.headers", [
    ANSWERED,
    "Asana: a header comes back as the same header, and is no other call's",
  ]),
  one(
    "handshake: an HMAC of what is asked",
    "Zoom, X",
    "answer, hmac",
    [ANSWERED, "Zoom: an HMAC of the token in a verified call, beside the token, as JSON"],
    [ANSWERED, "X: an HMAC of ?crc_token, and of nothing that could pass for a call"],
  ),
  one("handshake: JSON", "monday, Okta", "answer, reply.json", [
    ANSWERED,
    "monday: the challenge of a body, as JSON; Okta: a header, as JSON",
  ]),
  one("handshake: a challenge only for our own token, as JSON", "Strava", "answer, equals: {secret}", [
    ANSWERED,
    "Strava: a challenge under a name with a dot, only for our own token",
  ]),
  one("handshake: form of one number", "WooCommerce", "form_ping", [
    HANDSHAKES,
    "WooCommerce: an unsigned ping of one number, and nothing more than that",
  ]),
  one("handshake: 401 to a bad signature", "Xero", "(always)", [
    "server/domains/inbox/receive-call.db.test.ts",
    "F-73: forged, empty, foreign, truncated, doubled and re-spelled signatures are 401 and leave no trace",
  ]),
  one("repeated deliveries", "all", "dedupe", [HANDSHAKES, "by an id in a header or in the body, else by their bytes"]),
  one("records brought by calls, where there is no list", "any system that calls", "events.record", [
    "server/domains/inbox/brought.db.test.ts",
    "a signed call's record is in the stream, changes with the next one, keeps the newest, and goes when it is said to",
  ]),
  one("subscriptions made, renewed and removed by us", "Zoho CRM, Square, Klaviyo", "subscription", [
    "server/domains/inbox/subscriptions.db.test.ts",
    "the third party's own secret is kept; what ends is prolonged before, and made anew when it is gone",
  ]),
];

const REPLY = "429 with %j";
export const LIMITS: readonly Style[] = [
  one("Retry-After in seconds, also 0", "Directus, most", "retryAfter", [REFUSALS, "`Retry-After: 0` while still refused is no hammer"]),
  one("Retry-After as an HTTP date", "gateways", "retryAfter", [REFUSALS, "an HTTP date"]),
  one("reset as a moment", "GitHub, Intercom, Shippo", "readers: epoch_s, epoch_ms, date", [CHANGES, REPLY]),
  one("seconds to the reset", "ShipStation v1", "readers: seconds", [CHANGES, REPLY]),
  one("milliseconds to the reset", "BigCommerce", "readers: ms", [CHANGES, REPLY]),
  one("JSON in a header", "Meta", "readers: minutes, path", [CHANGES, REPLY]),
  one("what is left, in a header", "Klaviyo, Salesforce, GitHub", "remaining", [
    REFUSALS,
    "little left: the others wait for the reset and people do not; nothing left: nobody is refused by the source",
  ]),
  one("used of all, in one header", "Salesforce", "remaining.pattern", [CLASSIFY, "Salesforce: used of all"]),
  one("RateLimit of the drafts: several values in one header", "gateways", "remaining.pattern, readers.pattern", [
    CLASSIFY,
    "RateLimit: %s",
  ]),
  one("the worst of several values", "Meta business use cases", "remaining.path with *", [CLASSIFY, "Meta: %s"]),
  one("an error that a header tells", "Amazon", "errors.header", [CLASSIFY, "an error told by a header alone, whatever the status"]),
  one("budget in the body", "Shopify", "budget", [PROTOCOLS, "errors in a 200 are errors; a spent budget says how long it takes to fill"]),
  one("throttled in a 200", "Shopify", "errors", [REFUSALS, "THROTTLED in a 200"]),
  one("403 as throttle", "Mailchimp, GitHub secondary limits", "errors", [REFUSALS, "403 as throttle"]),
  one("concurrency only", "Mailchimp, NetSuite, Twilio", "concurrency", [
    GOVERNOR,
    "no more than %i under way at once, by both workers together, and both get through",
  ]),
  one("windows per app and per account", "HubSpot, QuickBooks, Xero", "buckets", [
    GOVERNOR,
    "two connections to one account share it, two accounts do not, and an app's limit is for all of them",
  ]),
  one("a request a minute, with a burst", "Amazon SP-API", "buckets, burst", [
    PACE,
    "a request a minute with twenty at once: exactly that",
  ]),
  one("limits of single addresses", "Klaviyo, SendGrid", "buckets, paths", [GOVERNOR, "only the requests it is about are counted"]),
];

export const ANSWERS: readonly Style[] = [
  one("records as an object, each under its key", "Trello, Firebase, PHP", "keyedBy", [LISTS, "records as an object, each under its key"]),
  one("a parameter many times", "Rails, PHP, Zendesk", "place.repeat", [
    LISTS,
    "fields asked for by name: joined, or each as a parameter of its own",
  ]),
  one("WS-Security in the envelope", "Workday, SOAP services of banks", "soap, usernameToken", [
    "server/runtime/protocols/soap.test.ts",
    "WS-Security: a digest of the password, another one each time, and the password nowhere",
  ]),
  one("a no in a 200", "Slack, API2Cart, Zoho", "success, errors", [CHANGES, "a 200 that does not call itself fine"]),
  one("several words for a fine answer", "Google Maps", "success", [
    "server/runtime/protocols/answers.test.ts",
    "a fine answer may have several words for it",
  ]),
  one("a second host", "eBay, Yotpo, Google Drive beside Sheets", "http.hosts, host", [
    "server/runtime/hosts.test.ts",
    "a request goes to the host it names, next addresses stay on it, and others keep to the base URL",
  ]),
  one("redirect to a login page", "SAP, appliances", "(always)", [CHANGES, "a redirect to %s"]),
  one("HTML where JSON was expected", "gateways", "(always)", [PAGES, "broken answers are never the end"]),
  one("SOAP faults", "Salesforce, NetSuite", "soap", [
    PROTOCOLS,
    "faults: in a 200 they are errors, an ended session in a 500 asks for a new one",
  ]),
  one("GraphQL errors in a 200", "Shopify, GitHub", "graphql", [
    PROTOCOLS,
    "errors in a 200 are errors; a spent budget says how long it takes to fill",
  ]),
  one(
    "int64 and decimals, digit for digit",
    "Meta, Twitter, SAP",
    "(always)",
    [PROTOCOLS, "an id beyond 2^53 names its record"],
    ["server/runtime/writes/fill.test.ts", "reach the third party digit for digit"],
  ),
  one("JSON, XML or CSV under another name", "appliances, old gateways", "(always)", [
    "server/runtime/protocols/answers.test.ts",
    "called %s: it is what it is",
  ]),
  one("an error where a file was expected", "exports", "(always)", [
    "server/runtime/protocols/answers.test.ts",
    "what the manifest says of errors holds for them too, and not for rows",
  ]),
  one("forms with brackets", "Stripe, Twilio", "form", [PROTOCOLS, "forms have brackets"]),
  one(
    "XML",
    "Xero, SAP",
    "xml",
    [PROTOCOLS, "prefixes, attributes, nil, entities and CDATA"],
    [
      "server/runtime/protocols/lists.test.ts",
      "what is declared as a list is one, with one element and with none, and in the elements of another",
    ],
  ),
  one("JSON-RPC and XML-RPC", "Odoo, WordPress", "jsonrpc, xmlrpc", [PROTOCOLS, "JSON-RPC"], [PROTOCOLS, "XML-RPC"]),
  one("CSV and JSON lines", "exports", "csv, ndjson", [
    PROTOCOLS,
    "rows: quotes, line ends inside, other separators, one with too few cells",
  ]),
];
