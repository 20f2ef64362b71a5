"use client";

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { useSay } from "./language.tsx";
import { sayFault } from "./say-fault";

export type HeldState = "held" | "skipped";

/** The records of a connection that did not get through, and why; read again while somebody waits for one. */
export function useProblems(connectionId: string, state: HeldState, cause: string) {
  const trpc = useEmbed();
  const place = { connectionId: connectionId as never, state };
  const records = useInfiniteQuery(
    trpc.problems.list.infiniteQueryOptions(
      { ...place, ...(cause ? { cause } : {}) },
      {
        getNextPageParam: (page) => page.next ?? undefined,
        refetchInterval: ({ state: { data } }) =>
          data?.pages.some((page) => page.items.some((one) => one.retrying && !one.paused)) ? 2_000 : false,
      },
    ),
  );
  const causes = useQuery(trpc.problems.causes.queryOptions(place));
  return { records, causes };
}

/** What somebody has given for single fields of the connection's records, as long as it counts. */
export function useCorrections(connectionId: string) {
  const trpc = useEmbed();
  return useInfiniteQuery(
    trpc.problems.corrections.infiniteQueryOptions(
      { connectionId: connectionId as never },
      { getNextPageParam: (page) => page.next ?? undefined },
    ),
  );
}

/** What can be done about them. `note`: what is to be said of the last thing done. */
export function useSettling() {
  const trpc = useEmbed();
  const say = useSay();
  const cache = useQueryClient();
  const [note, setNote] = useState<{ tone: "wait" | "bad"; text: string } | null>(null);
  const told = {
    onMutate: () => setNote(null),
    onSuccess: ({ engineReachable, paused }: { engineReachable: boolean; paused: boolean }) => {
      if (!engineReachable && !paused) setNote({ tone: "wait", text: say("home.held_up") });
    },
    onError: (error: unknown) => {
      const fault = sayFault(error, say);
      setNote({ tone: "bad", text: fault.detail ?? fault.text });
    },
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: trpc.problems.pathKey() });
      void cache.invalidateQueries({ queryKey: trpc.connections.get.pathKey() });
    },
  };
  const retry = useMutation(trpc.problems.retry.mutationOptions(told));
  const skip = useMutation(trpc.problems.skip.mutationOptions(told));
  const restore = useMutation(trpc.problems.restore.mutationOptions(told));
  const correct = useMutation(trpc.problems.correct.mutationOptions(told));
  const uncorrect = useMutation(trpc.problems.uncorrect.mutationOptions(told));
  return { retry, skip, restore, correct, uncorrect, note, busy: retry.isPending || skip.isPending || restore.isPending };
}

export type Settling = ReturnType<typeof useSettling>;
