import type { ModelField } from "#server/domains/models/schema";
import { expressionsLoaded } from "./expression-slot";
import { compileFilter } from "./filter";
import { isEmpty } from "./misfit";
import { compileOnly, type OnlyValues } from "./only-values";
import { type Fields, type Whole, wholeOf } from "./whole";

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
/** `filter`: as the template has it; `only`: as the customer wants it besides. */
type Sought = { fields: Fields; filter: string | null; only?: OnlyValues | undefined };

/** The filter, or null where there is none that can be asked: what is wrong with it is said beside it. */
function filterOf(filter: string | null): Filter | null {
  if (filter === null || filter.trim() === "" || !expressionsLoaded()) return null;
  try {
    return compileFilter(filter.trim());
  } catch {
    return null;
  }
}

/** Whether a record is among those that are taken; in the worker's order, first what the customer wants only, then the filter. */
function amongOf({ filter, only = {} }: Sought): (source: unknown) => "in" | "held" | "out" {
  const [passes, wanted] = [filterOf(filter), compileOnly(only)];
  return (source) => {
    if (wanted?.(source) === false) return "out";
    const passed = passes?.(source) ?? { ok: true, passes: true };
    return passed.ok ? (passed.passes ? "in" : "out") : "held";
  };
}

/** Why a mapped field has no value on any of the samples; null when it has one on some. */
function barrenOf(whole: Whole, field: ModelField, sources: readonly unknown[]): Barren["why"] | null {
  let misfits = 0;
  for (const source of sources) {
    const result = whole.resultOf(field, source);
    if (result.state === "unmapped") return null; // not worked out yet
    if (result.state === "fault" || result.notes.length > 0) misfits++;
    else if (!isEmpty(result.after) && !(Array.isArray(result.after) && result.after.length === 0)) return null;
  }
  return misfits === 0 ? "empty" : "misfit";
}

/** What a mapping makes of all samples, by the code that production runs: how many it takes whole, in part, not at all. Pure. */
export function tallyOf(sought: Sought, model: readonly ModelField[], sources: readonly unknown[]): Tally {
  const among = amongOf(sought);
  const whole = wholeOf(sought.fields, model);
  const stands = sources.map((source): Stand => {
    const is = among(source);
    return is === "in" ? whole.standOf(source) : is;
  });
  const count: Tally["count"] = { whole: 0, partly: 0, held: 0, out: 0 };
  for (const stand of stands) count[stand]++;
  const within = sources.filter((_source, index) => stands[index] !== "out");
  const barren = model.flatMap((field): Barren[] => {
    const why = within.length === 0 || !sought.fields.has(field.key) ? null : barrenOf(whole, field, within);
    return why === null ? [] : [{ field, why }];
  });
  return { stands, count, barren };
}
