"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { count } from "#components/ui/format";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { ChangeList } from "#components/vendor/mapping/change-list.tsx";
import { fieldFacts } from "#components/vendor/mapping/field-draft";
import { type Content, changesOf, contentOf, NOTHING } from "#components/vendor/mapping/use-mapping-draft";
import type { MappingVersionView } from "#server/domains/mappings/get-mapping-version";
import type { ModelField } from "#server/domains/models/schema";
import type { MappingEditorView } from "#server/trpc/views";

type Samples = MappingEditorView["samples"];

type VersionDialogProps = {
  templateId: string;
  streamKey: string;
  /** Which is open; null = none. */
  version: number | null;
  onClose: () => void;
  model: readonly ModelField[];
  samples: Samples;
  published: Content;
  inUse: number | null;
  onAdopt: ((version: MappingVersionView) => Promise<boolean>) | null;
  replaces: string | null;
};

type DifferenceProps = { before: Content; after: Content; model: readonly ModelField[]; samples: Samples; same: string };

function Difference({ before, after, model, samples, same }: DifferenceProps) {
  const changes = changesOf(before, after);
  if (changes.length === 0) return <p className="text-secondary text-sm">{same}</p>;
  return <ChangeList changes={changes} model={model} before={before} after={after} samples={samples} />;
}

/** How this version fills each field, in words. */
function Whole({ content, model }: { content: Content; model: readonly ModelField[] }) {
  const filled = model.filter(({ key }) => content.fields.has(key));
  return (
    <>
      <p className="mb-2 text-sm">
        {content.filter === null ? "All records are taken." : "Only records where "}
        {content.filter === null ? null : <code className="break-words">{content.filter}</code>}
      </p>
      <dl className="divide-y divide-hairline rounded-md border border-hairline">
        {filled.map(({ key, name }) => (
          <div key={key} className="grid gap-x-3 px-3 py-2 text-sm sm:grid-cols-[minmax(0,140px)_minmax(0,1fr)]">
            <dt className="truncate font-medium">{name}</dt>
            <dd className="break-words text-secondary text-xs sm:pt-0.5">{fieldFacts(content.fields.get(key)).join("; ")}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Opened({
  view,
  model,
  samples,
  published,
  inUse,
}: { view: MappingVersionView } & Pick<VersionDialogProps, "model" | "samples" | "published" | "inUse">) {
  const keys = useMemo(() => new Set(model.map(({ key }) => key)), [model]);
  const own = useMemo(() => contentOf(view, keys), [view, keys]);
  const before = useMemo(() => contentOf(view.before ?? NOTHING, keys), [view.before, keys]);
  const compared = { model, samples };
  const [tab, setTab] = useState("before");
  return (
    <Tabs value={tab} onValueChange={setTab}>
      <TabsList aria-label="What is shown">
        <TabsTrigger value="before">{view.before ? `Against version ${view.before.version}` : "What it brought"}</TabsTrigger>
        {inUse === null || inUse === view.version || inUse === view.before?.version ? null : (
          <TabsTrigger value="use">Against version {inUse}, in use</TabsTrigger>
        )}
        <TabsTrigger value="whole">All {count(own.fields.size, "field")}</TabsTrigger>
      </TabsList>
      <TabsContent value="before" className="pt-3">
        <Difference before={before} after={own} {...compared} same="It says the same as the version before." />
      </TabsContent>
      <TabsContent value="use" className="pt-3">
        <p className="mb-2 text-secondary text-xs">What would change if this version were published again.</p>
        <Difference before={published} after={own} {...compared} same="It says the same as the version in use." />
      </TabsContent>
      <TabsContent value="whole" className="pt-3">
        <Whole content={own} model={model} />
      </TabsContent>
    </Tabs>
  );
}

/** One version: what it changed, how it differs from what is in use, all it says; a draft can be made of it. */
export function VersionDialog({ templateId, streamKey, version, onClose, onAdopt, replaces, ...shown }: VersionDialogProps) {
  const trpc = useVendor();
  const [pending, setPending] = useState(false);
  const query = useQuery(
    trpc.mappings.version.queryOptions({ templateId, streamKey, version: version ?? 1 }, { enabled: version !== null, staleTime: 0 }),
  );
  const view = query.data?.version === version ? query.data : undefined;
  const adopt = async () => {
    if (!view || !onAdopt) return;
    setPending(true);
    const made = await onAdopt(view);
    setPending(false);
    if (made) onClose();
  };
  const mayAdopt = onAdopt !== null && view !== undefined && view.status !== "draft" && view.version !== shown.inUse;
  return (
    <Dialog
      open={version !== null}
      onOpenChange={(open) => !open && onClose()}
      title={`Version ${version ?? ""}`}
      description={
        view ? (
          <>
            {view.createdBy ? `${view.createdBy}, ` : ""}
            <RelativeTime date={view.publishedAt ?? view.createdAt} />
          </>
        ) : undefined
      }
      className="max-w-[600px]"
      footer={
        <>
          {mayAdopt && replaces !== null ? <p className="me-auto self-center text-warning-text text-xs">{replaces}</p> : null}
          <Button onClick={onClose}>Close</Button>
          {mayAdopt ? (
            <Button variant="primary" pending={pending} onClick={() => void adopt()}>
              Make a draft of this
            </Button>
          ) : null}
        </>
      }
    >
      {view ? (
        <Opened key={view.id} view={view} {...shown} />
      ) : query.isError ? (
        <FaultState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <div className="flex flex-col gap-3" aria-busy="true">
          <Skeleton className="w-56" />
          <Skeleton className="w-80 max-w-full" />
        </div>
      )}
    </Dialog>
  );
}
