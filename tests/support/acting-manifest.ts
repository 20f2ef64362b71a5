import type { ManifestInput } from "#server/runtime/manifest";
import { tinyManifest } from "./tiny-manifest";

const ACTIONS: NonNullable<ManifestInput["actions"]> = {
  quote: {
    title: "Quote a parcel",
    description: "What a parcel costs.",
    kind: "lookup",
    input: [
      { key: "weight", title: "Weight in kg", type: "number", required: true },
      { key: "service", title: "Service", type: "string", values: ["fast", "slow"] },
    ],
    request: { method: "POST", path: "/quotes", body: { parcel: { kg: "{weight}" }, service: "{service}" } },
    result: "rates",
    output: [
      { path: "price.amount", type: "number", title: "Price" },
      { path: "days", type: "number", title: "Days" },
    ],
    none: [{ status: 200, path: "none", equals: true }],
    sample: { input: { weight: 2 }, answer: { rates: [{ price: { amount: "4.90" }, days: 2 }] } },
  },
  send: {
    title: "Send a message",
    description: "Sends it.",
    kind: "action",
    input: [{ key: "to", title: "To", type: "string", required: true }],
    request: { method: "POST", path: "/messages", body: { to: "{to}" } },
    output: [{ path: "id", type: "string", title: "Id" }],
    sample: { input: { to: "+1" }, answer: { id: "m1" } },
  },
};

/** A third party with a lookup, an action, and things that are read, created, changed and deleted one by one. */
export function actingManifest() {
  const plain = tinyManifest({
    key: { type: "api_key", title: "Key", fields: [{ key: "key", title: "Key", secret: true }], headers: { "x-api-key": "{key}" } },
  });
  const thing = {
    ...plain.objects["thing"],
    one: { request: { method: "GET", path: "/things/{id}" } },
    writes: {
      create: {
        request: { method: "POST", path: "/things", body: "{data}" },
        id: "id",
        once: { by: "key", place: { in: "header", name: "Idempotency-Key" } },
      },
      update: { request: { method: "PATCH", path: "/things/{id}", body: "{data}" } },
      delete: { request: { method: "DELETE", path: "/things/{id}" } },
      fields: [{ path: "name", type: "string", title: "Name", required: true }],
    },
  };
  return tinyManifest(plain.auth, { actions: ACTIONS, objects: { thing } as never });
}
