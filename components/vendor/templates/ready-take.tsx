"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field, FieldError } from "#components/ui/field.tsx";
import { count } from "#components/ui/format";
import { Input } from "#components/ui/input.tsx";
import { additionWords, type Place } from "#components/vendor/templates/ready-words";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { ReadyPreview } from "#server/domains/templates/preview-ready-template";

type Wish = { key: string; models: Record<string, string> } & Place;

/** What will be made, in numbers. */
function Sum({ preview: { models, streams } }: { preview: ReadyPreview }) {
  const made = models.filter(({ state }) => state === "creates").length;
  const asked = streams.reduce((sum, { rows }) => sum + rows.filter(({ customer }) => customer === "must_choose").length, 0);
  const rows = [
    ["Streams", String(streams.length)],
    ["Mapped fields", String(streams.reduce((sum, stream) => sum + stream.rows.filter(({ from }) => from !== null).length, 0))],
    ["New models", String(made)],
    ["Customers must choose", asked === 0 ? "nothing" : count(asked, "field")],
  ];
  return (
    <dl className="space-y-1.5 text-sm">
      {rows.map(([term, value]) => (
        <div key={term} className="flex justify-between gap-3">
          <dt className="text-secondary">{term}</dt>
          <dd className="tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type TakeProps = { preview: ReadyPreview; wish: Wish; isStale: boolean };

/** Only looked at: there is no integration yet. */
function Missing({ preview }: { preview: ReadyPreview }) {
  return (
    <>
      <Sum preview={preview} />
      <p className="border-hairline border-t pt-4 text-secondary text-sm">
        You have no integration of {preview.connectorName} yet. Add one, then take this over.
      </p>
    </>
  );
}

/** The name, what has to be agreed to, and the button. */
function Form({ preview, wish, isStale, integrationId }: TakeProps & { integrationId: string }) {
  const trpc = useVendor();
  const router = useRouter();
  const cache = useQueryClient();
  const may = useMay("developer");
  const agree = useId();
  const [name, setName] = useState(preview.name);
  const [addFields, setAddFields] = useState(false);
  const additions = additionWords(preview.models);
  const inTheWay = preview.models.filter(({ state }) => state === "clashes").map((model) => model.name);
  const create = useMutation(
    trpc.templates.createReady.mutationOptions({
      onSuccess: ({ id, name: made }) => {
        void cache.invalidateQueries(trpc.templates.pathFilter());
        void cache.invalidateQueries(trpc.models.pathFilter());
        toast.success(`${made} is yours`, { description: "It is not on offer yet. Look at the mappings, then put it on offer." });
        router.push(`/templates/${id}`);
      },
    }),
  );
  const { key, models } = wish;
  return (
    <>
      <Field label="Name" hint="Shown to customers. You can change it later.">
        <Input value={name} maxLength={80} disabled={!may} onChange={({ target }) => setName(target.value)} />
      </Field>
      <Sum preview={preview} />
      {additions ? (
        <div className="flex items-start gap-2.5 border-hairline border-t pt-4 text-sm">
          <Checkbox id={agree} checked={addFields} disabled={!may} onCheckedChange={(on) => setAddFields(on === true)} className="mt-0.5" />
          <label htmlFor={agree}>Add {additions}</label>
        </div>
      ) : null}
      {inTheWay.length > 0 ? <FieldError>{inTheWay.join(", ")} is in the way. Fill another model instead.</FieldError> : null}
      {create.error ? <FieldError>{faultOf(create.error).detail ?? faultOf(create.error).text}</FieldError> : null}
      <Button
        variant="primary"
        disabled={!may || isStale || name.trim() === "" || inTheWay.length > 0 || (additions !== "" && !addFields)}
        pending={create.isPending || create.isSuccess}
        onClick={() => create.mutate({ key, models, integrationId, name: name.trim(), addFields })}
      >
        Create template
      </Button>
      <p className="text-secondary text-xs">
        {may ? "Customers do not see it before you put it on offer." : "A member with the role developer or higher can take it over."}
      </p>
    </>
  );
}

/** Taking it over. */
export function ReadyTake(props: TakeProps) {
  const { wish, preview } = props;
  return (
    <Card className="lg:sticky lg:top-6">
      <CardBody className="flex flex-col gap-4">
        {"integrationId" in wish ? <Form {...props} integrationId={wish.integrationId} /> : <Missing preview={preview} />}
      </CardBody>
    </Card>
  );
}
