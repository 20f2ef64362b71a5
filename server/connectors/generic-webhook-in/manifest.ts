import { defineConnector } from "#server/runtime/manifest";

export default defineConnector({
  key: "generic-webhook-in",
  name: "Incoming webhook",
  tagline: "Records that another system sends in signed calls",
  description: "Takes records that another system sends to an address of yours, each in a call signed with a secret you share.",
  categories: ["Generic"],
  docs: [{ title: "HMAC (RFC 2104)", url: "https://www.rfc-editor.org/rfc/rfc2104", readAt: "2026-11-21" }],
  auth: {
    sender: {
      type: "none",
      title: "Who sends",
      fields: [
        {
          key: "account",
          title: "Name of the sender",
          help: "Calls say this name as `account`, so that they find this connection.",
          example: "northwind",
          pattern: "[A-Za-z0-9][A-Za-z0-9._-]{0,99}",
        },
      ],
    },
  },
  identify: { account: "{account}", label: "{account}" },
  http: {
    baseUrl: "https://nobody.invalid", // nobody is asked: there is no request in this file
    errorMessage: "error",
    rateLimit: { defaultWaitMs: 1_000 },
  },
  pagination: { type: "none" },
  webhooks: {
    docs: "https://www.rfc-editor.org/rfc/rfc2104",
    scope: "app",
    verify: {
      type: "hmac",
      hash: "sha256",
      signed: "{ts}.{body}",
      secret: "endpoint",
      signature: { in: "header", name: "x-webhook-signature", prefix: "v1=", encoding: "hex" },
      timestamp: { in: "header", name: "x-webhook-timestamp", unit: "s" },
    },
    // What is signed holds the time: the same record may be sent again later, and then counts.
    dedupe: [{ in: "header", name: "x-webhook-signature" }],
    events: {
      topic: { in: "event", name: "type" },
      objects: { "record.*": "record" },
      account: { in: "event", name: "account" },
      id: { in: "event", name: "record.id" },
      record: "record",
      gone: ["record.deleted"],
    },
  },
  objects: {
    record: {
      title: "Records",
      records: "$",
      id: "id",
      updatedAt: "updatedAt",
      fields: [
        { path: "id", type: "string", title: "ID" },
        { path: "kind", type: "string", title: "Kind" },
        { path: "updatedAt", type: "datetime", title: "Changed at" },
      ],
      sample: { id: "1001", kind: "order", updatedAt: "2026-11-21T12:00:00Z", email: "nadia@northwind.example", total: "120.00" },
    },
  },
});
