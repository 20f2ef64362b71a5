"use client";

import { useQuery } from "@tanstack/react-query";
import { Braces, FileJson, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardFooter, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { count } from "#components/ui/format";
import { Input, Textarea } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { LeaveGuard } from "#components/vendor/leave-guard.tsx";
import { ChangesDialog } from "#components/vendor/models/changes-dialog.tsx";
import { modelKeyFromName, rowOf, rowsOf, withMissing } from "#components/vendor/models/field-rows";
import { FieldTable } from "#components/vendor/models/field-table.tsx";
import { ImportDialog, type ImportFrom } from "#components/vendor/models/import-dialog.tsx";
import { ModelAside } from "#components/vendor/models/model-aside.tsx";
import { type Head, MODEL_KEY, type Saving, useModelDraft, useSaving } from "#components/vendor/models/use-model-draft";
import { QueryView } from "#components/vendor/query-view.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { ModelDetail } from "#server/domains/models/get-model";

const BACK = { href: "/models", label: "Models" };
const BLANK = { key: "", name: "", type: "string" as const, required: false };

type HeadProps = { head: Head; isNew: boolean; disabled: boolean; tried: boolean; onChange: (head: Head) => void };

function HeadFields({ head, isNew, disabled, tried, onChange }: HeadProps) {
  const rename = (name: string) => {
    const follows = isNew && head.key === modelKeyFromName(head.name);
    onChange({ ...head, name, ...(follows ? { key: modelKeyFromName(name) } : {}) });
  };
  const keyFault = MODEL_KEY.test(head.key) ? null : "Small letters, digits and _, starting with a letter.";
  return (
    <CardBody className="grid gap-4 sm:grid-cols-2">
      <Field label="Name" error={tried && head.name.trim() === "" ? "Give the model a name." : null}>
        <Input value={head.name} disabled={disabled} maxLength={100} placeholder="Order" onChange={({ target }) => rename(target.value)} />
      </Field>
      <Field
        label="Key"
        hint={
          isNew ? "How templates, records and the API call it. It cannot be changed later." : "How templates, records and the API call it."
        }
        error={isNew && (tried || head.key !== "") ? keyFault : null}
      >
        <Input
          value={head.key}
          readOnly={!isNew}
          disabled={disabled}
          maxLength={60}
          placeholder="order"
          spellCheck={false}
          className="font-mono text-[12.5px]"
          onChange={({ target }) => onChange({ ...head, key: target.value })}
        />
      </Field>
      <Field label="Description" optional className="sm:col-span-2">
        <Textarea
          value={head.description}
          disabled={disabled}
          maxLength={500}
          className="min-h-14"
          onChange={({ target }) => onChange({ ...head, description: target.value })}
        />
      </Field>
    </CardBody>
  );
}

function WaysIn({
  onSample,
  onSchema,
  onAdd,
  disabled,
}: {
  onSample: () => void;
  onSchema: () => void;
  onAdd: () => void;
  disabled: boolean;
}) {
  return (
    <>
      <Button size="sm" disabled={disabled} onClick={onSample}>
        <Braces aria-hidden="true" /> From a sample
      </Button>
      <Button size="sm" disabled={disabled} onClick={onSchema}>
        <FileJson aria-hidden="true" /> From JSON Schema
      </Button>
      <Button size="sm" disabled={disabled} onClick={onAdd}>
        <Plus aria-hidden="true" /> Add field
      </Button>
    </>
  );
}

function Actions({ model, saving, dirty }: { model: ModelDetail | null; saving: Saving; dirty: boolean }) {
  const { archive, preview, save, changes, saveOrAsk } = saving;
  return (
    <>
      {model ? (
        <Button variant="ghost" pending={archive.isPending} onClick={() => archive.mutate({ key: model.key, archived: !model.archivedAt })}>
          {model.archivedAt ? "Restore" : "Archive"}
        </Button>
      ) : null}
      <Button
        variant="primary"
        disabled={!dirty}
        pending={preview.isPending || (save.isPending && !changes)}
        onClick={() => void saveOrAsk()}
      >
        {model ? "Save" : "Create model"}
      </Button>
    </>
  );
}

function Title({ model }: { model: ModelDetail | null }) {
  if (!model) return "New model";
  return (
    <>
      {model.name} {model.archivedAt ? <Badge>Archived</Badge> : null}
    </>
  );
}

function Editor({ model }: { model: ModelDetail | null }) {
  const trpc = useVendor();
  const may = useMay("developer");
  const draft = useModelDraft(model);
  const saving = useSaving(model, draft);
  const { tried, changes } = saving;
  const [importing, setImporting] = useState<ImportFrom | null>(null);
  const models = useQuery(trpc.models.list.queryOptions(undefined, { staleTime: 60_000 })).data ?? [];
  const { head, rows } = draft;
  const ways = (
    <WaysIn
      disabled={!may}
      onSample={() => setImporting("sample")}
      onSchema={() => setImporting("schema")}
      onAdd={() => draft.setRows((before) => [...before, rowOf(BLANK)])}
    />
  );

  return (
    <>
      <PageHeader
        back={BACK}
        title={<Title model={model} />}
        description={model ? stateWords(model, draft.dirty) : "An object of your own product that records are mapped into."}
        actions={may ? <Actions model={model} saving={saving} dirty={draft.dirty} /> : null}
      />
      <div className="flex flex-col gap-6">
        <Card>
          <HeadFields head={head} isNew={!model} disabled={!may} tried={tried} onChange={draft.setHead} />
        </Card>
        <Card>
          <CardHeader title="Fields" {...(rows.length > 0 ? { description: count(rows.length, "field") } : {})} />
          {rows.length === 0 ? (
            <EmptyState title="No fields yet" action={<div className="flex flex-wrap justify-center gap-2">{ways}</div>}>
              {tried ? <span className="text-danger-text">A model has at least one field. </span> : null}
              Paste a record of yours or its JSON Schema, or add the fields one by one.
            </EmptyState>
          ) : (
            <>
              <FieldTable
                rows={rows}
                stored={draft.known}
                problems={draft.problems}
                models={models}
                disabled={!may}
                actions={draft.actions}
                hand={draft.hand}
                onHand={draft.setHand}
              />
              <CardFooter className="flex-wrap justify-start">{ways}</CardFooter>
            </>
          )}
        </Card>
        {model ? <ModelAside model={model} onAdopt={may ? draft.adopt : null} /> : null}
      </div>
      {importing ? (
        <ImportDialog
          from={importing}
          hasFields={rows.length > 0}
          onClose={() => setImporting(null)}
          onReplace={(fields) => draft.setRows(rowsOf(fields))}
          onAdd={(fields) => draft.setRows((before) => withMissing(before, fields))}
        />
      ) : null}
      {changes ? (
        <ChangesDialog
          changes={changes}
          version={(model?.version ?? 0) + 1}
          pending={saving.save.isPending}
          onClose={() => saving.setChanges(null)}
          onSave={() => void saving.store(true)}
        />
      ) : null}
      <LeaveGuard dirty={draft.dirty && !saving.saved} onSave={saving.saveOrAsk} saveLabel="Save and leave">
        What you changed of this model would be lost.
      </LeaveGuard>
    </>
  );
}

function stateWords(model: ModelDetail, dirty: boolean): ReactNode {
  const uses = new Set(model.usedBy.map(({ templateId }) => templateId)).size;
  const base = `Version ${model.version}, ${uses === 0 ? "filled by no template yet" : `filled by ${count(uses, "template")}`}`;
  return dirty ? `${base}; you have changes that are not saved.` : `${base}.`;
}

function EditorSkeleton() {
  return (
    <>
      <div className="mb-6 flex flex-col gap-3">
        <Skeleton className="h-6 w-56" />
        <Skeleton className="w-80 max-w-full" />
      </div>
      <Card className="h-48" />
      <Card className="mt-6 h-96" />
    </>
  );
}

/** One model, edited in place. Saving makes the next version. */
export function ModelPage({ modelKey }: { modelKey: string }) {
  const trpc = useVendor();
  const query = useQuery(trpc.models.get.queryOptions({ key: modelKey }, { refetchOnWindowFocus: false }));
  return (
    <QueryView query={query} skeleton={<EditorSkeleton />} back={{ href: "/models", label: "All models" }}>
      {(model) => <Editor key={model.version} model={model} />}
    </QueryView>
  );
}

export function NewModelPage() {
  return <Editor model={null} />;
}
