"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { BreakingList } from "#components/vendor/connectors/changes-view.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { VersionDetail } from "#server/domains/connectors/list-versions";

/** What is lost by publishing, asked when the dialog opens. */
function Losses({ row }: { row: VersionDetail }) {
  const trpc = useVendor();
  const query = useQuery(trpc.connectors.compare.queryOptions({ key: row.key, to: row.version }));
  return (
    <QueryView query={query} skeleton={<Skeleton className="h-16 w-full" />}>
      {({ breaking, from }) =>
        breaking.length === 0 ? (
          <p>Integrations that follow the newest version go on with it within seconds.</p>
        ) : (
          <>
            <p>Against version {from} it takes something away. Integrations that follow go on with it all the same:</p>
            <BreakingList breaking={breaking} />
          </>
        )
      }
    </QueryView>
  );
}

/** Publish a draft, or retire what is published; each asks first. */
export function VersionActions({ row }: { row: VersionDetail }) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const may = useMay("admin");
  const [asking, setAsking] = useState<"publish" | "retire" | null>(null);
  const done = (words: string) => () => {
    void cache.invalidateQueries(trpc.connectors.pathFilter());
    setAsking(null);
    toast.success(words);
  };
  const onError = (error: unknown) => {
    const fault = faultOf(error);
    setAsking(null);
    toast.error("Not done", { description: fault.detail ?? fault.text });
  };
  const publish = useMutation(trpc.connectors.publish.mutationOptions({ onSuccess: done(`Version ${row.version} is published`), onError }));
  const retire = useMutation(trpc.connectors.retire.mutationOptions({ onSuccess: done(`Version ${row.version} is retired`), onError }));
  const { key, version } = row;
  return (
    <>
      {row.status === "published" ? (
        <Button disabled={!may} onClick={() => setAsking("retire")}>
          Retire
        </Button>
      ) : null}
      {row.status === "draft" ? (
        <Button variant="primary" disabled={!may} onClick={() => setAsking("publish")}>
          Publish
        </Button>
      ) : null}
      <ConfirmDialog
        open={asking === "publish"}
        onOpenChange={(open) => !open && setAsking(null)}
        title={`Publish version ${version}?`}
        action={`Publish version ${version}`}
        tone="primary"
        pending={publish.isPending}
        onConfirm={() => publish.mutate({ key, version, acceptBreaking: true })}
      >
        <Losses row={row} />
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === "retire"}
        onOpenChange={(open) => !open && setAsking(null)}
        title={`Retire version ${version}?`}
        action={`Retire version ${version}`}
        pending={retire.isPending}
        onConfirm={() => retire.mutate({ key, version })}
      >
        <p>Integrations that follow go back to the newest version still published. One that others stay with cannot be retired.</p>
      </ConfirmDialog>
    </>
  );
}
