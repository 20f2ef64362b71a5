import type { FieldMapping } from "#server/mapping/schema";
import { type Ways, type Writable, waysBack } from "#server/mapping/ways-back";
import type { Manifest, ObjectSpec } from "#server/runtime/manifest";
import { canSearch } from "../streams/push-look";
import { refuse } from "./internal";
import type { Direction, TemplateStream } from "./schema";

type Stream = Pick<TemplateStream, "object" | "direction" | "match" | "owners" | "deletes">;

/** Which ways records of an object can go. */
export function directionsOf(manifest: Manifest, object: string): Direction[] {
  const spec = Object.hasOwn(manifest.objects, object) ? manifest.objects[object] : undefined;
  const { create, update, upsert } = spec?.writes ?? {};
  const canWrite = (create !== undefined || upsert !== undefined) && update !== undefined;
  return canWrite ? ["pull", "push", "two_way"] : ["pull"];
}

/** What of an object can be written, for who designs a stream of it: the same facts that {@link checkDirection} goes by. */
export type WriteSide = {
  directions: Direction[];
  spec: Writable;
  /** The one field by which the third party can be asked for a record; null = by none. */
  searchBy: string | null;
  canDelete: boolean;
};

function searchByOf(spec: ObjectSpec): string | null {
  const once = spec.writes?.create?.once;
  const paths = once?.by === "find" ? Object.keys(once.match) : [];
  return paths.length === 1 ? (paths[0] ?? null) : null;
}

export function writeSideOf(manifest: Manifest | null, object: string): WriteSide {
  const spec = manifest && Object.hasOwn(manifest.objects, object) ? manifest.objects[object] : undefined;
  if (!manifest || !spec) return { directions: ["pull"], spec: { fields: [] }, searchBy: null, canDelete: false };
  const { writes } = spec;
  const writable = writes && {
    fields: writes.fields.map(({ path, title, required }) => ({ path, title, required })),
    open: writes.open,
  };
  return {
    directions: directionsOf(manifest, object),
    spec: { writes: writable, fields: spec.fields.map(({ path }) => ({ path })) },
    searchBy: searchByOf(spec),
    canDelete: writes?.delete !== undefined,
  };
}

const listed = (names: readonly string[]) => names.slice(0, 5).join(", ") + (names.length > 5 ? ", …" : "");

/**
 * Proves that a stream can go the way it is to go, and answers which of its fields go back, and which are read only and why. Throws
 * `invalid`, in words for who designs templates, at the setting that cannot be so.
 */
export function checkDirection(manifest: Manifest, stream: Stream, fields: readonly FieldMapping[], at = ""): Ways {
  const spec = manifest.objects[stream.object];
  const direction = stream.direction ?? "pull";
  if (!spec || direction === "pull") return { back: [], readOnly: [], unfilled: [] };
  if (!directionsOf(manifest, stream.object).includes(direction))
    throw refuse(
      `${at}direction`,
      `${manifest.name} cannot ${spec.writes ? "create and change" : "be sent"} ${spec.title}. Choose to read them.`,
    );
  const ways = waysBack({ fields, spec });
  if (ways.back.length === 0)
    throw refuse("fields", `None of these fields can be written at ${manifest.name}, so nothing would be sent. Map at least one that can.`);
  if (ways.unfilled.length > 0)
    throw refuse(
      "fields",
      `${manifest.name} needs ${listed(ways.unfilled.map(({ title }) => title))} of new ${spec.title}. Map a field to it.`,
    );
  checkSettings(manifest, stream, ways, at);
  return ways;
}

function checkSettings(manifest: Manifest, stream: Stream, ways: Ways, at: string): void {
  const spec = manifest.objects[stream.object];
  const { match, owners, deletes } = stream;
  const keys = ways.back.map(({ key }) => key);
  if (match && (!keys.includes(match) || match.includes("[")))
    throw refuse(`${at}match`, `Records can be matched by ${listed(keys.filter((key) => !key.includes("[")))}.`);
  if (match && spec && stream.direction === "push" && !canSearch({ leg: { settings: { match } }, way: ways, spec }))
    throw refuse(`${at}match`, `${manifest.name} cannot be asked for ${spec.title} by this field. Leave it empty, or choose both ways.`);
  if (deletes === "propagate" && !spec?.writes?.delete)
    throw refuse(`${at}deletes`, `${manifest.name} cannot delete ${spec?.title ?? stream.object}. Choose to keep them.`);
  const known = new Set([...keys, ...ways.readOnly.map(({ target }) => target)]);
  const stranger = Object.keys(owners?.fields ?? {}).find((key) => !known.has(key));
  if (stranger !== undefined) throw refuse(`${at}owners`, `“${stranger}” is not a field of the mapping.`);
}
