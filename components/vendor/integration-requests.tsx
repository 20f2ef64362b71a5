"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { count } from "#components/ui/format";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";

const others = (votes: number, named: number) => (votes > named ? ` and ${votes - named} more` : "");

/** What customers miss in the marketplace, most wanted first. Shown once somebody has asked. */
export function IntegrationRequests() {
  const trpc = useVendor();
  const cache = useQueryClient();
  const may = useMay("admin");
  const query = useQuery(trpc.requests.list.queryOptions());
  const dismiss = useMutation(
    trpc.requests.dismiss.mutationOptions({
      onSettled: () => void cache.invalidateQueries(trpc.requests.pathFilter()),
      onError: (error) => toast.error("It is still on the list", { description: faultOf(error).text }),
    }),
  );
  if (!query.data || query.data.length === 0) return null;
  return (
    <Card className="mt-6">
      <CardHeader
        title="Asked for by customers"
        description="What they searched for in the marketplace and did not find, or would like sooner."
      />
      <ul className="divide-y divide-hairline">
        {query.data.map((request) => (
          <li key={request.key} className="flex min-h-12 items-center gap-4 py-2 ps-4 pe-3 sm:ps-5">
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{request.name}</p>
              <p className="truncate text-secondary text-xs">
                {request.customers.join(", ")}
                {others(request.votes, request.customers.length)}
              </p>
            </div>
            <p className="shrink-0 text-end text-sm">
              <span className="font-medium tabular-nums">{count(request.votes, "customer")}</span>
              <span className="block text-secondary text-xs">
                last <RelativeTime date={request.lastAt} />
              </span>
            </p>
            {may ? (
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={`Take ${request.name} off the list`}
                disabled={dismiss.isPending}
                onClick={() => dismiss.mutate({ key: request.key })}
              >
                <X aria-hidden="true" />
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}
