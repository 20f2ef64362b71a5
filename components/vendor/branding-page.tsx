"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { type Fault, faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardFooter } from "#components/ui/card.tsx";
import { isHex } from "#components/ui/contrast";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Select } from "#components/ui/select.tsx";
import { BrandingPreview, type Look } from "#components/vendor/branding-preview.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { useMay, useViewer } from "#components/vendor/viewer-context.tsx";
import type { Branding } from "#server/db/schema/identity";

const DEFAULT: Look = { accent: "#2a4fc9", radius: 8, font: "", logoUrl: "", appearance: "auto", marketplaceTitle: "" };

const toLook = (branding: Branding): Look => ({ ...DEFAULT, ...branding });

/** What is left empty is left out, so that the default holds. */
function toBranding(look: Look): Branding {
  return {
    accent: look.accent,
    radius: look.radius,
    appearance: look.appearance,
    ...(look.font.trim() ? { font: look.font.trim() } : {}),
    ...(look.logoUrl.trim() ? { logoUrl: look.logoUrl.trim() } : {}),
    ...(look.marketplaceTitle.trim() ? { marketplaceTitle: look.marketplaceTitle.trim() } : {}),
  };
}

type FieldsProps = {
  look: Look;
  set: (change: Partial<Look>) => void;
  disabled: boolean;
  messageFor: (field: keyof Look) => string | null;
};

function AccentField({ look, set, disabled, messageFor }: FieldsProps) {
  const error = isHex(look.accent) ? messageFor("accent") : "Write it with six digits, like #0f766e.";
  return (
    <div className="flex items-end gap-2">
      <Field
        label="Accent"
        error={error}
        className="flex-1"
        hint="Buttons and links. Text on it is black or white, whichever reads better."
      >
        <Input
          value={look.accent}
          disabled={disabled}
          onChange={(event) => set({ accent: event.target.value })}
          className="font-mono"
          spellCheck={false}
        />
      </Field>
      <input
        type="color"
        aria-label="Pick the accent"
        value={isHex(look.accent) ? look.accent : "#000000"}
        disabled={disabled}
        onChange={(event) => set({ accent: event.target.value })}
        className="order-first h-8 w-11 shrink-0 self-start rounded-md border border-hairline-strong bg-surface p-0.5 sm:mt-[25px]"
      />
    </div>
  );
}

function Fields(props: FieldsProps) {
  const { look, set, disabled, messageFor } = props;
  return (
    <CardBody className="flex flex-col gap-5">
      <Field label="Title" optional error={messageFor("marketplaceTitle")} hint="At the top of the marketplace.">
        <Input
          value={look.marketplaceTitle}
          maxLength={80}
          disabled={disabled}
          onChange={(event) => set({ marketplaceTitle: event.target.value })}
          placeholder="Integrations"
        />
      </Field>
      <AccentField {...props} />
      <Field label={`Corner radius: ${look.radius} px`}>
        <input
          type="range"
          min={0}
          max={24}
          step={1}
          value={look.radius}
          disabled={disabled}
          onChange={(event) => set({ radius: Number(event.target.value) })}
          className="h-8 w-full accent-(--accent)"
        />
      </Field>
      <Field label="Appearance">
        <Select
          value={look.appearance}
          disabled={disabled}
          onChange={(appearance) => set({ appearance })}
          options={[
            { value: "auto", label: "As the customer's system" },
            { value: "light", label: "Always light" },
            { value: "dark", label: "Always dark" },
          ]}
        />
      </Field>
      <Field label="Font" optional error={messageFor("font")} hint="A font your customers have, or leave it empty for their system's.">
        <Input
          value={look.font}
          maxLength={100}
          disabled={disabled}
          onChange={(event) => set({ font: event.target.value })}
          placeholder="system-ui"
        />
      </Field>
      <Field label="Logo" optional error={messageFor("logoUrl")} hint="An https address of an SVG or PNG.">
        <Input
          type="url"
          value={look.logoUrl}
          maxLength={2000}
          disabled={disabled}
          onChange={(event) => set({ logoUrl: event.target.value })}
          placeholder="https://…"
        />
      </Field>
    </CardBody>
  );
}

function Editor({ branding }: { branding: Branding }) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const may = useMay("admin");
  const stored = toLook(branding);
  const [look, setLook] = useState(stored);
  const [fault, setFault] = useState<Fault | null>(null);
  const update = useMutation(
    trpc.branding.update.mutationOptions({
      onSuccess: () => {
        setFault(null);
        void cache.invalidateQueries(trpc.branding.pathFilter());
        toast.success("Branding saved", { description: "Marketplaces opened from now on look like this." });
      },
      onError: (error) => {
        const next = faultOf(error);
        setFault(next);
        if (!next.fields) toast.error("Not saved", { description: next.detail ?? next.text });
      },
    }),
  );
  const changed = JSON.stringify(toBranding(look)) !== JSON.stringify(toBranding(stored));
  const messageFor = (field: keyof Look) => fault?.fields?.[`branding.${field}`]?.[0] ?? fault?.fields?.[field]?.[0] ?? null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isHex(look.accent)) update.mutate({ branding: toBranding(look) });
  };
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,440px)]">
      <form onSubmit={submit}>
        <Card>
          <Fields look={look} set={(change) => setLook({ ...look, ...change })} disabled={!may} messageFor={messageFor} />
          <CardFooter>
            <Button variant="ghost" disabled={!changed} onClick={() => setLook(stored)}>
              Discard
            </Button>
            <Button type="submit" variant="primary" disabled={!may || !changed || !isHex(look.accent)} pending={update.isPending}>
              Save branding
            </Button>
          </CardFooter>
        </Card>
      </form>
      <BrandingPreview look={look} />
    </div>
  );
}

export function BrandingPage() {
  const trpc = useVendor();
  const { environment } = useViewer();
  const query = useQuery(trpc.branding.get.queryOptions());
  return (
    <>
      <PageHeader title="Branding" description={`How the marketplace looks inside your product, in ${environment.kind}.`} />
      <QueryView
        query={query}
        skeleton={
          <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,440px)]">
            <Card className="h-[520px]" />
            <Card className="h-96" />
          </div>
        }
      >
        {(branding) => <Editor key={JSON.stringify(branding)} branding={branding} />}
      </QueryView>
    </>
  );
}
