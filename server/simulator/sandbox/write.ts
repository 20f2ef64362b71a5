import { BadRequest, type Exchange, isObject, readJson, sendJson } from "../exchange";
import { FIELDS } from "../hubspot/fields";
import type { Simulation } from "../simulation";
import type { Properties } from "../world/object-kind";
import type { CollectionKey } from "../world/world";
import { sendError } from "./problems";
import { fromId, type SandboxKind, toId } from "./render";

const MAX_BATCH = 100;

/** The `properties` of a write. Throws BadRequest for one that does not exist, or an address without an @. */
export function writable(kind: SandboxKind, { properties }: Record<string, unknown>): Properties {
  if (!isObject(properties)) throw new BadRequest("properties is required");
  const set: Properties = {};
  for (const [name, value] of Object.entries(properties)) {
    const field = FIELDS[kind].find((each) => each.name === name && !each.readOnly);
    if (!field || (typeof value === "object" && value !== null)) throw new BadRequest(`${name} is not a property that can be written`);
    if (name === "email" && value !== null && !String(value).includes("@")) throw new BadRequest("email is not an address");
    set[name] = value === null ? null : String(value);
  }
  return set;
}

/**
 * `POST /v1/{object}/batch` with up to 100 `records: [{ref, id?, properties}]`: those with an id are changed, the others made. Each
 * gets a result by its `ref`; 207 when not all went well.
 */
export async function writeBatch(sim: Simulation, x: Exchange, key: CollectionKey, kind: SandboxKind): Promise<void> {
  if (x.method !== "POST") return sendError(x, 405, "method_not_allowed", "This method is not supported here.");
  const { records } = await readJson(x);
  if (!Array.isArray(records) || records.length > MAX_BATCH) throw new BadRequest(`records must be a list of at most ${MAX_BATCH}`);
  const results = records.filter(isObject).map((record) => ({ ref: record["ref"], ...writeOne(sim, key, kind, record) }));
  sendJson(x, results.every((one) => "id" in one) ? 200 : 207, { results });
}

function writeOne(sim: Simulation, key: CollectionKey, kind: SandboxKind, record: Record<string, unknown>) {
  const collection = sim.world.collection(key);
  try {
    const set = writable(kind, record);
    const at = sim.world.now();
    if (record["id"] === undefined) return { id: toId(kind, collection, sim.world.change(key, { op: "create", at, set })) };
    const slot = fromId(kind, collection, String(record["id"]));
    if (slot === null || collection.isArchived(slot)) throw new BadRequest("there is no such record");
    return { id: toId(kind, collection, sim.world.change(key, { op: "set", id: collection.id(slot), at, set })) };
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return { error: { code: "invalid_request", message: error.message } };
  }
}
