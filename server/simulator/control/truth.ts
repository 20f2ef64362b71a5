import { once } from "node:events";
import { type Exchange, sendJson } from "../exchange";
import { PORTALS } from "../hubspot/portals";
import { fullProperties } from "../hubspot/render";
import { accountOf, DEMO_KEY } from "../sandbox/accounts";
import { isSandboxKind, toRecord } from "../sandbox/render";
import type { Simulation } from "../simulation";
import { OBJECT_KINDS } from "../world/object-kind";
import type { CollectionKey, Service } from "../world/world";

/** Characters written at once. */
const CHUNK = 256_000;

/**
 * `GET /_truth/{service}/{object}?portal=|key=&after=&limit=&archived=true`: what the system really holds now, one JSON line a record by id,
 * with every property. Tests compare what was synced with this.
 */
export async function streamTruth(sim: Simulation, x: Exchange, path: string): Promise<void> {
  const key = truthKey(x, path);
  if (!key)
    return sendJson(x, 404, {
      error: "Known are /_truth/hubspot/{contacts|companies|deals} and /_truth/sandbox-crm/{contacts|companies}.",
    });
  const collection = sim.world.collection(key);
  const after = x.query.get("after");
  const limit = Number(x.query.get("limit") ?? Number.POSITIVE_INFINITY);
  const archived = x.query.get("archived") === "true";
  x.res.writeHead(200, { "content-type": "application/x-ndjson" });
  let sent = 0;
  let lines = "";
  const first = after === null ? 0 : (collection.slotOf(after.replace(/^\D+0*/, "")) ?? -1) + 1;
  for (let slot = first; slot < collection.size() && sent < limit; slot++) {
    if (collection.isArchived(slot) !== archived) continue;
    sent++;
    lines += `${JSON.stringify(truthOf(key, sim, slot))}\n`;
    if (lines.length < CHUNK) continue;
    if (!x.res.write(lines)) await once(x.res, "drain");
    lines = "";
  }
  x.res.end(lines);
}

function truthKey(x: Exchange, path: string): CollectionKey | null {
  const [service, object] = path.split("/");
  const kind = OBJECT_KINDS.find((known) => known === object);
  if (!kind || (service !== "hubspot" && service !== "sandbox-crm")) return null;
  if (service === "sandbox-crm" && !isSandboxKind(kind)) return null;
  return { service, account: accountFrom(service, x.query), object: kind };
}

/** The account a control request means: `portal`, `account`, or an API `key`; else the first portal or the demo key's account. */
export function accountFrom(service: Service, query: URLSearchParams): string {
  const given = query.get("portal") ?? query.get("account");
  if (given) return given;
  if (service === "hubspot") return PORTALS[0]?.id ?? "";
  return accountOf(query.get("key") ?? DEMO_KEY)?.id ?? "";
}

function truthOf(key: CollectionKey, sim: Simulation, slot: number): Record<string, unknown> {
  const collection = sim.world.collection(key);
  if (key.service === "sandbox-crm" && isSandboxKind(key.object)) return toRecord(key.object, collection, slot);
  return {
    id: collection.id(slot),
    properties: fullProperties(collection, key.object, slot),
    createdAt: new Date(collection.createdAt(slot)).toISOString(),
    updatedAt: new Date(collection.updatedAt(slot)).toISOString(),
    archived: collection.isArchived(slot),
  };
}
