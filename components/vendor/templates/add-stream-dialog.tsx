"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Lightbulb } from "lucide-react";
import Link from "next/link";
import { useMemo, useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Combobox } from "#components/ui/combobox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, FieldError } from "#components/ui/field.tsx";
import { count } from "#components/ui/format";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { TypeIcon } from "#components/vendor/field-type.tsx";
import { sourceOptions } from "#components/vendor/mapping/source-picker.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import type { ModelItem } from "#server/domains/models/list-models";
import type { ModelField } from "#server/domains/models/schema";
import type { TemplateDetail } from "#server/domains/templates/get-template";
import type { OfferableObject } from "#server/domains/templates/list-objects";
import { fieldFrom } from "#server/mapping/field-from";
import type { FieldMapping } from "#server/mapping/schema";
import { type Suggestion, suggestMapping } from "#server/mapping/suggest";

type Chosen = ReadonlyMap<string, FieldMapping>;

function FieldLine({
  field,
  object,
  options,
  chosen,
  suggestion,
  onChoose,
}: {
  field: ModelField;
  object: OfferableObject;
  options: ReturnType<typeof sourceOptions>;
  chosen: FieldMapping | undefined;
  suggestion: Suggestion | undefined;
  onChoose: (path: string | null) => void;
}) {
  const source = object.fields.find(({ path }) => path === chosen?.from);
  const offered = chosen ? undefined : suggestion;
  return (
    <li className="grid gap-x-4 gap-y-1 px-3 py-2 sm:grid-cols-[minmax(0,1fr)_minmax(0,1.3fr)]">
      <p className="flex min-h-8 min-w-0 items-center gap-1.5 text-sm">
        <TypeIcon type={field.type} />
        <span className="truncate font-medium">{field.name}</span>
        {field.required ? <Badge className="h-[18px] px-1.5 text-[11px]">Required</Badge> : null}
      </p>
      <div className="min-w-0">
        <Combobox
          label={`Source of ${field.name}`}
          searchLabel="Search the source's fields"
          value={chosen?.from ?? null}
          options={options}
          onChange={onChoose}
          footer={(close) => (
            <Button
              size="sm"
              variant="ghost"
              onClick={() => {
                onChoose(null);
                close();
              }}
            >
              Leave it empty
            </Button>
          )}
        >
          {chosen ? <span className="truncate">{source?.title ?? chosen.from}</span> : <span className="text-subtle">Left empty</span>}
        </Combobox>
        {offered ? (
          <p className="mt-1 flex items-center gap-1.5 text-secondary text-xs">
            <Lightbulb aria-hidden="true" className="size-3.5 shrink-0 stroke-[1.75] text-warning-text" />
            <span className="min-w-0 truncate">
              {object.fields.find(({ path }) => path === offered.path)?.title ?? offered.path}: {offered.reasons.join(", ")}
            </span>
            <Button size="sm" variant="link" aria-label={`Use it for ${field.name}`} onClick={() => onChoose(offered.path)}>
              Use
            </Button>
          </p>
        ) : null}
      </div>
    </li>
  );
}

function FirstMapping({
  object,
  model,
  chosen,
  setChosen,
}: {
  object: OfferableObject;
  model: ModelItem;
  chosen: Chosen;
  setChosen: (chosen: Chosen) => void;
}) {
  const options = useMemo(() => sourceOptions(object.fields.map((field) => ({ ...field, example: null }))), [object]);
  const suggestions = useMemo(() => new Map(suggestMapping(model.fields, object.fields).map((one) => [one.target, one])), [model, object]);
  const fields = useMemo(() => [...model.fields].sort((a, b) => Number(b.required) - Number(a.required)), [model]);
  const take = (pairs: readonly (readonly [ModelField, string | null])[]) => {
    const next = new Map(chosen);
    for (const [field, path] of pairs) {
      const source = object.fields.find((one) => one.path === path);
      const made = source
        ? (fieldFrom(field, source) ?? { ...PLAIN, target: field.key, from: source.path, required: field.required })
        : null;
      if (made) next.set(field.key, made);
      else next.delete(field.key);
    }
    setChosen(next);
  };
  const open = fields.filter(({ key }) => !chosen.has(key) && suggestions.has(key));
  return (
    <div>
      <div className="mb-1.5 flex flex-wrap items-center justify-between gap-2">
        <p className="font-medium text-sm">First mapping</p>
        {open.length > 0 ? (
          <Button size="sm" onClick={() => take(open.map((field) => [field, suggestions.get(field.key)?.path ?? null]))}>
            <Lightbulb aria-hidden="true" /> Use {open.length === 1 ? "the suggestion" : `all ${open.length} suggestions`}
          </Button>
        ) : null}
      </div>
      <ul className="divide-y divide-hairline rounded-md border border-hairline">
        {fields.map((field) => (
          <FieldLine
            key={field.key}
            field={field}
            object={object}
            options={options}
            chosen={chosen.get(field.key)}
            suggestion={suggestions.get(field.key)}
            onChoose={(path) => take([[field, path]])}
          />
        ))}
      </ul>
      <p className="mt-1.5 text-secondary text-xs">
        Texts, computed values, value maps and what customers may choose come after, in the mapping.
      </p>
    </div>
  );
}

