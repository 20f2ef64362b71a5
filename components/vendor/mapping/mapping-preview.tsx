"use client";

import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import { cn } from "#components/cn";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count } from "#components/ui/format";
import { Select } from "#components/ui/select.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";
import type { Draft } from "#components/vendor/mapping/field-draft";
import { Outcome } from "#components/vendor/mapping/outcome.tsx";
import type { ModelField } from "#server/domains/models/schema";
import type { Stand, Tally } from "#server/mapping/tally";
import type { MappingEditorView } from "#server/trpc/views";

type Samples = MappingEditorView["samples"];

const STANDS: Record<Stand, { word: string; mark: string }> = {
  whole: { word: "taken whole", mark: "" },
  partly: { word: "taken in part", mark: " (in part)" },
  held: { word: "held back", mark: " (held back)" },
  out: { word: "left out", mark: " (left out)" },
};

/** "18 taken whole, 4 in part …": green only where all of them are whole and nothing is wrong. */
export function Counts({ tally, errors }: { tally: Tally; errors: number }) {
  const { count: of, barren, stands } = tally;
  const isBad = errors > 0 || of.held > 0;
  const isDoubtful = of.partly > 0 || barren.length > 0 || of.whole === 0;
  const Icon = isBad ? CircleAlert : isDoubtful ? TriangleAlert : CircleCheck;
  const tone = isBad ? "text-danger-text" : isDoubtful ? "text-warning-text" : "text-success-text";
  const one = stands.length === 1;
  const words = (Object.keys(STANDS) as Stand[]).flatMap((stand) =>
    of[stand] > 0 ? [one ? STANDS[stand].word : `${of[stand]} ${STANDS[stand].word}`] : [],
  );
  return (
    <p className="mt-1 flex items-start gap-1.5 text-xs" role="status">
      <Icon aria-hidden="true" className={cn("mt-px size-3.5 shrink-0 stroke-2", tone)} />
      <span className="text-secondary">
        {errors > 0 ? <span className="text-danger-text">{count(errors, "field has an error", "fields have errors")}. </span> : null}
        {count(stands.length, "sample")}: {words.join(", ")}.
      </span>
    </p>
  );
}

const NOTES: Partial<Record<Stand, string>> = {
  out: "The filter leaves this record out. It is not taken, and removed where it is held.",
  held: "This record would be held back until what does not fit is mended.",
};

type PreviewProps = {
  draft: Draft;
  published: Draft;
  model: readonly ModelField[];
  samples: Samples;
  tally: Tally;
  /** How many fields have an error whatever the record. */
  errors: number;
  chosen: number;
  onChoose: (index: number) => void;
  /** Whose records they are, to choose. */
  of: ReactNode;
  /** Under a line that has its title already. */
  bare?: boolean;
};

/** The whole record the mapping makes of one sample, beside what it makes today. */
export function MappingPreview({ draft, published, model, samples, tally, errors, chosen, onChoose, of, bare = false }: PreviewProps) {
  const [view, setView] = useState("after");
  const sample = samples[chosen];
  if (!sample) {
    return (
      <Card>
        <div className="border-hairline border-b px-4 py-3">{of}</div>
        <EmptyState title="No record to preview on">Connect an account, or use the connector's sample.</EmptyState>
      </Card>
    );
  }
  const stand = tally.stands[chosen] ?? "whole";
  return (
    <Card className={cn("overflow-hidden", bare && "rounded-none border-0")}>
      <div className="border-hairline border-b px-4 py-3">
        {bare ? null : (
          <>
            <h2 className="font-semibold text-base">Preview</h2>
            <Counts tally={tally} errors={errors} />
          </>
        )}
        <div className={bare ? "" : "mt-2.5"}>{of}</div>
        <Select
          aria-label="Sample record"
          className="mt-2 text-sm"
          value={String(chosen)}
          onChange={(value) => onChoose(Number(value))}
          options={samples.map(({ label }, index) => ({
            value: String(index),
            label: `${label}${STANDS[tally.stands[index] ?? "whole"].mark}`,
          }))}
        />
      </div>
      <Tabs value={view} onValueChange={setView} className="px-4 pt-1 pb-4">
        <TabsList aria-label="Preview">
          <TabsTrigger value="after">After</TabsTrigger>
          <TabsTrigger value="before">Today</TabsTrigger>
          <TabsTrigger value="source">Source</TabsTrigger>
        </TabsList>
        <TabsContent value="after" className="pt-2">
          {NOTES[stand] ? (
            <p
              className={cn(
                "mt-1 mb-1.5 rounded-md bg-muted px-2.5 py-2 text-xs",
                stand === "held" ? "text-danger-text" : "text-secondary",
              )}
            >
              {NOTES[stand]}
            </p>
          ) : null}
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
