"use client";

import { ArrowDown, ArrowUp, Ellipsis, Trash2 } from "lucide-react";
import Link from "next/link";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { count } from "#components/ui/format";
import { Input } from "#components/ui/input.tsx";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { Select } from "#components/ui/select.tsx";
import { DIRECTION_WORDS, paceLabel } from "#components/vendor/templates/direction-words";
import { LookupsEditor } from "#components/vendor/templates/lookups-editor.tsx";
import { StreamArrow } from "#components/vendor/templates/stream-arrow.tsx";
import { StreamFold } from "#components/vendor/templates/stream-fold.tsx";
import { StreamOffersEditor } from "#components/vendor/templates/stream-offers.tsx";
import { StreamWriting } from "#components/vendor/templates/stream-writing.tsx";
import { mappingWords, paceOptions, windowOptions } from "#components/vendor/templates/template-words";
import type { WriteWishes } from "#components/vendor/templates/write-settings.tsx";
import type { TemplateDetail, TemplateStreamView } from "#server/domains/templates/get-template";
import type { StreamOffers } from "#server/domains/templates/offers";
import type { Lookup } from "#server/domains/templates/schema";

export type Settings = {
  key: string;
  label: string;
  intervalMs: number;
  backfillDays: number | null;
  offers: StreamOffers;
  lookups: Lookup[];
} & WriteWishes;

type StreamLineProps = {
  template: TemplateDetail;
  stream: TemplateStreamView;
  settings: Settings;
  disabled: boolean;
  onChange: (settings: Settings) => void;
  onMove: (by: 1 | -1) => void;
  onRemove: () => void;
};

type LookupsProps = Pick<StreamLineProps, "template" | "stream" | "settings" | "disabled" | "onChange">;

/** How often a stream that reads does it, and where it begins. */
function Reading({ stream, settings, disabled, onChange }: Omit<LookupsProps, "template">) {
  return (
    <>
      <Field
        label={paceLabel(stream.direction)}
        {...(stream.running > 0 ? { hint: "Taken over by those who run it, once published." } : {})}
      >
        <Select
          value={String(settings.intervalMs)}
          disabled={disabled}
          options={paceOptions(settings.intervalMs)}
          onChange={(ms) => onChange({ ...settings, intervalMs: Number(ms) })}
        />
      </Field>
      <Field
        label="First reads"
        hint={
          stream.canBeginAt
            ? "By when a record was last changed. Counts for who turns it on from now on."
            : "This source can only be read whole."
        }
      >
        <Select
          value={settings.backfillDays === null ? "all" : String(settings.backfillDays)}
          disabled={disabled || !stream.canBeginAt}
          options={windowOptions(settings.backfillDays)}
          onChange={(days) => onChange({ ...settings, backfillDays: days === "all" ? null : Number(days) })}
        />
      </Field>
    </>
  );
}

/** What is asked about each record before it is mapped. */
function StreamLookups({ template, stream, settings, disabled, onChange }: LookupsProps) {
  const { lookups } = settings;
  const words = lookups.length === 0 ? "nothing" : lookups.map(({ key }) => key).join(", ");
  return (
    <StreamFold title="Looks each record up first" words={words}>
      {() => (
        <LookupsEditor
          integrationId={template.integrationId}
          templateId={template.id}
          streamKey={stream.key}
          lookups={lookups}
          disabled={disabled}
          onChange={(next) => onChange({ ...settings, lookups: next })}
        />
      )}
    </StreamFold>
  );
}

/** One stream of a template: what flows where, how often, from when on. */
export function StreamLine({ template, stream, settings, disabled, onChange, onMove, onRemove }: StreamLineProps) {
  const reads = stream.direction !== "push";
  return (
    <li className="px-4 py-4 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h3 className="flex min-w-0 items-center gap-1.5 font-medium text-sm">
          <span className="truncate">{stream.objectTitle}</span>
          <StreamArrow direction={stream.direction} />
          <Link href={`/models/${stream.model}`} className="truncate rounded-sm hover:underline">
            {stream.modelName}
          </Link>
        </h3>
        {stream.direction === "pull" ? null : <Badge>{DIRECTION_WORDS[stream.direction].title}</Badge>}
        {stream.isNew ? <Badge tone="info">New</Badge> : stream.hasDraft ? <Badge tone="info">Mapping drafted</Badge> : null}
        <span className="ms-auto flex items-center gap-1">
          <Button asChild size="sm">
            <Link href={`/templates/${template.id}/mapping/${stream.key}`} aria-label={`Edit mapping of ${stream.label}`}>
              Edit mapping
            </Link>
          </Button>
          <Menu
            trigger={
              <Button variant="ghost" size="icon-sm" disabled={disabled} aria-label={`More for ${stream.label}`}>
                <Ellipsis aria-hidden="true" />
              </Button>
            }
          >
            <MenuItem onSelect={() => onMove(-1)}>
              <ArrowUp aria-hidden="true" /> Move up
            </MenuItem>
            <MenuItem onSelect={() => onMove(1)}>
              <ArrowDown aria-hidden="true" /> Move down
            </MenuItem>
            <MenuSeparator />
            <MenuItem danger onSelect={onRemove}>
              <Trash2 aria-hidden="true" /> Remove stream
            </MenuItem>
          </Menu>
        </span>
      </div>
      <p className="mt-0.5 text-secondary text-xs">
        {mappingWords(stream)}.{" "}
        {stream.running > 0
          ? `${count(stream.running, "customer runs", "customers run")} it, ${count(stream.records, "record")}.`
          : "Nobody runs it yet."}
        {reads ? "" : ` What you send is written to ${template.integrationName} at once.`}
      </p>
      <div className="mt-3 grid gap-4 sm:grid-cols-3">
        <Field label="Called" hint="Shown to customers.">
          <Input
            value={settings.label}
            disabled={disabled}
            maxLength={80}
            onChange={({ target }) => onChange({ ...settings, label: target.value })}
          />
        </Field>
        {stream.direction === "push" ? null : <Reading {...{ stream, settings, disabled, onChange }} />}
      </div>
      {stream.direction === "pull" ? null : <StreamWriting {...{ template, stream, settings, disabled, onChange }} />}
      {stream.direction === "pull" ? <StreamLookups {...{ template, stream, settings, disabled, onChange }} /> : null}
      <StreamOffersEditor
        templateId={template.id}
        stream={stream}
        settings={settings}
        disabled={disabled}
        onChange={(offers) => onChange({ ...settings, offers })}
      />
    </li>
  );
}
