"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import type { DryRunResult } from "#server/domains/dry-runs/schema";
import type { FieldChoices } from "#server/mapping/overrides";
import type { FieldMapping } from "#server/mapping/schema";

type Of = { templateId: string; streamKey: string; connectionId: string };
/** What is tried; nothing given = the draft that is stored. */
type Tried = { fields?: FieldMapping[]; filter?: string | null; choices?: FieldChoices };
type Phase = { is: "idle" } | { is: "pending" } | { is: "done"; result: DryRunResult } | { is: "failed"; text: string };

function wordsOf(error: unknown): string {
  const fault = faultOf(error);
  return (fault.fields && Object.values(fault.fields)[0]?.[0]) ?? fault.detail ?? fault.text;
}

/** A dry run with one customer's records, from the asking to the result. It ends by itself when it is not looked at any more. */
export function useDryRun(of: Of): { begin: (tried?: Tried) => void; phase: Phase } {
  const trpc = useVendor();
  const [callId, setCallId] = useState<string | null>(null);
  const start = useMutation(trpc.dryRuns.startDraft.mutationOptions());
  const answer = useQuery(
    trpc.dryRuns.get.queryOptions(
      { callId: callId ?? "" },
      {
        enabled: callId !== null,
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchInterval: ({ state }) => (state.status === "error" || (state.data && state.data.status !== "pending") ? false : 1_000),
      },
    ),
  );
  const begin = (tried: Tried = {}) => {
    setCallId(null);
    start.mutate({ ...of, ...tried }, { onSuccess: (started) => setCallId(started.callId) });
  };
  const phase = (): Phase => {
    if (start.isPending) return { is: "pending" };
    if (start.error) return { is: "failed", text: wordsOf(start.error) };
    if (callId === null) return { is: "idle" };
    if (answer.error) return { is: "failed", text: wordsOf(answer.error) };
    if (answer.data?.status === "done") return { is: "done", result: answer.data.result };
    return answer.data?.status === "failed" ? { is: "failed", text: answer.data.detail ?? answer.data.text } : { is: "pending" };
  };
  return { begin, phase: phase() };
}
