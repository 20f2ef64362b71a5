"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { count } from "#components/ui/format";

type Told = { records: number; engineReachable: boolean; paused: boolean };

/** All that can be done about what did not get through, with what is said of it. */
export function useProblems() {
  const trpc = useVendor();
  const cache = useQueryClient();
  const done = (title: (records: string) => string, description?: string) => ({
    onSuccess: ({ records, engineReachable, paused }: Told) => {
      const reached = engineReachable ? description : "The engine does not answer just now; it is noted and done when it is back.";
      const held = paused ? "The stream is paused; it is noted and done when it goes on." : reached;
      toast.success(records === 0 ? "Nothing to do" : title(count(records, "record")), held && records > 0 ? { description: held } : {});
    },
    onError: (error: unknown) => {
      const fault = faultOf(error);
      toast.error("Not done", { description: fault.detail ?? fault.text });
    },
    onSettled: () => {
      void cache.invalidateQueries(trpc.problems.pathFilter());
      void cache.invalidateQueries(trpc.customers.pathFilter());
    },
  });
  const retry = useMutation(trpc.problems.retry.mutationOptions(done((records) => `${records} will be tried again`)));
  const skip = useMutation(
    trpc.problems.skip.mutationOptions(done((records) => `${records} put aside`, "What changes at its source comes back by itself.")),
  );
  const restore = useMutation(trpc.problems.restore.mutationOptions(done((records) => `${records} taken back, and tried again`)));
  const correct = useMutation(trpc.problems.correct.mutationOptions(done(() => "Corrected; it is tried again now")));
  const uncorrect = useMutation(trpc.problems.uncorrect.mutationOptions(done(() => "Taken away; it is tried again now")));
  return { retry, skip, restore, correct, uncorrect, busy: [retry, skip, restore, correct, uncorrect].some((one) => one.isPending) };
}
