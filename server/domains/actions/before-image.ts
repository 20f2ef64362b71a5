import { isAppError } from "#server/lib/errors";
import { keyOf } from "#server/mapping/same-value";
import { at, put } from "#server/runtime/paths";
import type { WriteResult } from "#server/runtime/writes/result";
import type { Writing } from "#server/runtime/writes/writer";
import { lookerOf } from "../streams/push-look";
import { leaves } from "../writes/internal";
import type { ActionRow, RecordInput } from "./internal";

type Data = Record<string, unknown>;
type Undo = NonNullable<RecordInput["undo"]>;

/** Places of what is written, as paths of a record there. */
const placesOf = (data: Data): string[] => leaves(data).map((place) => place.slice(0, -1));

/** What stands at these places; null where nothing does. */
function partsOf(value: unknown, places: readonly string[]): Data {
  const parts: Data = {};
  for (const place of places) put(parts, place, at(value, place) ?? null);
  return parts;
}

const refused = (code: "conflict" | "invalid", message: string, field: string | null = null): WriteResult => ({
  ...{ outcome: "refused", code, message, field },
});

const same = (value: unknown, wanted: Data): string | undefined =>
  placesOf(wanted).find((place) => keyOf(at(value, place) ?? null) !== keyOf(at(wanted, place) ?? null));

/** What is done instead of a write that takes one back, when what that one wrote is not there any more, or nobody can tell. Null = nothing. */
function notUndone(
  name: string,
  { id, data, undo, again }: { id: string; data: Data | undefined; undo: Undo; again: boolean },
  look: { value: unknown } | "gone" | "unread",
): WriteResult | null {
  const isDone = again && (data ? typeof look !== "string" && same(look.value, data) === undefined : look === "gone");
  if (isDone) return { outcome: "done", id, created: null };
  if (look === "gone") return refused("conflict", `The record is gone at ${name}; there is nothing to take back.`);
  if (look === "unread")
    return refused("invalid", `${name} does not show single records, so nobody can tell whether it was changed since.`);
  const changed = same(look.value, undo.after);
  return changed === undefined ? null : refused("conflict", `"${changed}" was changed since; nothing was taken back.`, changed);
}

/**
 * What a write has left at the places it wrote, as the third party shows it: it may spell a value its own way. Of the places that `shown`, the
 * answer, leaves out, what was sent; null where nobody can tell, for there is no answer and no look.
 */
export async function lookAfter(
  hands: Writing,
  row: Pick<ActionRow, "name">,
  { id, data }: { id: string; data: Data },
  shown: unknown,
  signal: AbortSignal,
): Promise<Data | null> {
  const places = placesOf(data);
  const partly = (value: unknown): Data => {
    const parts: Data = {};
    for (const place of places) {
      const there = at(value, place);
      put(parts, place, (there === undefined ? at(data, place) : there) ?? null);
    }
    return parts;
  };
  if (typeof shown === "object" && shown !== null && places.every((place) => at(shown, place) !== undefined)) return partly(shown);
  try {
    const there = await lookerOf({ leg: { object: row.name, reads: places } }, hands, signal)(id);
    return typeof there === "string" ? null : partly(there.value);
  } catch (error) {
    // What was written is written; a look that meets trouble says nothing about that.
    if (!isAppError(error)) throw error;
    return null;
  }
}

/**
 * Looks at a record before it is changed or deleted: `before` = what stands there now where it is written (of a deletion: in all fields that can
 * be written), null when nobody can tell. `instead`: the write would take another back, and must not, or (`again`: an attempt before may have) has
 * done so. One request, where single records can be read; of a repeated write none, unless it takes one back.
 */
export async function lookBefore(
  hands: Writing,
  row: Pick<ActionRow, "kind" | "name">,
  { id, data, undo }: RecordInput,
  again: boolean,
  signal: AbortSignal,
): Promise<{ before: Data | null; instead: WriteResult | null }> {
  const nothing = { before: null, instead: null };
  if (id === undefined || row.kind === "create" || (again && !undo)) return nothing;
  const fields = hands.manifest.objects[row.name]?.writes?.fields ?? [];
  const places = data ? placesOf(data) : fields.map(({ path }) => path);
  const look = lookerOf({ leg: { object: row.name, reads: undo ? placesOf(undo.after) : places } }, hands, signal);
  try {
    const there = await look(id);
    const instead = undo ? notUndone(hands.manifest.name, { id, data, undo, again }, there) : null;
    return { before: again || typeof there === "string" ? null : partsOf(there.value, places), instead };
  } catch (error) {
    // The write is what was asked for, and meets the same trouble or none; only one that takes back must have looked.
    if (undo || !isAppError(error)) throw error;
    return nothing;
  }
}
