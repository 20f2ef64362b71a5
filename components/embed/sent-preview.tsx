"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Card } from "#components/ui/card.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useSettled } from "#components/ui/use-settled";
import type { WritesPreview } from "#server/domains/dry-runs/preview-writes";
import type { AdaptStream } from "#server/domains/overrides/schema";
import type { StreamChosen } from "#server/domains/templates/offers";
import { useSay } from "./language.tsx";
import { type Edits, wishesOf } from "./mapping-draft";
import { shown } from "./mapping-outcome";
import { StatusLine } from "./parts.tsx";
import { sayFault } from "./say-fault";

type Names = { integrationName: string; vendorName: string };

function Sample({ preview, stream, ...names }: { preview: WritesPreview; stream: AdaptStream } & Names) {
  const say = useSay();
  const [chosen, setChosen] = useState(0);
  const [name, vendor] = [names.integrationName, names.vendorName];
  const titles = new Map(stream.sourceFields.map(({ path, title }) => [path, title]));
  const own = new Map(stream.model.fields.map((field) => [field.key, field.name]));
  const at = Math.min(chosen, preview.samples.length - 1);
  const sample = preview.samples[at];
  if (!sample) return <p className="px-4 py-3 text-secondary text-sm">{say("sent.no_sample")}</p>;
  const kept = preview.readOnly.flatMap(({ target }) => own.get(target) ?? []);
  return (
    <>
      {sample.made ? (
        <p className="border-hairline border-b px-4 py-2 text-secondary text-xs">{say("sent.example", { name, vendor })}</p>
      ) : (
        <div className="border-hairline border-b px-4 py-3">
          <Select
            aria-label={say("sent.pick", { vendor })}
            className="h-9 text-sm"
            value={String(at)}
            onChange={(value) => setChosen(Number(value))}
            options={preview.samples.map(({ label }, index) => ({ value: String(index), label }))}
          />
        </div>
      )}
      <dl className="max-h-80 divide-y divide-hairline overflow-y-auto px-4 py-1.5">
        {sample.fields.map(({ target, path, theirs, fault }) => (
          <div key={path} className="flex items-baseline gap-3 py-1.5 text-sm">
            <dt className="w-28 shrink-0 truncate text-secondary text-xs" title={own.get(target) ?? target}>
              {titles.get(path) ?? path}
            </dt>
            <dd className="min-w-0 flex-1">
              {fault ? (
                <span className="text-danger-text">{say("sent.misfit")}</span>
              ) : (
                <bdi className="break-words">{shown(theirs, say)}</bdi>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {kept.length > 0 || preview.unfilled.length > 0 ? (
        <div className="space-y-1 border-hairline border-t px-4 py-2 text-secondary text-xs">
          {kept.length > 0 ? <p>{say("sent.not", { fields: say.list(kept) })}</p> : null}
          {preview.unfilled.length > 0 ? (
            <p>{say("sent.needs", { name, fields: say.list(preview.unfilled.map(({ title }) => title)) })}</p>
          ) : null}
        </div>
      ) : null}
    </>
  );
}

type SentProps = Names & { connectionId: string; templateId: string; stream: AdaptStream; edits: Edits; chosen: StreamChosen };

/** A record of the customer's with the vendor, as it is sent to their account with the changes on the screen. Nothing of a stream that only reads. */
export function SentPreview(props: SentProps) {
  return props.stream.direction === "pull" ? null : <Shown {...props} />;
}

function Shown({ connectionId, templateId, stream, edits, chosen, ...names }: SentProps) {
  const say = useSay();
  const trpc = useEmbed();
  const settled = useSettled(edits);
  const wish = { connectionId, templateId, streamKey: stream.key, fields: wishesOf(stream, settled), chosen };
  const query = useQuery(
    trpc.dryRuns.previewWrites.queryOptions(wish, { placeholderData: keepPreviousData, staleTime: 5_000, retry: false }),
  );
  const title = say("sent.as", { name: names.integrationName });
  const fault = query.error ? sayFault(query.error, say) : null;
  return (
    <Card className="overflow-hidden">
      <section aria-label={title}>
        <h3 className="border-hairline border-b px-4 py-3 font-semibold text-sm">{title}</h3>
        {fault ? (
          <div role="alert" className="px-4 py-3">
            <StatusLine tone="bad">{fault.detail ?? fault.text}</StatusLine>
          </div>
        ) : query.data ? (
          <Sample preview={query.data} stream={stream} {...names} />
        ) : (
          <div className="space-y-3 px-4 py-4" aria-busy="true">
            <Skeleton className="w-40" />
            <Skeleton className="w-28" />
          </div>
        )}
      </section>
    </Card>
  );
}
