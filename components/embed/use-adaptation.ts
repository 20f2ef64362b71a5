"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useReducer } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import type { Adaptation, AdaptStream } from "#server/domains/overrides/schema";
import { useSay } from "./language.tsx";
import { type Edits, NO_EDITS } from "./mapping-draft";
import { sayFault } from "./say-fault";

const LOOKING_MS = 1_500;

const isLooking = (adaptation: Adaptation | undefined) => adaptation?.streams.some(({ schema }) => schema.state === "looking") ?? false;

/** How to ask what a template does with the account's records: again every moment while the account is being looked at. */
export const adaptationOptions = (trpc: ReturnType<typeof useEmbed>, connectionId: string, templateId: string) =>
  trpc.mapping.get.queryOptions(
    { connectionId, templateId },
    {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      refetchInterval: ({ state }: { state: { data: Adaptation | undefined } }) => (isLooking(state.data) ? LOOKING_MS : false),
    },
  );

/** Looks at the account's fields again. */
export function useLook(connectionId: string) {
  const say = useSay();
  const trpc = useEmbed();
  const cache = useQueryClient();
  const look = useMutation(
    trpc.dryRuns.look.mutationOptions({ onSettled: () => cache.invalidateQueries({ queryKey: trpc.mapping.get.pathKey() }) }),
  );
  return {
    look: () => look.mutate({ connectionId }),
    pick: (object: string, paths: string[]) => look.mutate({ connectionId, picked: { object, paths } }),
    asking: look.isPending,
    trouble: look.error ? sayFault(look.error, say).text : null,
  };
}

type Kept = { edits: Edits; since: AdaptStream | null };

const NOTHING: Kept = { edits: NO_EDITS, since: null };

/** What was begun and not saved, by stream: it outlives the screen it was typed on, not the frame. */
const kept = new Map<string, Kept>();

type Change = (before: Edits) => Edits;

export type Drafts = {
  /** `since`: the stream as it stood when the first of the edits was made. */
  of: (id: string) => Kept;
  set: (id: string, change: Change, now?: AdaptStream) => void;
};

/** The edits of streams, by an id of the caller's. Kept when the customer looks at something else meanwhile. */
export function useDrafts(): Drafts {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const set = useCallback((id: string, change: Change, now?: AdaptStream) => {
    const before = kept.get(id) ?? NOTHING;
    const edits = change(before.edits);
    if (edits.size > 0) kept.set(id, { edits, since: before.since ?? now ?? null });
    else kept.delete(id);
    redraw();
  }, []);
  return { of: (id) => kept.get(id) ?? NOTHING, set };
}
