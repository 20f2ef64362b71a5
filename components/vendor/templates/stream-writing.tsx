"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { ownerWords } from "#components/vendor/templates/direction-words";
import { StreamFold } from "#components/vendor/templates/stream-fold.tsx";
import type { Settings } from "#components/vendor/templates/stream-line.tsx";
import { WaysNote } from "#components/vendor/templates/ways-note.tsx";
import { WriteSettings } from "#components/vendor/templates/write-settings.tsx";
import type { TemplateDetail, TemplateStreamView } from "#server/domains/templates/get-template";
import { waysBack } from "#server/mapping/ways-back";

type WritingProps = {
  template: Pick<TemplateDetail, "id" | "integrationName">;
  stream: TemplateStreamView;
  settings: Settings;
  disabled: boolean;
  onChange: (settings: Settings) => void;
};

function writingWords({ integrationName: name }: WritingProps["template"], stream: TemplateStreamView, settings: Settings): string {
  const { match, owners, deletes } = settings;
  const exceptions = Object.keys(owners?.fields ?? {}).length;
  const last = ownerWords(name)[owners?.default ?? "newest"].toLowerCase();
  return [
    match === null ? "records are not matched" : `matched by ${match}`,
    ...(stream.direction === "two_way" ? [`last word: ${last}${exceptions > 0 ? `, ${exceptions} otherwise` : ""}`] : []),
    deletes === "propagate" ? "deleted there as well" : "what you delete is kept there",
  ].join("; ");
}

function Opened({ template, stream, settings, disabled, onChange }: WritingProps) {
  const trpc = useVendor();
  const of = { templateId: template.id, streamKey: stream.key };
  const query = useQuery(trpc.mappings.editor.queryOptions(of, { staleTime: 60_000 }));
  const view = query.data;
  const ways = useMemo(() => view && waysBack({ fields: (view.draft ?? view.published)?.fields ?? [], spec: view.writing.spec }), [view]);
  if (query.isError) return <FaultState error={query.error} onRetry={() => void query.refetch()} />;
  if (!view || !ways) return <Skeleton className="h-24 w-full" />;
  const { match, owners, deletes } = settings;
  return (
    <>
      <WaysNote
        ways={ways}
        direction={stream.direction}
        name={template.integrationName}
        nameOf={(target) => view.model.fields.find(({ key }) => key === target)?.name ?? target}
      />
      <WriteSettings
        direction={stream.direction}
        name={template.integrationName}
        objectTitle={stream.objectTitle}
        model={view.model.fields}
        ways={ways}
        writing={view.writing}
        wishes={{ match, owners, deletes }}
        disabled={disabled}
        onChange={(wishes) => onChange({ ...settings, ...wishes })}
      />
    </>
  );
}

/** What a stream that writes does there: which fields go back, by what records are matched, who has the last word, what becomes of deleted ones. */
export function StreamWriting(props: WritingProps) {
  return (
    <StreamFold title="Writing" words={writingWords(props.template, props.stream, props.settings)}>
      {() => <Opened {...props} />}
    </StreamFold>
  );
}
