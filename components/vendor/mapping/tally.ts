import { type Draft, resultOf } from "#components/vendor/mapping/field-draft";
import type { ModelField } from "#server/domains/models/schema";
import { expressionsLoaded } from "#server/mapping/expression-slot";
import { compileFilter } from "#server/mapping/filter";
import { isEmpty } from "#server/mapping/misfit";

/** What becomes of a sample. `partly`: taken, with a value that did not fit and was settled by its field's rule. */
export type Stand = "whole" | "partly" | "held" | "out";

/** A mapped field that no sample gives a value for: it never fits, or always comes out empty. */
export type Barren = { field: ModelField; why: "misfit" | "empty" };

export type Tally = {
  /** By the place of the sample. */
  stands: Stand[];
  count: Record<Stand, number>;
  barren: Barren[];
};

type Filter = ReturnType<typeof compileFilter>;
type Sought = { fields: Draft; filter: string | null };

/** The filter, or null where there is none that can be asked: what is wrong with it is said beside it. */
function filterOf(filter: string | null): Filter | null {
  if (filter === null || filter.trim() === "" || !expressionsLoaded()) return null;
  try {
    return compileFilter(filter.trim());
  } catch {
    return null;
  }
}

function standOf(fields: Draft, model: readonly ModelField[], passes: Filter | null, source: unknown): Stand {
  const passed = passes?.(source);
  if (passed && !passed.ok) return "held";
  if (passed && !passed.passes) return "out";
  let stand: Stand = "whole";
  for (const field of model) {
    const result = resultOf(fields.get(field.key), field, source);
    if (result.state === "fault") return "held";
    if (result.state === "ok" && result.notes.length > 0) stand = "partly";
  }
  return stand;
}

/** Why a mapped field has no value on any of the samples; null when it has one on some. */
function barrenOf(fields: Draft, field: ModelField, sources: readonly unknown[]): Barren["why"] | null {
  const own = fields.get(field.key);
  if (!own) return null;
  let misfits = 0;
  for (const source of sources) {
    const result = resultOf(own, field, source);
    if (result.state === "unmapped") return null; // not worked out yet
    if (result.state === "fault" || result.notes.length > 0) misfits++;
    else if (!isEmpty(result.after) && !(Array.isArray(result.after) && result.after.length === 0)) return null;
  }
  return misfits === 0 ? "empty" : "misfit";
}

/** What a mapping makes of all samples, by the code that production runs: how many it takes whole, in part, not at all. Pure. */
export function tallyOf({ fields, filter }: Sought, model: readonly ModelField[], sources: readonly unknown[]): Tally {
  const passes = filterOf(filter);
  const stands = sources.map((source) => standOf(fields, model, passes, source));
  const count: Tally["count"] = { whole: 0, partly: 0, held: 0, out: 0 };
  for (const stand of stands) count[stand]++;
  const within = sources.filter((_source, index) => stands[index] !== "out");
  const barren = model.flatMap((field): Barren[] => {
    const why = within.length === 0 ? null : barrenOf(fields, field, within);
    return why === null ? [] : [{ field, why }];
  });
  return { stands, count, barren };
}
