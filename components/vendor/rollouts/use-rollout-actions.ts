"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";

/** Pausing, going on, going back and finishing, each with its words. */
export function useRolloutActions() {
  const trpc = useVendor();
  const cache = useQueryClient();
  const stale = () => Promise.all([trpc.rollouts, trpc.templates, trpc.mappings].map((room) => cache.invalidateQueries(room.pathFilter())));
  const told = (done: string, failed: string) => ({
    onSuccess: async () => {
      await stale();
      toast.success(done);
    },
    onError: async (error: unknown) => {
      await stale(); // what it is by now, if somebody else was quicker
      toast.error(failed, { description: faultOf(error).detail ?? faultOf(error).text });
    },
  });
  const pause = useMutation(trpc.rollouts.pause.mutationOptions(told("Paused: everybody stays where they are", "Not paused")));
  const resume = useMutation(trpc.rollouts.resume.mutationOptions(told("The roll-out goes on", "Not resumed")));
  const rollBack = useMutation(
    trpc.rollouts.rollBack.mutationOptions(told("Everybody goes back to the version before", "Not rolled back")),
  );
  const finish = useMutation(trpc.rollouts.finish.mutationOptions(told("Everybody gets the new version now", "Not finished")));
  return { pause, resume, rollBack, finish };
}
