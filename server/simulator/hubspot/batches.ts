import { type Exchange, isObject, readJson, sendJson, sendNothing } from "../exchange";
import type { Simulation } from "../simulation";
import type { Collection } from "../world/collection";
import type { CollectionKey } from "../world/world";
import { FIELDS } from "./fields";
import { sendInvalid } from "./problems";
import { propertiesOf } from "./records";
import { projectionOf, toObject } from "./render";

export const BATCHES = ["create", "update", "upsert", "archive"] as const;
export type BatchKind = (typeof BATCHES)[number];

const MAX_BATCH = 100;
type Input = Record<string, unknown>;
type Result = { slot: number; isNew: boolean } | { fault: string; id: string };

/** The first live record with this value, or null. */
function findBy(collection: Collection, property: string, value: string): number | null {
  for (let slot = collection.size() - 1; slot >= 0; slot--)
    if (!collection.isArchived(slot) && collection.properties(slot)[property] === value) return slot;
  return null;
}

/** The record an input means: of an upsert by the property it names, else by its id. Null: there is none. */
function meant(collection: Collection, kind: BatchKind, input: Input): number | null {
  const id = String(input["id"] ?? "");
  const by = input["idProperty"];
  if (kind === "create") return null;
  if (kind === "upsert" && typeof by === "string" && by !== "hs_object_id") return findBy(collection, by, id);
  const slot = collection.slotOf(id);
  return slot === null || collection.isArchived(slot) ? null : slot;
}

function writeOne(sim: Simulation, key: CollectionKey, kind: BatchKind, input: Input): Result {
  const collection = sim.world.collection(key);
  const set = propertiesOf(key, input["properties"]);
  const id = String(input["id"] ?? "");
  if (typeof set === "string") return { fault: set, id };
  const slot = meant(collection, kind, input);
  const at = sim.world.now();
  if (slot !== null) return { slot: sim.world.change(key, { op: "set", id: collection.id(slot), at, set }), isNew: false };
  if (kind === "update") return { fault: "Could not find the object", id };
  const own = kind === "upsert" && typeof input["idProperty"] === "string" ? { [input["idProperty"]]: id, ...set } : set;
  return { slot: sim.world.change(key, { op: "create", at, set: own }), isNew: true };
}

function archiveAll(sim: Simulation, key: CollectionKey, inputs: readonly Input[]): void {
  const collection = sim.world.collection(key);
  for (const input of inputs) {
    const slot = meant(collection, "archive", input);
    if (slot !== null) sim.world.change(key, { op: "archive", id: collection.id(slot), at: sim.world.now() });
  }
}

/** One input as its answer tells of it. */
function told(sim: Simulation, key: CollectionKey, kind: BatchKind, input: Input): { result: unknown } | { error: unknown } {
  const trace = input["objectWriteTraceId"];
  const written = writeOne(sim, key, kind, input);
  if ("fault" in written) {
    const ids = written.id === "" ? {} : { ids: [written.id] };
    const context = { ...(trace === undefined ? {} : { objectWriteTraceId: [trace] }), ...ids };
    return { error: { status: "error", category: "VALIDATION_ERROR", message: written.fault, context } };
  }
  const names = FIELDS[key.object].map((field) => field.name);
  const record = toObject(sim.world.collection(key), key.object, written.slot, projectionOf(key.object, names));
  const isNew = kind === "upsert" ? { new: written.isNew } : {};
  return { result: { ...record, ...isNew, ...(trace === undefined ? {} : { objectWriteTraceId: trace }) } };
}

/** `POST …/batch/{create,update,upsert}` with up to 100 inputs: 207 with `errors` when some were refused. `archive` answers 204. */
export async function writeBatch(sim: Simulation, x: Exchange, key: CollectionKey, kind: BatchKind): Promise<void> {
  const { inputs } = await readJson(x);
  if (!Array.isArray(inputs) || inputs.length > MAX_BATCH) return sendInvalid(x, `inputs must be a list of at most ${MAX_BATCH} objects.`);
  const list = inputs.filter(isObject);
  if (kind === "archive") {
    archiveAll(sim, key, list);
    return sendNothing(x);
  }
  const startedAt = new Date().toISOString();
  const all = list.map((input) => told(sim, key, kind, input));
  const errors = all.flatMap((one) => ("error" in one ? [one.error] : []));
  const results = all.flatMap((one) => ("result" in one ? [one.result] : []));
  const failed = errors.length === 0 ? {} : { numErrors: errors.length, errors };
  const status = errors.length > 0 ? 207 : kind === "create" ? 201 : 200;
  sendJson(x, status, { status: "COMPLETE", results, startedAt, completedAt: new Date().toISOString(), ...failed });
}
