"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { count } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { changedFields, type Draft, resultOf, toDraft, toFields } from "#components/vendor/mapping/field-draft";
import { MappingHistory } from "#components/vendor/mapping/mapping-history.tsx";
import { MappingPreview } from "#components/vendor/mapping/mapping-preview.tsx";
import { MappingRow } from "#components/vendor/mapping/mapping-row.tsx";
import { PublishDialog } from "#components/vendor/mapping/publish-dialog.tsx";
import { sourceOptions } from "#components/vendor/mapping/source-picker.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { ModelField } from "#server/domains/models/schema";
import type { FieldMapping } from "#server/mapping/schema";
import type { MappingEditorView } from "#server/trpc/views";

type Of = { templateId: string; streamKey: string };

/** Saving, discarding and publishing, each with its words. */
function useMappingActions(of: Of) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const stale = async () => {
    await Promise.all([cache.invalidateQueries(trpc.mappings.pathFilter()), cache.invalidateQueries(trpc.templates.pathFilter())]);
  };
  const failed = (title: string) => (error: unknown) => {
    const fault = faultOf(error);
    const field = fault.fields ? Object.values(fault.fields)[0]?.[0] : undefined;
    toast.error(title, { description: field ?? fault.detail ?? fault.text });
  };
  const save = useMutation(trpc.mappings.saveDraft.mutationOptions({ onSuccess: stale, onError: failed("The draft was not saved") }));
  const discard = useMutation(
    trpc.mappings.discardDraft.mutationOptions({ onSuccess: stale, onError: failed("The draft was not discarded") }),
  );
  const publish = useMutation(
    trpc.mappings.publish.mutationOptions({
      onSuccess: async ({ version, streams }) => {
        await stale();
        toast.success(`Version ${version} is in use`, {
          description:
            streams > 0
              ? `${count(streams, "stream is", "streams are")} being re-mapped from stored data.`
              : "It is used from the first sync on.",
        });
      },
      onError: failed("The mapping was not published"),
    }),
  );
  return { ...of, save, discard, publish };
}

/** Asks before the tab is closed with changes that are only on screen. */
function useLeaveGuard(dirty: boolean) {
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [dirty]);
}

function stateWords(view: MappingEditorView, dirty: boolean, changes: number): string {
  const base = view.published ? `Version ${view.published.version} is in use` : "Nothing is published yet";
  if (dirty) return `${base}; you have changes that are not saved.`;
  if (view.draft && changes > 0) return `${base}; a draft with ${count(changes, "changed field")} waits to be published.`;
  return `${base}.`;
}

