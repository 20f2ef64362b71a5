"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { cn } from "#components/cn";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { RunId } from "#server/lib/ids";
import type { RunRecord } from "#server/trpc/views/lineage";
import { useSay } from "./language.tsx";
import { ScreenFault } from "./parts.tsx";
import { RecordLineage } from "./record-lineage.tsx";

const OPS = { created: "activity.new", updated: "activity.updated", deleted: "lineage.deleted" } as const;

function Item({ record, streamId, vendorName }: { record: RunRecord; streamId: string; vendorName: string }) {
  const say = useSay();
  const id = useId();
  const [open, setOpen] = useState(false);
  const { what, op, externalId, ownId, isThere } = record;
  const line = (
    <>
      <bdi className="min-w-0 flex-1 truncate text-start">{what || ownId || externalId}</bdi>
      <span className="shrink-0 text-secondary text-xs">{say(OPS[op])}</span>
    </>
  );
  if (!isThere) return <li className="flex items-center gap-2 py-1.5 ps-6 text-secondary text-sm">{line}</li>;
  const which = ownId === null ? { streamId, externalId } : { streamId, ownId };
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        className="flex w-full items-center gap-2 rounded-sm py-1.5 text-sm hover:bg-hover"
      >
        <ChevronRight aria-hidden="true" className={cn("size-4 shrink-0 text-secondary", open ? "rotate-90" : "rtl:rotate-180")} />
        {line}
      </button>
      <div id={id} className="ps-6">
        {open ? <RecordLineage which={which} vendorName={vendorName} /> : null}
      </div>
    </li>
  );
}

/** The records that a run made, changed, deleted or wrote, each to be opened. */
export function RunRecords({ runId, vendorName }: { runId: string; vendorName: string }) {
  const say = useSay();
  const trpc = useEmbed();
  const query = useInfiniteQuery(
    trpc.records.ofRun.infiniteQueryOptions({ runId: runId as RunId, limit: 20 }, { getNextPageParam: (page) => page.next ?? undefined }),
  );
  if (query.isPending) return <Skeleton className="ms-6 mt-3 h-12 rounded-md" />;
  if (query.isError && !query.data) return <ScreenFault error={query.error} retry={() => void query.refetch()} />;
  const pages = query.data.pages;
  const items = pages.flatMap(({ streamId, items: records }) => records.map((record) => ({ streamId, record })));
  if (items.length === 0) return <p className="mt-3 ps-6 text-secondary text-sm">{say("lineage.not_kept")}</p>;
  return (
    <section className="mt-3 ps-6" aria-label={say("lineage.records")}>
      <h3 className="text-secondary text-xs">{say("lineage.records")}</h3>
      <ul className="mt-1 divide-y divide-hairline">
        {items.map(({ streamId, record }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a record may come twice in a run, and the list only grows
          <Item key={`${record.externalId} ${index}`} {...{ record, streamId, vendorName }} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button variant="link" size="sm" pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {say("differ.more")}
        </Button>
      ) : null}
    </section>
  );
}
