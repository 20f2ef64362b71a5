"use client";

import { X } from "lucide-react";
import { useState } from "react";
import { cn } from "#components/cn";
import { Button } from "#components/ui/button.tsx";
import type { ComboboxOption } from "#components/ui/combobox.tsx";
import { TRANSFORM_WORDS } from "#components/vendor/mapping/field-draft";
import type { Remedy } from "#components/vendor/mapping/remedy";
import { SettingControl } from "#components/vendor/mapping/setting-control.tsx";
import { TransformPicker } from "#components/vendor/mapping/transform-picker.tsx";
import { buildTransform, hasSettings, settingWords, type Typed, typedTransform } from "#components/vendor/mapping/transform-settings";
import type { Transform } from "#server/mapping/schema";
import { definitionOf } from "#server/mapping/transforms/registry";

/** What is being set: a new transform (`at` null; `into` = its place, else behind the others), or the one at a place. */
type Editing = { type: Transform["type"]; at: number | null; into?: number; typed: Typed };

const LIMIT = 10;

type FormProps = {
  editing: Editing;
  sources: readonly ComboboxOption[];
  onChange: (typed: Typed) => void;
  onDone: (transform: Transform) => void;
  onCancel: () => void;
};

/** A transform's settings, from what it says about them. It takes effect when they are chosen and work. */
function SettingsForm({ editing, sources, onChange, onDone, onCancel }: FormProps) {
  const [asked, setAsked] = useState(false);
  const { type, at, typed } = editing;
  const { title, description, params, examples } = definitionOf(type);
  const built = buildTransform(type, typed);
  const faults = asked && "faults" in built ? built.faults : {};
  const example = examples[0];
  const done = () => {
    setAsked(true);
    if ("transform" in built) onDone(built.transform);
  };
  return (
    <section aria-label={`Settings: ${title}`} className="mt-2 flex flex-col gap-3 rounded-md border border-hairline-strong bg-surface p-3">
      <div>
        <p className="font-medium text-sm">{title}</p>
        <p className="mt-0.5 text-secondary text-xs">{description}</p>
        {example ? (
          <p className="mt-0.5 truncate text-subtle text-xs">
            For example <code>{JSON.stringify(example.input)}</code> becomes <code>{JSON.stringify(example.output)}</code>
          </p>
        ) : null}
      </div>
      <div className="grid gap-3 sm:grid-cols-2">
        {Object.entries(params).map(([name, param]) => (
          <SettingControl
            key={name}
            name={name}
            param={param}
            typed={typed[name] ?? (param.kind === "values" ? [] : "")}
            sources={sources}
            error={faults[name] ?? null}
            onChange={(next) => onChange({ ...typed, [name]: next })}
          />
        ))}
      </div>
      <div className="flex flex-wrap items-center justify-end gap-2">
        {"faults" in built && built.message !== null ? (
          <p role={asked ? "alert" : undefined} className={cn("me-auto text-xs", asked ? "text-danger-text" : "text-secondary")}>
            {built.message}
          </p>
        ) : null}
        <Button size="sm" variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="sm" onClick={done}>
          {at === null ? `Add “${title}”` : "Apply"}
        </Button>
      </div>
    </section>
  );
}

type ChipProps = {
  transform: Transform;
  isOpen: boolean;
  disabled: boolean;
  onOpen: () => void;
  onRemove: () => void;
};

function Chip({ transform, isOpen, disabled, onOpen, onRemove }: ChipProps) {
  const title = TRANSFORM_WORDS[transform.type];
  const words = settingWords(transform);
  return (
    <span
      className={cn(
        "inline-flex h-7 max-w-full items-center gap-1 rounded-full border border-hairline-strong bg-surface ps-2.5 pe-1 text-xs",
        isOpen && "border-accent-text",
      )}
    >
      {hasSettings(transform.type) ? (
        <button
          type="button"
          disabled={disabled}
          aria-expanded={isOpen}
          aria-label={`Settings of ${title}${words === "" ? "" : `: ${words}`}`}
          onClick={onOpen}
          className="flex min-w-0 items-center gap-1.5 rounded-sm underline-offset-2 hover:underline"
        >
          <span className="whitespace-nowrap">{title}</span>
          <span className="max-w-48 truncate text-secondary">{words === "" ? "as it comes" : words}</span>
        </button>
      ) : (
        title
      )}
      <button
        type="button"
        disabled={disabled}
        aria-label={`Remove ${title}`}
        onClick={onRemove}
        className="flex size-5 shrink-0 items-center justify-center rounded-full text-subtle hover:bg-pressed hover:text-foreground"
      >
        <X aria-hidden="true" className="size-3" />
      </button>
    </span>
  );
}

type ChipsProps = {
  name: string;
  transforms: readonly Transform[];
  sources: readonly ComboboxOption[];
  disabled: boolean;
  /** A transform whose settings are asked for at once. */
  begin: Remedy | null;
  onChange: (transforms: Transform[]) => void;
};

/** What a value goes through, in order, each with its settings in sight. */
export function TransformChips({ name, transforms, sources, disabled, begin, onChange }: ChipsProps) {
  const [editing, setEditing] = useState<Editing | null>(begin && { type: begin.type, at: null, into: begin.at, typed: {} });
  const pick = (type: Transform["type"]) => {
    if (hasSettings(type)) return setEditing({ type, at: null, typed: {} });
    setEditing(null);
    onChange([...transforms, { type } as Transform]);
  };
  const done = (transform: Transform) => {
    const at = editing?.at ?? null;
    const into = editing?.into ?? transforms.length;
    setEditing(null);
    onChange(
      at === null
        ? [...transforms.slice(0, into), transform, ...transforms.slice(into)]
        : transforms.map((one, index) => (index === at ? transform : one)),
    );
  };
  return (
    <div className="sm:col-span-2">
      <p className="mb-1.5 font-medium text-sm">Transforms, in this order</p>
      <div className="flex flex-wrap items-center gap-1.5">
        {transforms.map((transform, index) => (
          <Chip
            // biome-ignore lint/suspicious/noArrayIndexKey: the place in the order is the identity
            key={index}
            transform={transform}
            isOpen={editing?.at === index}
            disabled={disabled}
            onOpen={() => setEditing(editing?.at === index ? null : { type: transform.type, at: index, typed: typedTransform(transform) })}
            onRemove={() => {
              setEditing(null);
              onChange(transforms.filter((_, i) => i !== index));
            }}
          />
        ))}
        <TransformPicker label={`Add a transform to ${name}`} disabled={disabled || transforms.length >= LIMIT} onPick={pick} />
      </div>
      {editing ? (
        <SettingsForm
          key={`${editing.type} ${editing.at}`}
          editing={editing}
          sources={sources}
          onChange={(typed) => setEditing({ ...editing, typed })}
          onDone={done}
          onCancel={() => setEditing(null)}
        />
      ) : null}
    </div>
  );
}
