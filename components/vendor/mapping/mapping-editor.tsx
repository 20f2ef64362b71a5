"use client";

import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { toast } from "sonner";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { count } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { LeaveGuard } from "#components/vendor/leave-guard.tsx";
import { changedFields, type Draft, resultOf, toDraft, toFields } from "#components/vendor/mapping/field-draft";
import { type Issue, issuesOf } from "#components/vendor/mapping/field-issues";
import { MappingHistory } from "#components/vendor/mapping/mapping-history.tsx";
import { MappingPreview } from "#components/vendor/mapping/mapping-preview.tsx";
import { MappingRow } from "#components/vendor/mapping/mapping-row.tsx";
import { PublishDialog } from "#components/vendor/mapping/publish-dialog.tsx";
import { sourceOptions } from "#components/vendor/mapping/source-picker.tsx";
import { refusedFields, useMappingActions } from "#components/vendor/mapping/use-mapping-actions";
import { QueryView } from "#components/vendor/query-view.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { ModelField } from "#server/domains/models/schema";
import { loadExpressions } from "#server/mapping/expression-slot";
import type { FieldMapping } from "#server/mapping/schema";
import type { MappingEditorView } from "#server/trpc/views";

type Of = { templateId: string; streamKey: string };

function stateWords(view: MappingEditorView, dirty: boolean, changes: number): string {
  const base = view.published ? `Version ${view.published.version} is in use` : "Nothing is published yet";
  if (dirty) return `${base}; you have changes that are not saved.`;
  if (view.draft && changes > 0) return `${base}; a draft with ${count(changes, "changed field")} waits to be published.`;
  return `${base}.`;
}

/** Expressions are compiled in the browser too, by the same code; their language is loaded beside the page. */
function useExpressions(): boolean {
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let gone = false;
    void loadExpressions().then(() => !gone && setReady(true));
    return () => {
      gone = true;
    };
  }, []);
  return ready;
}

/** The mapping as it is on screen, what of it is not stored, and what is wrong with it. */
function useDraft(view: MappingEditorView) {
  const expressionsReady = useExpressions();
  const published = useMemo(() => toDraft(view.published?.fields ?? []), [view.published]);
  const stored = useMemo(() => (view.draft ? toDraft(view.draft.fields) : published), [view.draft, published]);
  const [edits, setEdits] = useState<Draft | null>(null);
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map());
  const draft = edits ?? stored;
  const dirty = edits !== null && changedFields(stored, edits).length > 0;
  const model = useMemo(() => {
    const needed = (field: ModelField) => Number(field.required || published.get(field.key)?.required === true);
    return [...view.model.fields].sort((a, b) => needed(b) - needed(a));
  }, [view.model.fields, published]);
  const samples = useMemo(() => view.samples.map(({ source }) => source), [view.samples]);
  const known = useMemo(
    () => ({ paths: new Set(view.sourceFields.map(({ path }) => path)), samples, expressionsReady }),
    [view.sourceFields, samples, expressionsReady],
  );
  const issues = useMemo(() => issuesOf(draft, model, known, published), [draft, model, known, published]);
  const change = useCallback(
    (key: string, field: FieldMapping | undefined) => {
      setRefused((before) => new Map([...before].filter(([refusedKey]) => refusedKey !== key)));
      setEdits((before) => {
        const next = new Map(before ?? stored);
        if (field) next.set(key, field);
        else next.delete(key);
        return next;
      });
    },
    [stored],
  );
  return { draft, published, dirty, model, samples, issues, refused, setRefused, change, drop: () => setEdits(null), expressionsReady };
}

function Editor({ view, of }: { view: MappingEditorView; of: Of }) {
  const may = useMay("developer");
  const { save, discard, publish } = useMappingActions();
  const { draft, published, dirty, model, samples, issues, refused, setRefused, change, drop, expressionsReady } = useDraft(view);
  const [chosen, setChosen] = useState(0);
  const [publishing, setPublishing] = useState(false);
  // Rows hold what is half typed; a new number makes them start again from the mapping.
  const [round, setRound] = useState(0);
  const changes = changedFields(published, draft);
  const options = useMemo(() => sourceOptions(view.sourceFields), [view.sourceFields]);
  const sample = samples[chosen];
  const faults = model.filter((field) => resultOf(draft.get(field.key), field, sample).state === "fault").length;
  const fields = () => toFields(draft, view.model.fields);

  /** Leads to the first field that stands in the way; false when one does. */
  const isClear = (title: string, stops: (issue: Issue) => boolean): boolean => {
    const field = model.find(({ key }) => {
      const issue = issues.get(key);
      return issue !== undefined && stops(issue);
    });
    if (!field) return true;
    toast.error(title, { description: `${field.name}: ${issues.get(field.key)?.message ?? ""} Your changes are still here.` });
    const row = document.querySelector(`[data-field="${CSS.escape(field.key)}"]`);
    row?.scrollIntoView({ block: "center" });
    row?.querySelector<HTMLElement>("[aria-invalid]")?.focus({ preventScroll: true });
    return false;
  };
  const store = async (): Promise<boolean> => {
    if (!isClear("The draft was not saved", (issue) => issue.blocks === "save")) return false;
    try {
      await save.mutateAsync({ ...of, fields: fields() });
      drop();
      return true;
    } catch (error) {
      setRefused(refusedFields(error, fields()));
      return false;
    }
  };
  const saveDraft = async () => {
    if (await store()) toast.success("Draft saved", { description: "Nothing changes for customers until it is published." });
  };
  const discardAll = async () => {
    drop();
    setRound(round + 1);
    if (view.draft) await discard.mutateAsync(of).catch(() => undefined);
  };
  const publishAll = async () => {
    if (save.isPending || publish.isPending) return; // the second click of a double click
    if (!dirty || (await store())) await publish.mutateAsync(of).catch((error: unknown) => setRefused(refusedFields(error, fields())));
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
              <Button disabled={!dirty} pending={save.isPending && !publishing} onClick={() => void saveDraft()}>
                Save draft
              </Button>
              <Button
                variant="primary"
                disabled={changes.length === 0}
                onClick={() => isClear("The mapping was not published", () => true) && setPublishing(true)}
              >
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
                key={`${round}:${field.key}`}
                model={field}
                field={draft.get(field.key)}
                sample={sample}
                samples={samples}
                options={options}
                sourceFields={view.sourceFields}
                changed={changes.includes(field.key)}
                issue={issues.get(field.key)?.message ?? refused.get(field.key) ?? null}
                ready={expressionsReady}
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
      <LeaveGuard dirty={dirty} onSave={store} saveLabel="Save draft and leave">
        {`${count(changes.length, "changed field")} of this mapping would be lost. A draft changes nothing for customers.`}
      </LeaveGuard>
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
