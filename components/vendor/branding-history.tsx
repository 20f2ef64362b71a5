"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CardBody } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import type { Branding } from "#server/db/schema/identity";

const NAMES: Record<keyof Branding, string> = {
  accent: "accent",
  background: "background",
  surface: "surface",
  radius: "corner radius",
  font: "font",
  fontUrl: "font file",
  logoUrl: "logo",
  logo: "logo",
  appearance: "appearance",
  replyTo: "e-mail replies",
  senderName: "e-mail sender",
  marketplaceTitle: "title",
  words: "words",
};

/** Who changed the look when, newest first, and the way back. */
export function BrandingHistory({ n, disabled }: { n: number; disabled: boolean }) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const query = useQuery(trpc.branding.history.queryOptions());
  const restore = useMutation(
    trpc.branding.restore.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries(trpc.branding.pathFilter());
        toast.success("Gone back", { description: "Marketplaces opened from now on look as they did then." });
      },
      onError: (error) => {
        const { detail, text } = faultOf(error);
        toast.error("Not changed", { description: detail ?? text });
      },
    }),
  );
  return (
    <CardBody>
      <QueryView query={query} skeleton={<div className="h-40" />}>
        {(versions) =>
          versions.length === 0 ? (
            <EmptyState title="Nothing was changed yet">Every look you save is listed here, and can be gone back to.</EmptyState>
          ) : (
            <ol className="divide-y divide-hairline">
              {versions.map((version) => (
                <li key={version.n} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-3 text-sm first:pt-0">
                  <div className="min-w-0 flex-1 basis-48">
                    <p className="break-words">
                      {version.n === 0
                        ? "As it was before"
                        : [...new Set(version.changed.map((field) => NAMES[field]))].join(", ") || "Nothing different"}
                    </p>
                    <p className="text-secondary text-xs">
                      {version.n === 0 ? "" : `${version.by} · `}
                      <RelativeTime date={version.at} />
                    </p>
                  </div>
                  {version.n === n ? (
                    <Badge tone="success">In use</Badge>
                  ) : (
                    <Button
                      size="sm"
                      disabled={disabled}
                      pending={restore.isPending && restore.variables?.to === version.n}
                      onClick={() => restore.mutate({ to: version.n, n })}
                    >
                      Go back to this
                    </Button>
                  )}
                </li>
              ))}
            </ol>
          )
        }
      </QueryView>
    </CardBody>
  );
}
