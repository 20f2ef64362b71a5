import type { Manifest, ObjectSpec } from "../manifest";
import { idPaths, type RecordId } from "../record-id";
import { type At, type Fault, holesOfRequest } from "./holes-of";

type Asked = { manifest: Manifest; key: string; spec: ObjectSpec; at: At };
type Request = Parameters<typeof holesOfRequest>[0];

const partsOf = (id: RecordId): number => (Array.isArray(id) ? id.length : 1);
const WAYS = ["create", "update", "upsert", "delete"] as const;

/** Requests that name one record. */
function naming({ spec }: Asked): [At, Request][] {
  const { one, writes } = spec;
  const found: [At, Request][] = one ? [[["one", "request"], one.request]] : [];
  for (const way of WAYS) {
    const write = writes?.[way];
    if (!write) continue;
    found.push([["writes", way, "request"], write.request]);
    if (write.batch) found.push([["writes", way, "batch", "item"], { path: "/", query: {}, body: write.batch.item }]);
  }
  return found;
}

/** Holes that name a record otherwise than by what its id has. */
function holeFaults(asked: Asked): Fault[] {
  const { manifest, spec, at } = asked;
  const parts = partsOf(spec.id);
  const known = new Set(parts === 1 ? ["id"] : Array.from({ length: parts }, (_, n) => `id.${n}`));
  return naming(asked).flatMap(([steps, request]) =>
    holesOfRequest(request, [...at, ...steps], spec.protocol ?? manifest.http.protocol).holes.flatMap(({ at: path, name, root }) => {
      if (root !== "id" || known.has(name)) return [];
      const message =
        name === "id"
          ? `"{id}" has ${parts} parts: write {id.0} to {id.${parts - 1}}`
          : `"{${name}}": the object's id has ${parts} part${parts === 1 ? "" : "s"}`;
      return [{ path, message }];
    }),
  );
}

/** Where answers tell an id, in other parts than those by which the record is known. */
function toldFaults({ spec, at }: Asked): Fault[] {
  const { id, deletes, writes } = spec;
  const told: [At, unknown][] = deletes?.by === "feed" ? [[["deletes", "id"], deletes.id]] : [];
  for (const way of WAYS) {
    const write = writes?.[way];
    if (!write) continue;
    if ("id" in write) told.push([["writes", way, "id"], write.id]);
    if ("once" in write && write.once?.by === "find") told.push([["writes", way, "once", "id"], write.once.id]);
    told.push([["writes", way, "batch", "results", "id"], write.batch?.results?.id]);
    for (const [n, also] of write.also.entries()) told.push([["writes", way, "also", n, "id"], also.id]);
  }
  const parts = partsOf(id);
  return told.flatMap(([steps, where]) => {
    if (where === undefined || (Array.isArray(where) ? where.length : 1) === parts) return [];
    const message = `the object's id has ${parts} part${parts === 1 ? "" : "s"}: name a path for each`;
    return [{ path: [...at, ...steps], message }];
  });
}

/** Ways of paging that go by the id, and do not say by which part. */
function keyFaults({ manifest, spec, at }: Asked): Fault[] {
  const paged: [At, ObjectSpec["pagination"]][] = [
    [spec.pagination ? [...at, "pagination"] : ["pagination"], spec.pagination ?? manifest.pagination],
    [[...at, "changes", "pagination"], spec.changes?.pagination],
  ];
  return paged.flatMap(([path, pagination]) =>
    pagination?.type === "keyset" && pagination.key === undefined ? [{ path, message: "keyset needs a `key`: the id has parts" }] : [],
  );
}

/** Calls of the third party that would name a record by one text. */
function calledFaults({ manifest, key }: Asked): Fault[] {
  const events = manifest.webhooks?.events;
  if (!events || !Object.values(events.objects).includes(key) || !(events.ids[key] ?? events.id)) return [];
  const message = `"${key}"'s id has parts, and calls name one: leave \`${events.ids[key] ? `ids.${key}` : "id"}\` out, and the list is read`;
  return [{ path: ["webhooks", "events"], message }];
}

