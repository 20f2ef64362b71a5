import type { Collection } from "../world/collection";
import type { ObjectKind, Properties } from "../world/object-kind";
import { DEFAULT_FIELDS, FIELDS, modifiedField, ownNumber } from "./fields";

/** Which properties an answer shows, under which names; `key` names the choice in the cache of rendered records. */
export type Projection = { key: string; names: readonly string[]; storedAs: ReadonlyMap<string, string> };

const KNOWN = Object.fromEntries(Object.entries(FIELDS).map(([kind, fields]) => [kind, new Set(fields.map((field) => field.name))]));

const NONE: ReadonlyMap<string, string> = new Map();
const isOwn = (name: string, count: number) => ownNumber(name) > 0 && ownNumber(name) <= count;

/** The properties asked for plus those HubSpot always adds; unknown names are left out, as HubSpot does. `renamed`, `ownFields`: of the collection. */
export function projectionOf(kind: ObjectKind, wanted: readonly string[], { renamed = NONE, ownFields = 0 } = {}): Projection {
  if (wanted.length === 0) return { key: "default", names: DEFAULT_FIELDS[kind], storedAs: NONE };
  const storedAs = new Map([...renamed].map(([stored, shown]) => [shown, stored]));
  const names = [...new Set([...wanted, "createdate", "hs_object_id", modifiedField(kind)])]
    .filter((name) => storedAs.has(name) || isOwn(name, ownFields) || (KNOWN[kind]?.has(name) && !renamed.has(name)))
    .sort();
  return { key: names.join(), names, storedAs };
}

/** All properties of a record as HubSpot sees them, system properties included. */
export function fullProperties(collection: Collection, kind: ObjectKind, slot: number): Properties {
  return {
    ...collection.properties(slot),
    createdate: new Date(collection.createdAt(slot)).toISOString(),
    hs_object_id: collection.id(slot),
    [modifiedField(kind)]: new Date(collection.updatedAt(slot)).toISOString(),
  };
}

const propertyOf = (all: Properties, name: string) =>
  ownNumber(name) > 0 ? `Own ${ownNumber(name)} of ${all["hs_object_id"]}` : (all[name] ?? null);

/** A record as HubSpot's object API returns it. */
export function toObject(collection: Collection, kind: ObjectKind, slot: number, projection: Projection): Record<string, unknown> {
  const all = fullProperties(collection, kind, slot);
  const properties: Properties = {};
  for (const name of projection.names) properties[name] = propertyOf(all, projection.storedAs.get(name) ?? name);
  const updatedAt = all[modifiedField(kind)];
  return {
    id: all["hs_object_id"],
    properties,
    createdAt: all["createdate"],
    updatedAt,
    archived: collection.isArchived(slot),
    ...(collection.isArchived(slot) ? { archivedAt: updatedAt } : {}),
  };
}

/** Records as bytes, separated by commas, from the cache when they did not change since. */
export function toPieces(collection: Collection, kind: ObjectKind, slots: ArrayLike<number>, projection: Projection): Buffer[] {
  return collection.pieces(projection.key, slots, (slot) => JSON.stringify(toObject(collection, kind, slot, projection)));
}