function Editor({ view, of }: { view: MappingEditorView; of: Of }) {
  const may = useMay("developer");
  const { save, discard, publish } = useMappingActions(of);
  const published = useMemo(() => toDraft(view.published?.fields ?? []), [view.published]);
  const stored = useMemo(() => (view.draft ? toDraft(view.draft.fields) : published), [view.draft, published]);
  const [edits, setEdits] = useState<Draft | null>(null);
  const [chosen, setChosen] = useState(0);
  const [publishing, setPublishing] = useState(false);
  const draft = edits ?? stored;
  const changes = changedFields(published, draft);
  const dirty = edits !== null && changedFields(stored, edits).length > 0;
  useLeaveGuard(dirty);

  const options = useMemo(() => sourceOptions(view.sourceFields), [view.sourceFields]);
  const model = useMemo(() => {
    const needed = (field: ModelField) => Number(field.required || published.get(field.key)?.required === true);
    return [...view.model.fields].sort((a, b) => needed(b) - needed(a));
  }, [view.model.fields, published]);
  const sample = view.samples[chosen]?.source;
  const missing = model.filter((field) => field.required && !draft.has(field.key));
  const faults = model.filter((field) => resultOf(draft.get(field.key), field, sample).state === "fault").length;
  const change = useCallback(
    (key: string, field: FieldMapping | undefined) =>
      setEdits((before) => {
        const next = new Map(before ?? stored);
        if (field) next.set(key, field);
        else next.delete(key);
        return next;
      }),
    [stored],
  );
  const fields = () => toFields(draft, view.model.fields);
  const saveDraft = () =>
    save.mutate(
      { ...of, fields: fields() },
      {
        onSuccess: () => {
          setEdits(null);
          toast.success("Draft saved", { description: "Nothing changes for customers until it is published." });
        },
      },
    );
  const discardAll = async () => {
    setEdits(null);
    if (view.draft) await discard.mutateAsync(of).catch(() => undefined);
  };
  const publishAll = async () => {
    if (save.isPending || publish.isPending) return; // the second click of a double click
    try {
      if (dirty) await save.mutateAsync({ ...of, fields: fields() });
      await publish.mutateAsync(of);
      setEdits(null);
    } catch {
      // said by the mutation itself
    }
    setPublishing(false);
  };

  return (
    <>
      <PageHeader
        back={{ href: "/templates", label: "Templates" }}
        title={`${view.templateName}: ${view.streamLabel.toLowerCase()}`}
        description={stateWords(view, dirty, changes.length)}
        actions={
          may ? (
            <>
              <Button variant="ghost" disabled={!dirty && !view.draft} pending={discard.isPending} onClick={() => void discardAll()}>
                Discard
              </Button>
              <Button disabled={!dirty} pending={save.isPending && !publishing} onClick={saveDraft}>
                Save draft
              </Button>
              <Button variant="primary" disabled={changes.length === 0 || missing.length > 0} onClick={() => setPublishing(true)}>
                Publish
              </Button>
            </>
          ) : null
        }
      />
      <div className="grid grid-cols-1 items-start gap-6 xl:grid-cols-[minmax(0,1fr)_368px]">
        <Card>
          <CardHeader
            title={`${view.model.name}, your model`}
            description={
              faults > 0 ? (
                <span className="text-danger-text">{count(faults, "field does", "fields do")} not work out on this sample.</span>
              ) : (
                `${count(draft.size, "field")} of ${model.length} filled. Each line shows what the chosen sample becomes.`
              )
            }
          />
          <ul className="divide-y divide-hairline">
            {model.map((field) => (
              <MappingRow
                key={field.key}
                model={field}
                field={draft.get(field.key)}
                sample={sample}
                options={options}
                sourceFields={view.sourceFields}
                changed={changes.includes(field.key)}
                disabled={!may}
                onChange={change}
              />
            ))}
          </ul>
        </Card>
        <div className="flex flex-col gap-6 xl:sticky xl:top-8">
          <MappingPreview draft={draft} published={published} model={model} samples={view.samples} chosen={chosen} onChoose={setChosen} />
          <MappingHistory {...of} />
        </div>
      </div>
      <PublishDialog
        open={publishing}
        onClose={() => setPublishing(false)}
        onPublish={() => void publishAll()}
        pending={publish.isPending || save.isPending}
        view={view}
        changes={changes}
        draft={draft}
        published={published}
      />
    </>
  );
}

export function MappingEditor({ templateId, streamKey }: Of) {
  const trpc = useVendor();
  const query = useQuery(trpc.mappings.editor.queryOptions({ templateId, streamKey }, { staleTime: 60_000, refetchOnWindowFocus: false }));
  return (
    <QueryView query={query} skeleton={<EditorSkeleton />} back={{ href: "/templates", label: "All templates" }}>
      {(view) => <Editor view={view} of={{ templateId, streamKey }} />}
    </QueryView>
  );
}

function EditorSkeleton() {
  return (
    <>
      <div className="mb-6 flex flex-col gap-3">
        <Skeleton className="w-20" />
        <Skeleton className="h-6 w-72" />
        <Skeleton className="w-96 max-w-full" />
      </div>
      <div className="grid grid-cols-1 gap-6 xl:grid-cols-[minmax(0,1fr)_368px]">
        <Card className="h-[640px]" />
        <Card className="h-96" />
      </div>
    </>
  );
}
