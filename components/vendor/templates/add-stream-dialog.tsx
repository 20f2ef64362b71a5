"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useMemo, useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, FieldError } from "#components/ui/field.tsx";
import { count } from "#components/ui/format";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { DirectionChoice } from "#components/vendor/templates/direction-choice.tsx";
import { paceLabel } from "#components/vendor/templates/direction-words";
import { type Chosen, FirstMapping } from "#components/vendor/templates/first-mapping.tsx";
import { paceOptions, windowOptions } from "#components/vendor/templates/template-words";
import { WaysNote, whyNotWritten } from "#components/vendor/templates/ways-note.tsx";
import { WriteSettings, type WriteWishes } from "#components/vendor/templates/write-settings.tsx";
import type { ModelItem } from "#server/domains/models/list-models";
import type { TemplateDetail } from "#server/domains/templates/get-template";
import type { OfferableObject } from "#server/domains/templates/list-objects";
import type { Direction } from "#server/domains/templates/schema";
import { neededOf, toFill } from "#server/mapping/unfilled";
import { type Ways, waysBack } from "#server/mapping/ways-back";

const NO_WAYS: Ways = { back: [], readOnly: [], unfilled: [] };
const USUAL: StreamWishes = { direction: "pull", intervalMs: 300_000, backfillDays: null, match: null, owners: null, deletes: "keep" };

type StreamWishes = WriteWishes & { direction: Direction; intervalMs: number; backfillDays: number | null };

/** What of it is said: settings that the direction does not have are not sent. */
function sentOf({ direction, intervalMs, backfillDays, match, owners, deletes }: StreamWishes) {
  return {
    direction,
    ...(direction === "push" ? {} : { intervalMs, backfillDays }),
    ...(direction === "pull" ? {} : { match, deletes }),
    ...(direction === "two_way" && owners ? { owners } : {}),
  };
}

type PartProps = { template: TemplateDetail; object: OfferableObject; wishes: StreamWishes; onChange: (wishes: StreamWishes) => void };

/** How often it reads, and where it begins. */
function Reading({ object, wishes, onChange }: Omit<PartProps, "template">) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={paceLabel(wishes.direction)}>
        <Select
          value={String(wishes.intervalMs)}
          options={paceOptions(wishes.intervalMs)}
          onChange={(ms) => onChange({ ...wishes, intervalMs: Number(ms) })}
        />
      </Field>
      <Field label="First reads" hint={object.canBeginAt ? undefined : "This source can only be read whole."}>
        <Select
          value={wishes.backfillDays === null ? "all" : String(wishes.backfillDays)}
          disabled={!object.canBeginAt}
          options={windowOptions(wishes.backfillDays)}
          onChange={(days) => onChange({ ...wishes, backfillDays: days === "all" ? null : Number(days) })}
        />
      </Field>
    </div>
  );
}

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
  const { integrationName: name } = template;
  const [objectKey, setObjectKey] = useState<string>();
  const [modelKey, setModelKey] = useState<string>();
  const [chosen, setChosen] = useState<Chosen>(new Map());
  const [wishes, setWishes] = useState<StreamWishes>(USUAL);
  const object = objects.find(({ key }) => key === objectKey);
  const model = models.find(({ key }) => key === modelKey);
  const { direction } = wishes;
  const ways = useMemo(
    () => (object && direction !== "pull" ? waysBack({ fields: [...chosen.values()], spec: object.writing.spec }) : NO_WAYS),
    [object, direction, chosen],
  );
  const readOnly = useMemo(() => new Map(ways.readOnly.map(({ target, reason }) => [target, reason])), [ways]);
  const begin = (change: { object?: string; model?: string }) => {
    if (change.object !== undefined) setObjectKey(change.object);
    if (change.model !== undefined) setModelKey(change.model);
    setChosen(new Map());
    setWishes({ ...USUAL, direction: change.object === undefined ? direction : "pull" });
  };
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={`Object of ${name}`}>
          <Select
            value={objectKey}
            onChange={(key) => begin({ object: key })}
            options={objects.map(({ key, title }) => ({ value: key, label: title }))}
          />
        </Field>
        <Field label="Your model" {...(models.length === 0 ? { error: "Create a model first." } : {})}>
          <Select
            value={modelKey}
            onChange={(key) => begin({ model: key })}
            options={models.map((one) => ({ value: one.key, label: one.name }))}
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
        <div className="mt-5 flex flex-col gap-5">
          <DirectionChoice
            name={name}
            objectTitle={object.title}
            possible={object.writing.directions}
            value={direction}
            onChange={(next) => setWishes({ ...wishes, direction: next, match: null })}
          />
          <FirstMapping
            object={object}
            model={neededOf(model.fields, direction)}
            chosen={chosen}
            setChosen={setChosen}
            readOnly={readOnly}
          />
          {direction === "pull" ? null : (
            <>
              <WaysNote
                ways={ways}
                direction={direction}
                name={name}
                nameOf={(key) => model.fields.find((one) => one.key === key)?.name ?? key}
              />
              <WriteSettings
                {...{ direction, name, ways, wishes }}
                objectTitle={object.title}
                model={model.fields}
                writing={object.writing}
                disabled={false}
                onChange={(next) => setWishes({ ...wishes, ...next })}
              />
            </>
          )}
          {direction === "push" ? null : <Reading object={object} wishes={wishes} onChange={setWishes} />}
        </div>
      ) : null}
      <Footer {...{ template, object, model, chosen, wishes, ways, onClose }} />
    </>
  );
}

type FooterProps = {
  template: TemplateDetail;
  object: OfferableObject | undefined;
  model: ModelItem | undefined;
  chosen: Chosen;
  wishes: StreamWishes;
  ways: Ways;
  onClose: () => void;
};

/** What stands in the way, and adding it. */
function Footer({ template, object, model, chosen, wishes, ways, onClose }: FooterProps) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const live = template.status === "published";
  const missing = model ? toFill([...chosen.values()], model.fields, wishes) : [];
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
  const unwritten = wishes.direction === "pull" || !object || !model ? null : whyNotWritten(ways, template.integrationName);
  return (
    <div className="mt-5 flex flex-wrap items-center justify-end gap-2">
      {fault ? <FieldError>{(fault.fields && Object.values(fault.fields)[0]?.[0]) ?? fault.detail ?? fault.text}</FieldError> : null}
      {!fault && missing.length > 0 ? (
        <p className="me-auto text-secondary text-sm">
          {count(missing.length, "required field is", "required fields are")} empty{live ? "; choose where they come from" : ""}.
        </p>
      ) : null}
      <Button onClick={onClose}>Cancel</Button>
      <Button
        variant="primary"
        disabled={!object || !model || (live && missing.length > 0) || unwritten !== null}
        pending={add.isPending}
        onClick={() =>
          object &&
          model &&
          add.mutate({ templateId: template.id, object: object.key, model: model.key, ...sentOf(wishes), fields: [...chosen.values()] })
        }
      >
        Add stream
      </Button>
    </div>
  );
}

/** One more object of the integration into one of the vendor's models, or the way back: with a direction, a first mapping and how it runs. */
export function AddStreamDialog({ template, onClose }: { template: TemplateDetail; onClose: () => void }) {
  const trpc = useVendor();
  const objects = useQuery(trpc.templates.objects.queryOptions({ integrationId: template.integrationId }, { staleTime: 60_000 }));
  const models = useQuery(trpc.models.list.queryOptions(undefined, { staleTime: 10_000 }));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Add a stream" className="max-w-[760px]">
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
