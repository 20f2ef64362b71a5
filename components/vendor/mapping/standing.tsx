"use client";

import { CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "#components/cn";
import { count } from "#components/ui/format";
import { type Issue, isError } from "#components/vendor/mapping/field-issues";
import type { ModelField } from "#server/domains/models/schema";
import type { Barren, Tally } from "#server/mapping/tally";

const SHOWN = 6;

/** Fields whose errors keep the mapping from being published, in the order of the screen. */
export const inTheWay = (model: readonly ModelField[], issues: ReadonlyMap<string, Issue>): ModelField[] =>
  model.filter(({ key }) => {
    const issue = issues.get(key);
    return issue !== undefined && isError(issue);
  });

/** Why nothing can be published now, in a sentence; null when it can. */
export function whyNot(wrong: readonly ModelField[], issues: ReadonlyMap<string, Issue>, filterFault: string | null): string | null {
  if (filterFault !== null) return `This cannot be published yet. The filter: ${filterFault}`;
  const [first] = wrong;
  if (!first) return null;
  const others = wrong.length > 1 ? ` ${count(wrong.length - 1, "more field has", "more fields have")} an error.` : "";
  return `This cannot be published yet. ${first.name}: ${issues.get(first.key)?.message ?? ""}${others}`;
}

const WHY = { misfit: "does not fit", empty: "is empty" } as const;
const WHY_EACH = { misfit: "does not fit on any", empty: "is empty on each" } as const;

/** "Phone does not fit on any", of several samples. */
const barrenWords = ({ field, why }: Barren, samples: number): string => `${field.name} ${(samples === 1 ? WHY : WHY_EACH)[why]}`;

type NamesProps = { barren: readonly Barren[]; within: number; onLead: ((key: string) => void) | null };

function Names({ barren, within, onLead }: NamesProps) {
  const rest = barren.length - SHOWN;
  return (
    <>
      {barren.slice(0, SHOWN).map((one, index) => (
        <span key={one.field.key}>
          {index === 0 ? "" : ", "}
          {onLead ? (
            <button type="button" className="underline decoration-dotted underline-offset-2" onClick={() => onLead(one.field.key)}>
              {barrenWords(one, within)}
            </button>
          ) : (
            barrenWords(one, within)
          )}
        </span>
      ))}
      {rest > 0 ? ` and ${rest} more` : ""}
    </>
  );
}

function Said({ tone, children }: { tone: "danger" | "warning"; children: ReactNode }) {
  const Icon = tone === "danger" ? CircleAlert : TriangleAlert;
  return (
    <p className={cn("flex items-start gap-2 text-sm", tone === "danger" ? "text-danger-text" : "text-warning-text")}>
      <Icon aria-hidden="true" className="mt-0.5 size-4 shrink-0 stroke-[1.75]" />
      <span className="min-w-0 break-words">{children}</span>
    </p>
  );
}

/** What the samples say against the mapping: records that would be held back, fields that nothing fills. Null when nothing does. */
export function sampleFaults({ count: of, barren, stands }: Tally): { held: string | null; barren: readonly Barren[]; within: number } {
  const within = stands.length - of.out;
  const held =
    of.held === 0 ? null : within === 1 ? "The sample would be held back." : `${of.held} of ${within} samples would be held back.`;
  const none = of.out > 0 && within === 0 ? "The filter leaves every sample out." : null;
  return { held: held ?? none, barren, within };
}

/** The same above the fields and before publishing. `onLead` goes to a field; null where there is none to go to. */
export function SampleFaults({ tally, onLead }: { tally: Tally; onLead: ((key: string) => void) | null }) {
  const { held, barren, within } = sampleFaults(tally);
  return (
    <>
      {held === null ? null : <Said tone="danger">{held}</Said>}
      {barren.length === 0 ? null : (
        <Said tone="warning">
          {within === 1 ? "On the sample" : `Of ${count(within, "sample")}`}: <Names barren={barren} within={within} onLead={onLead} />.
        </Said>
      )}
    </>
  );
}

/** On top of the fields: what samples and rules say against this mapping, each leading to its field. */
export function Standing({ tally, onLead }: { tally: Tally; onLead: (key: string) => void }) {
  const { held, barren } = sampleFaults(tally);
  if (held === null && barren.length === 0) return null;
  return (
    <section aria-label="What the samples say" className="flex flex-col gap-1.5 border-hairline border-b bg-muted px-4 py-2.5 sm:px-5">
      <SampleFaults tally={tally} onLead={onLead} />
    </section>
  );
}
