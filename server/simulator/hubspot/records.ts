import { type Exchange, isObject, readJson, sendJson, sendNothing } from "../exchange";
import type { Simulation } from "../simulation";
import type { Properties } from "../world/object-kind";
import type { CollectionKey } from "../world/world";
import { FIELDS } from "./fields";
import { wantedProperties } from "./list";
import { sendInvalid, sendMissing } from "./problems";
import { projectionOf, toObject } from "./render";

const MAX_BATCH = 100;

/** `GET /crm/v3/objects/{object}/{id}`. An archived record is only found when asked for as such. */
export function readObject(sim: Simulation, x: Exchange, key: CollectionKey, id: string): void {
  const collection = sim.world.collection(key);
  const slot = collection.slotOf(id);
  const archived = x.query.get("archived") === "true";
  if (slot === null || collection.isArchived(slot) !== archived) sendMissing(x);
  else sendJson(x, 200, toObject(collection, key.object, slot, projectionOf(key.object, wantedProperties(x.query), collection)));
}

/** `POST …/batch/read` with up to 100 ids. */
export async function readBatch(sim: Simulation, x: Exchange, key: CollectionKey): Promise<void> {
  const body = await readJson(x);
  const inputs = Array.isArray(body["inputs"]) ? body["inputs"] : null;
  if (!inputs || inputs.length > MAX_BATCH) return sendInvalid(x, `inputs must be a list of at most ${MAX_BATCH} objects.`);
  const startedAt = new Date().toISOString();
  const collection = sim.world.collection(key);
  const wanted = Array.isArray(body["properties"]) ? body["properties"].map(String) : [];
  const projection = projectionOf(key.object, wanted, collection);
  const ids = inputs.map((input) => (isObject(input) ? String(input["id"]) : ""));
  const slots = ids.map((id) => collection.slotOf(id)).filter((slot) => slot !== null && !collection.isArchived(slot));
  const results = slots.map((slot) => toObject(collection, key.object, slot as number, projection));
  const missing = ids.length - results.length;
  const errors =
    missing === 0
      ? {}
      : { numErrors: missing, errors: [{ status: "error", category: "OBJECT_NOT_FOUND", message: "Could not get some objects" }] };
  sendJson(x, missing === 0 ? 200 : 207, { status: "COMPLETE", results, startedAt, completedAt: new Date().toISOString(), ...errors });
}

/** `POST /crm/v3/objects/{object}`. */
export async function createObject(sim: Simulation, x: Exchange, key: CollectionKey): Promise<void> {
  const set = await readProperties(x, key);
  if (!set) return;
  const slot = sim.world.change(key, { op: "create", at: sim.world.now(), set });
  sendRecord(sim, x, key, slot, 201);
}

/** `PATCH /crm/v3/objects/{object}/{id}`. */
export async function updateObject(sim: Simulation, x: Exchange, key: CollectionKey, id: string): Promise<void> {
  const set = await readProperties(x, key);
  if (!set) return;
  const collection = sim.world.collection(key);
  const slot = collection.slotOf(id);
  if (slot === null || collection.isArchived(slot)) return sendMissing(x);
  sim.world.change(key, { op: "set", id, at: sim.world.now(), set });
  sendRecord(sim, x, key, slot, 200);
}

/** `DELETE …/{id}` moves to the recycle bin; HubSpot answers 204 also when there is nothing to archive. */
export function archiveObject(sim: Simulation, x: Exchange, key: CollectionKey, id: string): void {
  const collection = sim.world.collection(key);
  const slot = collection.slotOf(id);
  if (slot !== null && !collection.isArchived(slot)) sim.world.change(key, { op: "archive", id, at: sim.world.now() });
  sendNothing(x);
}

function sendRecord(sim: Simulation, x: Exchange, key: CollectionKey, slot: number, status: number): void {
  const names = FIELDS[key.object].map((field) => field.name);
  sendJson(x, status, toObject(sim.world.collection(key), key.object, slot, projectionOf(key.object, names)));
}

/** The `properties` of a write; answers 400 and returns null when one does not exist or is not text. */
async function readProperties(x: Exchange, key: CollectionKey): Promise<Properties | null> {
  const { properties } = await readJson(x);
  const read = propertiesOf(key, properties);
  if (typeof read !== "string") return read;
  sendInvalid(x, read);
  return null;
}

/** What is to be set, or why it cannot be. */
export function propertiesOf(key: CollectionKey, properties: unknown): Properties | string {
  if (!isObject(properties)) return "Invalid input JSON: properties is required.";
  const set: Properties = {};
  const faults: string[] = [];
  for (const [name, value] of Object.entries(properties)) {
    const field = FIELDS[key.object].find((each) => each.name === name);
    if (!field) faults.push(`Property "${name}" does not exist`);
    else if (field.readOnly) faults.push(`"${name}" is a read only property; its value cannot be set.`);
    else if (isObject(value) || Array.isArray(value)) faults.push(`"${name}" was not a text`);
    else set[name] = value === null || value === "" ? null : String(value);
  }
  if (faults.length === 0) return set;
  return `Property values were not valid: ${JSON.stringify(faults.map((message) => ({ isValid: false, message })))}`;
}
