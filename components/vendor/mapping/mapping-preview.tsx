"use client";

import { CircleAlert, CircleCheck } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { cn } from "#components/cn";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count } from "#components/ui/format";
import { Select } from "#components/ui/select.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";
import { type Draft, resultOf } from "#components/vendor/mapping/field-draft";
import { show } from "#components/vendor/mapping/mapping-row.tsx";
import type { ModelField } from "#server/domains/models/schema";
import type { MappingEditorView } from "#server/trpc/views";

type Samples = MappingEditorView["samples"];

/** Which samples would be held back under this mapping, by their place. */
function heldBack(draft: Draft, model: readonly ModelField[], samples: Samples): boolean[] {
  return samples.map(({ source }) => model.some((field) => resultOf(draft.get(field.key), field, source).state === "fault"));
}

type PreviewProps = {
  draft: Draft;
  published: Draft;
  model: readonly ModelField[];
  samples: Samples;
  chosen: number;
  onChoose: (index: number) => void;
  /** Whose records they are, to choose. */
  of: ReactNode;
};

/** The whole record the mapping makes of one sample, beside what it makes today. */
export function MappingPreview({ draft, published, model, samples, chosen, onChoose, of }: PreviewProps) {
  const [view, setView] = useState("after");
  const sample = samples[chosen];
  const held = useMemo(() => heldBack(draft, model, samples), [draft, model, samples]);
  if (!sample) {
    return (
      <Card>
        <div className="border-hairline border-b px-4 py-3">{of}</div>
        <EmptyState title="No record to preview on">Connect an account, or use the connector's sample.</EmptyState>
      </Card>
    );
  }
  const bad = held.filter(Boolean).length;
  return (
    <Card className="overflow-hidden">
      <div className="border-hairline border-b px-4 py-3">
        <div className="flex items-center justify-between gap-3">
          <h2 className="font-semibold text-base">Preview</h2>
          <span className="flex items-center gap-1.5 text-xs" role="status">
            {bad === 0 ? (
              <CircleCheck aria-hidden="true" className="size-3.5 stroke-2 text-success-text" />
            ) : (
              <CircleAlert aria-hidden="true" className="size-3.5 stroke-2 text-danger-text" />
            )}
            <span className="text-secondary">
              {bad === 0 ? `${count(samples.length, "sample fits", "samples fit")}` : `${count(bad, "sample")} would be held back`}
            </span>
          </span>
        </div>
        <div className="mt-2.5">{of}</div>
        <Select
          aria-label="Sample record"
          className="mt-2"
          value={String(chosen)}
          onChange={(value) => onChoose(Number(value))}
          options={samples.map(({ label }, index) => ({ value: String(index), label: held[index] ? `${label} (held back)` : label }))}
        />
      </div>
      <Tabs value={view} onValueChange={setView} className="px-4 pt-1 pb-4">
        <TabsList aria-label="Preview">
          <TabsTrigger value="after">After</TabsTrigger>
          <TabsTrigger value="before">Today</TabsTrigger>
          <TabsTrigger value="source">Source</TabsTrigger>
        </TabsList>
        <TabsContent value="after" className="pt-2">
          <Outcome draft={draft} against={published} model={model} source={sample.source} />
        </TabsContent>
        <TabsContent value="before" className="pt-2">
          <Outcome draft={published} against={null} model={model} source={sample.source} />
        </TabsContent>
        <TabsContent value="source" className="pt-3">
          <section
            aria-label="Source record"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
            tabIndex={0}
            className="max-h-[52vh] overflow-auto"
          >
            <pre className="leading-[1.55]">{JSON.stringify(sample.source, null, 2)}</pre>
          </section>
        </TabsContent>
      </Tabs>
    </Card>
  );
}

/** A field's outcome in a word or a value. */
function outcomeText(draft: Draft, field: ModelField, source: unknown): { text: string; fault: boolean } {
  const result = resultOf(draft.get(field.key), field, source);
  if (result.state === "fault") return { text: "does not fit", fault: true };
  return { text: result.state === "ok" ? show(result.after) : "empty", fault: false };
}

function Outcome({
  draft,
  against,
  model,
  source,
}: {
  draft: Draft;
  against: Draft | null;
  model: readonly ModelField[];
  source: unknown;
}) {
  return (
    <dl className="divide-y divide-hairline">
      {model.map((field) => {
        const { text, fault } = outcomeText(draft, field, source);
        const today = against ? outcomeText(against, field, source).text : text;
        return (
          <div key={field.key} className="flex items-baseline gap-3 py-1.5 text-sm">
            <dt className="w-28 shrink-0 truncate text-secondary text-xs">{field.key}</dt>
            <dd className="min-w-0 flex-1">
              <span className={cn("break-words", fault && "text-danger-text", text === "empty" && "text-subtle")}>{text}</span>
              {today === text ? null : <span className="block truncate text-subtle text-xs">today: {today}</span>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
