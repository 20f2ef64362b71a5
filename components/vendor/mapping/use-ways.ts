"use client";

import { useMemo } from "react";
import type { FieldMapping } from "#server/mapping/schema";
import { type Ways, waysBack } from "#server/mapping/ways-back";
import type { MappingEditorView } from "#server/trpc/views";

const NONE: ReadonlyMap<string, string> = new Map();

/** What of the mapping goes back, and why the others do not, by field; nothing of a stream that only reads. */
export function useWays(
  { direction, writing }: Pick<MappingEditorView, "direction" | "writing">,
  fields: ReadonlyMap<string, FieldMapping>,
): { ways: Ways | null; readOnly: ReadonlyMap<string, string> } {
  const ways = useMemo(
    () => (direction === "pull" ? null : waysBack({ fields: [...fields.values()], spec: writing.spec })),
    [direction, fields, writing],
  );
  const readOnly = useMemo(() => (ways ? new Map(ways.readOnly.map(({ target, reason }) => [target, reason])) : NONE), [ways]);
  return { ways, readOnly };
}
