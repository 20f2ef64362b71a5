"use client";

import { type ComponentProps, useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { CardBody } from "#components/ui/card.tsx";
import { isHex } from "#components/ui/contrast";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { Look } from "./branding-look";

export type FieldsProps = {
  look: Look;
  set: (change: Partial<Look>) => void;
  disabled: boolean;
  messageFor: (field: keyof Look) => string | null;
};

type ColourInputProps = Omit<ComponentProps<"input">, "value"> & { value: string; name: string; onPick: (value: string) => void };

/** A colour as text, with the system's picker at its start. */
function ColourInput({ value, name, onPick, disabled, ...props }: ColourInputProps) {
  return (
    <div className="relative">
      <input
        type="color"
        aria-label={`Pick the ${name}`}
        value={isHex(value) ? value : "#ffffff"}
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

const COLOUR = "Write it with six digits, like #0f766e.";

/** The grounds may be left as they come. */
function GroundField({ field, label, hint, ...props }: FieldsProps & { field: "background" | "surface"; label: string; hint: string }) {
  const value = props.look[field];
  const error = value === "" || isHex(value) ? props.messageFor(field) : COLOUR;
  return (
    <Field label={label} optional error={error} hint={hint}>
      <ColourInput
        value={value}
        name={field}
        disabled={props.disabled}
        placeholder="as it comes"
        onPick={(next) => props.set({ [field]: next })}
      />
    </Field>
  );
}

const FONTS = [
  { value: "system", label: "The customer's system font" },
  { value: "inter", label: "Inter, served by us" },
  { value: "named", label: "A font by name" },
  { value: "file", label: "Your font file" },
] as const;
type FontKind = (typeof FONTS)[number]["value"];

const fontKind = ({ font, fontUrl }: Look): FontKind =>
  fontUrl ? "file" : font === "" || font === "system" ? "system" : font === "inter" ? "inter" : "named";

function FontField({ look, set, disabled, messageFor }: FieldsProps) {
  const [kind, setKind] = useState(fontKind(look));
  const choose = (next: FontKind) => {
    setKind(next);
    set({ font: next === "inter" ? "inter" : "", fontUrl: "" });
  };
  return (
    <>
      <Field label="Font">
        <Select value={kind} disabled={disabled} onChange={choose} options={FONTS} />
      </Field>
      {kind === "named" ? (
        <Field label="Font name" error={messageFor("font")} hint="A font your customers have; others are shown their system's.">
          <Input
            value={look.font}
            maxLength={100}
            disabled={disabled}
            onChange={(event) => set({ font: event.target.value })}
            placeholder="Georgia"
          />
        </Field>
      ) : null}
      {kind === "file" ? (
        <Field
          label="Address of the font file"
          error={messageFor("fontUrl")}
          hint="https, .woff2 if you have it. It is loaded from there and from nowhere else; it has to allow other origins (CORS)."
        >
          <Input
            type="url"
            value={look.fontUrl}
            maxLength={2000}
            disabled={disabled}
            onChange={(event) => set({ fontUrl: event.target.value })}
            placeholder="https://…/font.woff2"
          />
        </Field>
      ) : null}
    </>
  );
}

const LOGO_LIMIT_BYTES = 64 * 1024;

/** Reads a small image as a data URL; a message when it is too large. What it really is the server looks at. */
function readLogo(file: File): Promise<{ logo: string } | { fault: string }> {
  if (file.size > LOGO_LIMIT_BYTES) return Promise.resolve({ fault: "It is larger than 64 kB. Make it smaller, or give its address." });
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ logo: String(reader.result) });
    reader.onerror = () => resolve({ fault: "It could not be read." });
    reader.readAsDataURL(file);
  });
}

