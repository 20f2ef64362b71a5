import { defineConnector } from "#server/runtime/manifest";

const path = "/{+way}";

export default defineConnector({
  key: "generic-webhook",
  name: "Webhook",
  tagline: "Signed calls to an address of your own",
  description: "Calls an address of your choice with what happened, signed with a secret you share.",
  categories: ["Generic"],
  docs: [{ title: "HMAC (RFC 2104)", url: "https://www.rfc-editor.org/rfc/rfc2104", readAt: "2026-11-21" }],
  auth: {
    secret: {
      type: "api_key",
      title: "Address and secret",
      fields: [
        {
          key: "host",
          title: "Host",
          help: "The host of the address, without https://.",
          example: "hooks.northwind.example",
          pattern: "[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.[a-z]{2,24}(?::[0-9]{2,5})?",
        },
        { key: "way", title: "Path", help: "What follows the host.", example: "inbox/orders", pattern: "[^?#{}\\s]{1,300}" },
        {
          key: "secret",
          title: "Secret",
          help: "At least 16 characters; your side checks the signature with it.",
          pattern: "[!-~]{16,200}",
          secret: true,
        },
      ],
      sign: {
        type: "digest",
        algorithm: "hmac-sha256",
        key: "{secret}",
        headers: { "x-webhook-timestamp": "{timestamp}" },
        text: "{timestamp}.{body}",
        into: { in: "header", name: "x-webhook-signature", template: "v1={signature}" },
      },
    },
  },
  identify: { account: "{host}/{way}", label: "{host}" },
  check: { method: "POST", path, body: { type: "ping", data: {} } },
  http: {
    baseUrl: "https://{host}",
    // Whatever text the address answers is fine; only its status counts.
    protocol: { type: "csv", columns: ["answer"] },
    errorMessage: "error",
    rateLimit: { defaultWaitMs: 30_000, concurrency: { account: 4 } },
  },
  pagination: { type: "none" },
  objects: {},
  actions: {
    send: {
      title: "Send an event",
      description: "Calls the address with the name of an event and its data.",
      kind: "action",
      input: [
        { key: "type", title: "Event", type: "string", required: true, maxLength: 200, example: "order.created" },
        { key: "data", title: "Data", type: "object", required: true, example: { number: "1001" } },
      ],
      request: { method: "POST", path, headers: { "content-type": "application/json" }, body: { type: "{type}", data: "{data}" } },
      // An event that comes twice carries one key.
      once: { by: "key", place: { in: "header", name: "x-webhook-id" } },
      output: [{ path: "rows", type: "array", title: "What it answered" }],
      sample: { input: { type: "order.created", data: { number: "1001" } }, answer: { rows: [] } },
    },
  },
});
