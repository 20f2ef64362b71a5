"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import type { StreamView } from "#server/trpc/views";

/** Whether it may be asked to run: not while it is paused, but for one that was stopped because nearly everything is held back. */
export const maySync = ({ pauseReasons }: Pick<StreamView, "pauseReasons">): boolean =>
  pauseReasons.every((reason) => reason === "quarantine");

/** What a member may do to streams and connections, each with its words and the questions it makes stale. */
export function useStreamActions() {
  const trpc = useVendor();
  const cache = useQueryClient();
  const stale = () => {
    void cache.invalidateQueries(trpc.customers.pathFilter());
    void cache.invalidateQueries(trpc.runs.pathFilter());
    void cache.invalidateQueries(trpc.overview.pathFilter());
  };
  const failed = (title: string) => (error: unknown) => {
    const fault = faultOf(error);
    toast.error(title, { description: fault.detail ?? fault.text });
  };
  const sync = useMutation(
    trpc.streams.sync.mutationOptions({
      onSuccess: (answer) => {
        stale();
        if (!answer.queued) toast.info("Nothing waits to be written", { description: "What your product sends is written at once." });
        else if (answer.engineReachable)
          toast.success("Sync is queued", { description: "It starts at once, or within two seconds of the one before." });
        else
          toast.warning("Sync is queued", { description: "The engine is not reachable right now; it starts by itself when it is back." });
      },
      onError: failed("The sync was not started"),
    }),
  );
  const pause = useMutation(
    trpc.streams.pause.mutationOptions({
      onSuccess: () => {
        stale();
        toast.success("Stream paused", { description: "Nothing is read until you resume it. What was synced stays." });
      },
      onError: failed("The stream was not paused"),
    }),
  );
  const resume = useMutation(
    trpc.streams.resume.mutationOptions({
      onSuccess: () => {
        stale();
        toast.success("Stream resumed");
      },
      onError: failed("The stream was not resumed"),
    }),
  );
  const reread = useMutation(
    trpc.streams.reread.mutationOptions({
      onSuccess: () => {
        stale();
        toast.success("Everything is read again", {
          description: "What is stored stays meanwhile; only what differs is told to your product.",
        });
      },
      onError: failed("Nothing is read again"),
    }),
  );
  const stopRun = useMutation(
    trpc.streams.stopRun.mutationOptions({
      onSuccess: () => {
        stale();
        toast.success("Run stopped", { description: "The stream goes on from there at its next time." });
      },
      onError: failed("The run was not stopped"),
    }),
  );
  const disconnect = useMutation(
    trpc.connections.disconnect.mutationOptions({
      onSuccess: () => {
        stale();
        toast.success("Disconnected", { description: "Access is being revoked at the other system." });
      },
      onError: failed("The connection was not ended"),
    }),
  );
  return { sync, pause, resume, reread, stopRun, disconnect };
}

export type StreamActions = ReturnType<typeof useStreamActions>;
