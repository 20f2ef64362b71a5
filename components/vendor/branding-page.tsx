"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ComponentProps, type FormEvent, useState } from "react";
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

type ColourInputProps = ComponentProps<"input"> & { value: string; onPick: (value: string) => void };

/** A colour as text, with the system's picker at its start. */
function ColourInput({ value, onPick, disabled, ...props }: ColourInputProps) {
  return (
    <div className="relative">
      <input
        type="color"
        aria-label="Pick the accent"
        value={isHex(value) ? value : "#000000"}
        disabled={disabled}
        onChange={(event) => onPick(event.target.value)}
        className="absolute start-1 top-1 h-6 w-8 cursor-pointer rounded-sm border-0 bg-transparent p-0 [&::-webkit-color-swatch-wrapper]:p-0 [&::-webkit-color-swatch]:rounded-sm [&::-webkit-color-swatch]:border-hairline-strong"
      />
      <Input
        {...props}
        value={value}
        disabled={disabled}
        onChange={(event) => onPick(event.target.value)}
        className="ps-11 font-mono"
        spellCheck={false}
      />
    </div>
  );
}

function AccentField({ look, set, disabled, messageFor }: FieldsProps) {
  const error = isHex(look.accent) ? messageFor("accent") : "Write it with six digits, like #0f766e.";
  return (
    <Field label="Accent" error={error} hint="Buttons and links. Text on it is black or white, whichever reads better.">
      <ColourInput value={look.accent} disabled={disabled} onPick={(accent) => set({ accent })} />
    </Field>
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
    <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,440px)]">
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
          <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,440px)]">
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
