"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { cn } from "#components/cn";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Card } from "#components/ui/card.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useSettled } from "#components/ui/use-settled";
import { toFields } from "#components/vendor/mapping/field-draft";
import { show } from "#components/vendor/mapping/mapping-row.tsx";
import type { Content } from "#components/vendor/mapping/use-mapping-draft";
import type { WritesPreview } from "#server/domains/dry-runs/preview-writes";
import type { MappingEditorView } from "#server/trpc/views";

type Samples = WritesPreview["samples"];

function Lines({ sample, view }: { sample: Samples[number]; view: MappingEditorView }) {
  const titles = new Map(view.sourceFields.map(({ path, title }) => [path, title]));
  const own = new Map(view.model.fields.map((field) => [field.key, field.name]));
  return (
    <dl className="divide-y divide-hairline px-4 pt-1.5 pb-3">
      {sample.fields.map(({ target, path, ours, theirs, fault }) => (
        <div key={path} className="flex items-baseline gap-3 py-1.5 text-sm">
          <dt className="w-28 shrink-0 truncate text-secondary text-xs" title={`${path}, from ${own.get(target) ?? target}`}>
            {titles.get(path) ?? path}
          </dt>
          <dd className="min-w-0 flex-1">
            {fault ? (
              <span className="break-words text-danger-text">{fault.message}</span>
            ) : (
              <>
                <span className={cn("break-words", show(theirs) === "empty" && "text-subtle")}>{show(theirs)}</span>
                {show(theirs) === show(ours) || show(theirs) === "empty" ? null : (
                  <span className="block truncate text-subtle text-xs">with you: {show(ours)}</span>
                )}
              </>
            )}
          </dd>
        </div>
      ))}
      {sample.fields.length === 0 ? <p className="py-1.5 text-secondary text-sm">No field of the mapping goes back yet.</p> : null}
    </dl>
  );
}

type SentProps = {
  view: MappingEditorView;
  of: { templateId: string; streamKey: string };
  connectionId: string | null;
  content: Content;
  /** Who may look at records. */
  may: boolean;
  /** Whose records they are, to choose; null where that is chosen above. */
  chooser: ReactNode;
  bare?: boolean;
};

/** What is sent of the record that is shown, why not, or that there is none. */
function Body({
  sample,
  said,
  isPending,
  view,
}: {
  sample: Samples[number] | undefined;
  said: string | null;
  isPending: boolean;
  view: MappingEditorView;
}) {
  if (said !== null) {
    return (
      <p role="alert" className="px-4 py-3 text-danger-text text-sm">
        {said}
      </p>
    );
  }
  if (sample) return <Lines sample={sample} view={view} />;
  if (isPending) {
    return (
      <div className="flex flex-col gap-3 px-4 py-4" aria-busy="true">
        <Skeleton className="w-40" />
        <Skeleton className="w-28" />
      </div>
    );
  }
  return (
    <p className="px-4 py-3 text-secondary text-sm">There is no record to show this on yet. Send one of your own, or connect an account.</p>
  );
}

function wordsOf(error: unknown): string {
  const fault = faultOf(error);
  return (fault.fields && Object.values(fault.fields)[0]?.[0]) ?? fault.detail ?? fault.text;
}

/** A record of the vendor's own as it is sent to the third party by the mapping on the screen: by the way back that pushes go. */
export function SentPreview({ view, of, connectionId, content, may, chooser, bare = false }: SentProps) {
  const trpc = useVendor();
  const [chosen, setChosen] = useState(0);
  const { fields, choices } = useSettled(content);
  const tried = { ...of, ...(connectionId === null ? {} : { connectionId }), fields: toFields(fields, view.model.fields), choices };
  const query = useQuery(
    trpc.dryRuns.previewDraftWrites.queryOptions(tried, {
      enabled: may,
      placeholderData: keepPreviousData,
      staleTime: 5_000,
      retry: false,
    }),
  );
  if (!may) return chooser === null ? null : <Card className="px-4 py-3">{chooser}</Card>;
  const samples = query.data?.samples ?? [];
  const at = Math.min(chosen, Math.max(0, samples.length - 1));
  const sample = samples[at];
  return (
    <Card className={cn("overflow-hidden", bare && "rounded-none border-0")}>
      <section aria-label={`What is sent to ${view.integrationName}`}>
        <div className="border-hairline border-b px-4 py-3">
          <h2 className="font-semibold text-base">What is sent to {view.integrationName}</h2>
          {chooser === null ? null : <div className="mt-2">{chooser}</div>}
          {sample?.made === false ? (
            <Select
              aria-label="Record of yours"
              className="mt-2 text-sm"
              value={String(at)}
              onChange={(value) => setChosen(Number(value))}
              options={samples.map(({ label }, index) => ({ value: String(index), label }))}
            />
          ) : null}
          {sample?.made ? (
            <p className="mt-1 text-secondary text-xs">
              You have sent no own records yet: this is one made of a record of {view.integrationName}, sent back.
            </p>
          ) : null}
        </div>
        <Body sample={sample} said={query.error ? wordsOf(query.error) : null} isPending={query.isPending} view={view} />
      </section>
    </Card>
  );
}
