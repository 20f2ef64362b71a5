import { createEgress } from "#server/runtime/egress-undici";
import type { ManifestInput } from "#server/runtime/manifest";
import { createSend, type Grant } from "#server/runtime/send";
import type { Operation, WriteItem } from "#server/runtime/writes/plan";
import { createWriter } from "#server/runtime/writes/writer";
import { tinyManifest } from "./tiny-manifest";

export type Writes = NonNullable<ManifestInput["objects"][string]["writes"]>;
type One = ManifestInput["objects"][string]["one"];

const egress = createEgress({ allowLoopback: true });

export const FIELDS: Writes["fields"] = [
  { path: "email", type: "string", title: "Email", required: true },
  { path: "name", type: "string", title: "Name", maxLength: 20 },
  { path: "amount", type: "number", title: "Amount" },
];

/** The third party knows our key. */
export const KEYED = { by: "key", place: { in: "header", name: "Idempotency-Key" } } as const;
export const CREATE: NonNullable<Writes["create"]> = { request: { method: "POST", path: "/things", body: { thing: "{data}" } }, id: "id" };

/** Writes things of a third party at `origin`, through all that a real write goes through. */
export async function writeThings(
  origin: string,
  writes: Omit<Writes, "fields">,
  operation: Operation,
  items: (Partial<WriteItem> & { key?: string })[],
  one?: One,
) {
  const plain = tinyManifest({
    key: { type: "api_key", title: "Key", fields: [{ key: "key", title: "Key", secret: true }], headers: { "x-api-key": "{key}" } },
  });
  const thing = { ...plain.objects["thing"], writes: { fields: FIELDS, ...writes }, ...(one ? { one } : {}) };
  const manifest = tinyManifest(plain.auth, { http: { ...plain.http, errorField: "field" }, objects: { thing } as never });
  const grant: Grant = { version: 1, values: { key: "k" }, headers: { "x-api-key": "k" }, query: {} };
  const grants = { current: async () => grant, renew: async () => grant, condemn: async () => new Error("condemned") as never };
  const send = createSend({ egress, manifest, grants, sandboxOrigin: origin, clock: { now: () => new Date() } });
  const writer = createWriter({ send, manifest, nowMs: () => Date.now(), pauseMs: 1 }, "thing");
  const { results } = await writer.write(operation, items.map((item, n) => ({ key: `k${n + 1}`, ...item })) as WriteItem[]);
  return results;
}
