"use client";

import { ArrowDown, ArrowRight, ArrowUp, Ellipsis, Trash2 } from "lucide-react";
import Link from "next/link";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { count } from "#components/ui/format";
import { Input } from "#components/ui/input.tsx";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { Select } from "#components/ui/select.tsx";
import { StreamOffersEditor } from "#components/vendor/templates/stream-offers.tsx";
import { mappingWords, paceOptions, windowOptions } from "#components/vendor/templates/template-words";
import type { TemplateStreamView } from "#server/domains/templates/get-template";
import type { StreamOffers } from "#server/domains/templates/offers";

export type Settings = { key: string; label: string; intervalMs: number; backfillDays: number | null; offers: StreamOffers };

type StreamLineProps = {
  templateId: string;
  stream: TemplateStreamView;
  settings: Settings;
  disabled: boolean;
  onChange: (settings: Settings) => void;
  onMove: (by: 1 | -1) => void;
  onRemove: () => void;
};

/** One stream of a template: what flows where, how often, from when on. */
export function StreamLine({ templateId, stream, settings, disabled, onChange, onMove, onRemove }: StreamLineProps) {
  return (
    <li className="px-4 py-4 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h3 className="flex min-w-0 items-center gap-1.5 font-medium text-sm">
          <span className="truncate">{stream.objectTitle}</span>
          <ArrowRight aria-label="into" className="size-3.5 shrink-0 stroke-[1.75] text-subtle rtl:rotate-180" />
          <Link href={`/models/${stream.model}`} className="truncate rounded-sm hover:underline">
            {stream.modelName}
          </Link>
        </h3>
        {stream.isNew ? <Badge tone="info">New</Badge> : stream.hasDraft ? <Badge tone="info">Mapping drafted</Badge> : null}
        <span className="ms-auto flex items-center gap-1">
          <Button asChild size="sm">
            <Link href={`/templates/${templateId}/mapping/${stream.key}`} aria-label={`Edit mapping of ${stream.label}`}>
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
        {stream.lookups.length > 0 ? ` Looks each record up first: ${stream.lookups.map(({ key }) => key).join(", ")}.` : ""}
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
        <Field label="Reads changes" {...(stream.running > 0 ? { hint: "Taken over by those who run it, once published." } : {})}>
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
      </div>
      <StreamOffersEditor
        templateId={templateId}
        stream={stream}
        settings={settings}
        disabled={disabled}
        onChange={(offers) => onChange({ ...settings, offers })}
      />
    </li>
  );
}
