import { isAppError } from "#server/lib/errors";
import { keyOf } from "#server/mapping/same-value";
import { at, put } from "#server/runtime/paths";
import type { WriteResult } from "#server/runtime/writes/result";
import type { Writing } from "#server/runtime/writes/writer";
import { lookerOf } from "../streams/push-look";
import { leaves } from "../writes/internal";
import type { ActionRow, RecordInput } from "./internal";

type Data = Record<string, unknown>;

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

/** Why a write is not taken back: what it wrote is not there any more, or nobody can tell. Null = it is. */
function notUndone(name: string, after: Data, look: { value: unknown } | "gone" | "unread"): WriteResult | null {
  if (look === "gone") return refused("conflict", `The record is gone at ${name}; there is nothing to take back.`);
  if (look === "unread")
    return refused("invalid", `${name} does not show single records, so nobody can tell whether it was changed since.`);
  const changed = placesOf(after).find((place) => keyOf(at(look.value, place) ?? null) !== keyOf(at(after, place) ?? null));
  return changed === undefined ? null : refused("conflict", `"${changed}" was changed since; nothing was taken back.`, changed);
}

/**
 * Looks at a record before it is changed or deleted: `before` = what stands there now where it is written (of a deletion: in all fields that can
 * be written), null when nobody can tell. `instead`: the write would take another back, and must not. One request, where single records can be read.
 */
export async function lookBefore(
  hands: Writing,
  row: Pick<ActionRow, "kind" | "name">,
  { id, data, undo }: RecordInput,
  signal: AbortSignal,
): Promise<{ before: Data | null; instead: WriteResult | null }> {
  const nothing = { before: null, instead: null };
  if (id === undefined || row.kind === "create") return nothing;
  const fields = hands.manifest.objects[row.name]?.writes?.fields ?? [];
  const places = data ? placesOf(data) : fields.map(({ path }) => path);
  const look = lookerOf({ leg: { object: row.name, reads: undo ? placesOf(undo.after) : places } }, hands, signal);
  try {
    const there = await look(id);
    const instead = undo ? notUndone(hands.manifest.name, undo.after, there) : null;
    return { before: typeof there === "string" ? null : partsOf(there.value, places), instead };
  } catch (error) {
    // The write is what was asked for, and meets the same trouble or none; only one that takes back must have looked.
    if (undo || !isAppError(error)) throw error;
    return nothing;
  }
}
