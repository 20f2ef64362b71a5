"use client";

import { useQuery } from "@tanstack/react-query";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { type Draft, fieldFacts } from "#components/vendor/mapping/field-draft";
import { show } from "#components/vendor/mapping/mapping-row.tsx";
import type { CustomerPreview } from "#server/domains/mappings/preview-customer";
import type { ModelField } from "#server/domains/models/schema";
import type { Reached } from "#server/domains/rollouts/preview-rollout";
import type { FieldMapping } from "#server/mapping/schema";
import { resultWithin, type Whole, wholeOf } from "#server/mapping/whole";

export type NextVersion = { templateId: string; streamKey: string; fields: Draft; model: readonly ModelField[] };

/** One side of a field: how it is filled, and the mapping that is part of. */
type Filled = { mapping: FieldMapping | undefined; whole: Whole };
type Line = { field: ModelField; theirs: Filled; next: Filled };

function valueIn({ mapping, whole }: Filled, field: ModelField, source: unknown): string {
  if (!mapping) return "left out";
  const result = resultWithin(whole, mapping, field, source);
  return result.state === "fault" ? `does not fit: ${result.message}` : result.state === "ok" ? show(result.after) : "empty";
}

/** The record on which the most lines come out differently: one on which nothing differs shows nothing. */
function tellingSample(lines: readonly Line[], samples: CustomerPreview["samples"]) {
  const differing = (source: unknown) =>
    lines.filter(({ field, theirs, next }) => valueIn(theirs, field, source) !== valueIn(next, field, source)).length;
  return samples.reduce<(typeof samples)[number] | undefined>(
    (best, one) => (best === undefined || differing(one.source) > differing(best.source) ? one : best),
    undefined,
  );
}

function Side({ word, filled, field, source }: { word: string; filled: Filled; field: ModelField; source: unknown }) {
  return (
    <div className="flex items-baseline gap-2 text-xs">
      <dt className="w-12 shrink-0 text-secondary">{word}</dt>
      <dd className="min-w-0 flex-1">
        <span className="break-words font-medium">{source === undefined ? "no record yet" : valueIn(filled, field, source)}</span>
        <span className="block break-words text-secondary">{fieldFacts(filled.mapping).join(", ")}</span>
      </dd>
    </div>
  );
}

/** Of what a customer has changed, both values on one of their records: theirs, and the new version's. That one looked is noted. */
export function ReachedValues({ reached, next }: { reached: Reached; next: NextVersion }) {
  const trpc = useVendor();
  const { templateId, streamKey, model } = next;
  const { connectionId } = reached;
  const query = useQuery(trpc.mappings.onCustomer.queryOptions({ templateId, streamKey, connectionId }, { staleTime: 60_000 }));
  if (query.isError)
    return <p className="text-danger-text text-xs">Their records could not be read now. Close this line and open it again.</p>;
  if (!query.data) return <Skeleton className="h-10 w-full" />;
  const { overrides, samples } = query.data;
  const theirs = new Map(next.fields);
  for (const [key, { field }] of Object.entries(overrides)) {
    if (field) theirs.set(key, field);
    else theirs.delete(key);
  }
  const filled = (fields: Draft, key: string): Filled => ({ mapping: fields.get(key), whole: wholeOf(fields, model) });
  const lines = model.flatMap((field): Line[] =>
    Object.hasOwn(overrides, field.key) ? [{ field, theirs: filled(theirs, field.key), next: filled(next.fields, field.key) }] : [],
  );
  const sample = tellingSample(lines, samples);
  const of = new Set(reached.conflicts);
  lines.sort((a, b) => Number(of.has(b.field.name)) - Number(of.has(a.field.name)));
  return (
    <>
      {sample ? <p className="text-secondary text-xs">On their record “{sample.label}”:</p> : null}
      <ul className="mt-1 flex flex-col gap-2">
        {lines.map(({ field, theirs, next: new_ }) => (
          <li key={field.key}>
            <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-sm">
              {field.name}
              {of.has(field.name) ? (
                <Badge tone="warning" className="h-[18px] px-1.5 text-[11px]">
                  {reached.unwritten.includes(field.name)
                    ? "Conflict: theirs is not written any more"
                    : "Conflict: theirs stays until they decide"}
                </Badge>
              ) : reached.needless.includes(field.name) ? (
                <Badge className="h-[18px] px-1.5 text-[11px]">Now the same</Badge>
              ) : (
                <Badge className="h-[18px] px-1.5 text-[11px]">Theirs stays</Badge>
              )}
            </p>
            <dl className="mt-0.5 flex flex-col gap-0.5">
              <Side word="Theirs" filled={theirs} field={field} source={sample?.source} />
              <Side word="New" filled={new_} field={field} source={sample?.source} />
            </dl>
          </li>
        ))}
      </ul>
    </>
  );
}
