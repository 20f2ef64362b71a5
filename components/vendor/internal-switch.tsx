"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";

/** Whether a customer is one of the vendor's own: those get a new version first when it is rolled out. */
export function InternalSwitch({ customerId, internal }: { customerId: string; internal: boolean }) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const may = useMay("developer");
  const [id, hint] = [useId(), useId()];
  const set = useMutation(
    trpc.customers.setInternal.mutationOptions({
      onError: (error) => toast.error("Not saved", { description: faultOf(error).detail ?? faultOf(error).text }),
      onSettled: () => cache.invalidateQueries(trpc.customers.get.queryFilter({ customerId })),
    }),
  );
  const shown = set.isPending ? (set.variables?.internal ?? internal) : internal;
  return (
    <div className="flex items-start gap-2 text-sm">
      <Checkbox
        id={id}
        className="mt-0.5"
        checked={shown}
        disabled={!may || set.isPending}
        aria-describedby={hint}
        onCheckedChange={(checked) => set.mutate({ customerId, internal: checked === true })}
      />
      <div className="min-w-0">
        <label htmlFor={id}>One of our own</label>
        <p id={hint} className="text-secondary text-xs">
          Gets new versions first when they are rolled out step by step.
        </p>
      </div>
    </div>
  );
}