/** What goes by one text and nothing else. */
function partFaults(asked: Asked): Fault[] {
  const { manifest, key, spec, at } = asked;
  if (!Array.isArray(spec.id)) return [];
  const whose = `"${key}"'s id has ${spec.id.length} parts`;
  const fetched: At[] = [...(spec.get ? [["get"]] : []), ...(spec.changes?.get ? [["changes", "get"]] : [])];
  const hanging = Object.entries(manifest.objects).filter(([, { each }]) => each === key);
  return [
    ...fetched.map((steps) => ({ path: [...at, ...steps], message: `cannot be used: ${whose}, and rows are fetched by one` })),
    ...hanging.map(([child]) => ({ path: ["objects", child, "each"], message: `cannot be gone through: ${whose}, and {parent} is one` })),
    ...keyFaults(asked),
    ...calledFaults(asked),
  ];
}

/** A row known by all it holds: changed, it is another one, so only a whole reading tells what is there. */
function hashFaults({ manifest, key, spec, at }: Asked): Fault[] {
  if (typeof spec.id === "string" || Array.isArray(spec.id)) return [];
  const say = (message: string): Fault => ({ path: [...at, "id"], message: `a hash ${message}` });
  const faults: Fault[] = [];
  const used = (["changes", "get", "one", "writes", "job", "file", "onward"] as const).filter((name) => spec[name] !== undefined);
  if (used.length > 0)
    faults.push(
      say(`changes with the row, so nothing can be asked or written by it: leave out ${used.map((one) => `\`${one}\``).join(", ")}`),
    );
  if (spec.deletes?.by !== "scan") faults.push(say("leaves the old row behind when one changes: give the object `deletes: {by: scan}`"));
  if ((spec.pagination ?? manifest.pagination).type !== "none")
    faults.push(say("tells equal rows apart by their number, so they must come at once: give the object `pagination: {type: none}`"));
  if (spec.each !== undefined && !spec.parent?.inId) faults.push(say("needs `parent: {inId: true}` here: other parents have rows like it"));
  if (Object.values(manifest.objects).some(({ each }) => each === key)) faults.push(say("is no id that other lists could be asked for"));
  if (Object.values(manifest.webhooks?.events.objects ?? {}).includes(key))
    faults.push(say("is not known to the third party, whose calls name this object"));
  return faults;
}

/** Records of several rows or parents, of which nobody says that their ids are not the same numbers in each: some would be lost in others. */
function sharedFaults({ manifest, spec, at }: Asked): Fault[] {
  if (spec.unique) return [];
  const faults: Fault[] = [];
  const say = (steps: At, remedy: string) =>
    faults.push({
      path: [...at, ...steps],
      message: `may count anew for each ${steps[0] === "each" ? "parent" : "row"}, and one record would stand for several: ${remedy}; where no two are the same anywhere, say \`unique: true\``,
    });
  if (spec.each !== undefined && Object.hasOwn(manifest.objects, spec.each) && !spec.parent?.inId)
    say(["each"], "join the ids with the parent's by `parent: { inId: true }`");
  const parts = idPaths(spec.id);
  const nested: [At, ObjectSpec["nested"]][] = [
    [["nested"], spec.nested],
    [["changes", "nested"], spec.changes?.nested],
  ];
  for (const [steps, lists] of nested) {
    if (!lists || (parts.length > 1 && parts.some((part) => Object.hasOwn(lists.with, part)))) continue;
    const [told = "row_id"] = Object.keys(lists.with);
    say(steps, `tell each what row it is of, \`with: { ${told}: … }\`, and make that a part of its id, \`id: [${told}, ${parts[0]}]\``);
  }
  return faults;
}

/** What is wrong with how records are told apart, and with how they are asked for by that. */
export const idFaults = (manifest: Manifest): Fault[] =>
  Object.entries(manifest.objects).flatMap(([key, spec]) => {
    const asked: Asked = { manifest, key, spec, at: ["objects", key] };
    const isHash = typeof spec.id === "object" && !Array.isArray(spec.id);
    return isHash ? hashFaults(asked) : [...holeFaults(asked), ...toldFaults(asked), ...partFaults(asked), ...sharedFaults(asked)];
  });