const PLAIN = { transforms: [], onError: "quarantine" } as const satisfies Partial<FieldMapping>;

function Form({
  template,
  objects,
  models,
  onClose,
}: {
  template: TemplateDetail;
  objects: OfferableObject[];
  models: ModelItem[];
  onClose: () => void;
}) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const [objectKey, setObjectKey] = useState<string>();
  const [modelKey, setModelKey] = useState<string>();
  const [chosen, setChosen] = useState<Chosen>(new Map());
  const object = objects.find(({ key }) => key === objectKey);
  const model = models.find(({ key }) => key === modelKey);
  const live = template.status === "published";
  const missing = model?.fields.filter(({ key, required }) => required && !chosen.has(key)) ?? [];
  const add = useMutation(
    trpc.templates.addStream.mutationOptions({
      onSuccess: async () => {
        await cache.invalidateQueries(trpc.templates.pathFilter());
        toast.success("Stream added", {
          description: live
            ? "Customers can turn it on once you have published it; nothing starts by itself."
            : "It comes with the next version that you publish.",
        });
        onClose();
      },
    }),
  );
  const fault = add.error ? faultOf(add.error) : null;
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={`Object of ${template.integrationName}`}>
          <Select
            value={objectKey}
            onChange={(key) => {
              setObjectKey(key);
              setChosen(new Map());
            }}
            options={objects.map(({ key, title }) => ({ value: key, label: title }))}
          />
        </Field>
        <Field label="Model it fills" {...(models.length === 0 ? { error: "Create a model first." } : {})}>
          <Select
            value={modelKey}
            onChange={(key) => {
              setModelKey(key);
              setChosen(new Map());
            }}
            options={models.map(({ key, name }) => ({ value: key, label: name }))}
          />
        </Field>
      </div>
      <p className="mt-2 text-secondary text-xs">
        Not there yet?{" "}
        <Link href="/models/new-model" className="underline underline-offset-2">
          Make a model
        </Link>{" "}
        from a sample record.
      </p>
      {object && model ? (
        <div className="mt-5">
          <FirstMapping object={object} model={model} chosen={chosen} setChosen={setChosen} />
        </div>
      ) : null}
      <div className="mt-5 flex flex-wrap items-center justify-end gap-2">
        {fault ? <FieldError>{(fault.fields && Object.values(fault.fields)[0]?.[0]) ?? fault.detail ?? fault.text}</FieldError> : null}
        {!fault && model && missing.length > 0 ? (
          <p className="me-auto text-secondary text-sm">
            {count(missing.length, "required field is", "required fields are")} empty{live ? "; choose where they come from" : ""}.
          </p>
        ) : null}
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="primary"
          disabled={!object || !model || (live && missing.length > 0)}
          pending={add.isPending}
          onClick={() =>
            object && model && add.mutate({ templateId: template.id, object: object.key, model: model.key, fields: [...chosen.values()] })
          }
        >
          Add stream
        </Button>
      </div>
    </>
  );
}

/** One more object of the integration into one of the vendor's models, with suggestions that are taken only by a click. */
export function AddStreamDialog({ template, onClose }: { template: TemplateDetail; onClose: () => void }) {
  const trpc = useVendor();
  const objects = useQuery(trpc.templates.objects.queryOptions({ integrationId: template.integrationId }, { staleTime: 60_000 }));
  const models = useQuery(trpc.models.list.queryOptions(undefined, { staleTime: 10_000 }));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Add a stream" className="max-w-[680px]">
      <QueryView query={objects} skeleton={<Skeleton className="h-8 w-full" />}>
        {(found) => (
          <Form
            template={template}
            objects={found}
            models={(models.data ?? []).filter(({ archivedAt }) => archivedAt === null)}
            onClose={onClose}
          />
        )}
      </QueryView>
    </Dialog>
  );
}
