"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { count } from "#components/ui/format";
import type { FieldMapping } from "#server/mapping/schema";

/** What the server refuses, by the field's key; it looks once more, with its own eyes. `sent` are the fields it was given. */
export function refusedFields(error: unknown, sent: readonly FieldMapping[]): Map<string, string> {
  const refused = Object.entries(faultOf(error).fields ?? {});
  return new Map(
    refused.flatMap(([path, [message]]) => {
      const index = /^fields\.(\d+)/.exec(path)?.[1];
      const key = index === undefined ? path : sent[Number(index)]?.target;
      return key === undefined || message === undefined ? [] : [[key, message] as const];
    }),
  );
}

/** Saving, discarding and publishing, each with its words. */
export function useMappingActions() {
  const trpc = useVendor();
  const cache = useQueryClient();
  const stale = async () => {
    await Promise.all([cache.invalidateQueries(trpc.mappings.pathFilter()), cache.invalidateQueries(trpc.templates.pathFilter())]);
  };
  const failed = (title: string) => (error: unknown) => {
    const fault = faultOf(error);
    const field = fault.fields ? Object.values(fault.fields)[0]?.[0] : undefined;
    toast.error(title, { description: `${field ?? fault.detail ?? fault.text} Your changes are still here.` });
  };
  const save = useMutation(
    trpc.mappings.saveDraft.mutationOptions({
      onSuccess: stale,
      // What others did meanwhile is not told here: whoever saved is asked what to do about it.
      onError: (error) => (faultOf(error).code === "conflict" ? undefined : failed("The draft was not saved")(error)),
    }),
  );
  const discard = useMutation(
    trpc.mappings.discardDraft.mutationOptions({ onSuccess: stale, onError: failed("The draft was not discarded") }),
  );
  const publish = useMutation(
    trpc.mappings.publish.mutationOptions({
      onSuccess: async ({ version, streams }) => {
        await stale();
        toast.success(`Version ${version} is in use`, {
          description:
            streams > 0
              ? `${count(streams, "stream is", "streams are")} being re-mapped from stored data.`
              : "It is used from the first sync on.",
        });
      },
      onError: failed("The mapping was not published"),
    }),
  );
  const start = useMutation(
    trpc.rollouts.start.mutationOptions({
      onSuccess: async ({ version }) => {
        await Promise.all([stale(), cache.invalidateQueries(trpc.rollouts.pathFilter())]);
        toast.success(`Version ${version} is being rolled out`, { description: "The template's page shows how far it is." });
      },
      onError: failed("The roll-out was not started"),
    }),
  );
  return { save, discard, publish, start, refresh: stale };
}