function LogoField({ look, set, disabled, messageFor }: FieldsProps) {
  const id = useId();
  const [fault, setFault] = useState<string | null>(null);
  const take = async (file: File | undefined) => {
    if (!file) return;
    const read = await readLogo(file);
    setFault("fault" in read ? read.fault : null);
    if ("logo" in read) set({ logo: read.logo, logoUrl: "" });
  };
  return (
    <div className="flex flex-col gap-2">
      {look.logo ? null : (
        <Field
          label="Logo"
          optional
          error={messageFor("logoUrl")}
          hint="An https address of an SVG or PNG, or a small PNG, JPEG or WebP from your computer."
        >
          <Input
            type="url"
            value={look.logoUrl}
            maxLength={2000}
            disabled={disabled}
            onChange={(event) => set({ logoUrl: event.target.value })}
            placeholder="https://…"
          />
        </Field>
      )}
      <div className="flex flex-wrap items-center gap-2">
        {look.logo ? (
          <>
            <span className="font-medium text-sm">Logo</span>
            {/* biome-ignore lint/performance/noImgElement: data, not an address */}
            <img src={look.logo} alt="Uploaded logo" className="h-7 w-auto max-w-40 object-contain" />
          </>
        ) : null}
        <label
          htmlFor={id}
          className="inline-flex h-8 cursor-pointer items-center rounded-md border border-hairline-strong px-3 font-medium text-sm focus-within:outline-2 focus-within:outline-accent-text hover:bg-hover has-disabled:cursor-not-allowed has-disabled:opacity-50"
        >
          {look.logo ? "Replace it" : "Upload an image"}
          <input
            id={id}
            type="file"
            accept="image/png,image/jpeg,image/webp"
            disabled={disabled}
            className="sr-only"
            onChange={(event) => void take(event.target.files?.[0])}
          />
        </label>
        {look.logo ? (
          <Button variant="ghost" disabled={disabled} onClick={() => set({ logo: "" })}>
            Remove
          </Button>
        ) : null}
      </div>
      {fault || messageFor("logo") ? (
        <p role="alert" className="text-danger-text text-xs">
          {fault ?? messageFor("logo")}
        </p>
      ) : null}
    </div>
  );
}

/** Title, colours, shape, font and logo. */
export function LookFields(props: FieldsProps) {
  const { look, set, disabled, messageFor } = props;
  return (
    <CardBody className="flex flex-col gap-5">
      <Field label="Title" optional error={messageFor("marketplaceTitle")} hint="At the top of the marketplace, in every language.">
        <Input
          value={look.marketplaceTitle}
          maxLength={80}
          disabled={disabled}
          onChange={(event) => set({ marketplaceTitle: event.target.value })}
          placeholder="Integrations"
        />
      </Field>
      <Field
        label="Accent"
        error={isHex(look.accent) ? messageFor("accent") : COLOUR}
        hint="Buttons and links. Text on it is black or white, whichever reads better."
      >
        <ColourInput value={look.accent} name="accent" disabled={disabled} onPick={(accent) => set({ accent })} />
      </Field>
      <div className="grid gap-5 sm:grid-cols-2">
        <GroundField {...props} field="background" label="Background" hint="Left empty, your page shows through." />
        <GroundField {...props} field="surface" label="Surface" hint="Cards and fields." />
      </div>
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
      <FontField {...props} />
      <LogoField {...props} />
      <Field
        label="Sender of mails"
        optional
        error={messageFor("senderName")}
        hint="The name mails to your customers come from. The address stays ours."
      >
        <Input
          value={look.senderName}
          maxLength={80}
          disabled={disabled}
          onChange={(event) => set({ senderName: event.target.value })}
          placeholder="The name of your company"
        />
      </Field>
      <Field label="Replies to mails" optional error={messageFor("replyTo")} hint="Where answers to mails to your customers go.">
        <Input
          type="email"
          value={look.replyTo}
          maxLength={200}
          disabled={disabled}
          onChange={(event) => set({ replyTo: event.target.value })}
          placeholder="support@example.com"
        />
      </Field>
    </CardBody>
  );
}
