import { useEffect, useRef } from "react";
import type { AdaptStream } from "#server/domains/overrides/schema";
import { fieldPaths } from "#server/mapping/field-paths";
import type { Edits } from "./mapping-draft";
import type { Look } from "./mapping-fields.tsx";

/** What the fields being edited read, and those of it that the records at hand do not show. */
export function pickedOf({ sourceFields }: Pick<AdaptStream, "sourceFields">, edits: Edits): { paths: string[]; unread: string[] } {
  const known = new Map(sourceFields.map((field) => [field.path, field]));
  const paths = [...new Set([...edits.values()].flatMap((field) => (field === null ? [] : fieldPaths(field, () => []))))];
  const own = paths.filter((path) => known.has(path));
  return { paths: own.slice(0, 50), unread: own.filter((path) => known.get(path)?.unread === true) };
}

/** Has the account asked for what was just picked and no record at hand shows, once for each. */
export function usePicked(stream: AdaptStream, edits: Edits, look: Look): void {
  const asked = useRef(new Set<string>());
  const { paths, unread } = pickedOf(stream, edits);
  const fresh = unread.filter((path) => !asked.current.has(path));
  const isBusy = look.asking || stream.schema.state === "looking";
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked when something else is picked, or when the look before has ended
  useEffect(() => {
    if (isBusy || fresh.length === 0) return;
    for (const path of fresh) asked.current.add(path);
    look.pick(stream.object, paths);
  }, [fresh.join("\n"), isBusy]);
}
