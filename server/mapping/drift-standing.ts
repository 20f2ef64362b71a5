import type { SourceField } from "#server/lib/source-field";
import {
  basisOf,
  choicesMessage,
  type Drift,
  heir,
  type Mapped,
  mayBeEmpty,
  needsValue,
  type Readers,
  removedMessage,
  renamedMessage,
  stillWritten,
  strangersTo,
  takenBy,
  typeFits,
  typeMessage,
} from "./drift";
import { reads } from "./field-paths";
import { pathsOf } from "./reads";

/** Two looks at a source, the last and the one before; `complete`: what the last does not tell of is not there. */
export type Looks = { before: readonly SourceField[]; after: readonly SourceField[]; complete: boolean };

const oldTitle = (drift: Drift): string => /“([^”]+)”/.exec(drift.message)?.[1] ?? drift.path;

/** The field that it was followed to is gone as well: the next that is like it, or none. */
function movedOn(drift: Drift, { before, after }: Looks): Drift {
  const at = after.find((field) => field.path === drift.to);
  if (drift.kind !== "renamed" || at) return drift;
  const known = new Map(before.map((field) => [field.path, field]));
  const lost = known.get(drift.to ?? "");
  const next = lost && heir(lost, known, after);
  if (next) return { ...drift, to: next.path, message: renamedMessage(oldTitle(drift), next.title) };
  const { to: _, ...rest } = drift;
  return { ...rest, kind: "removed", message: removedMessage(oldTitle(drift)) };
}

function retyped(drift: Drift, source: SourceField, readers: Readers, model: Mapped["model"]): Drift | null {
  if (source.type === drift.was) return null;
  const fits = typeFits(source, readers, model);
  return fits === "fits" || (fits === "unknown" && drift.basis !== undefined && drift.basis !== basisOf(readers)) ? null : drift;
}

const isStillNeeded = ({ written }: Drift, source: SourceField | undefined, readers: Readers, mapping: Mapped): boolean =>
  written
    ? source?.required === true && mayBeEmpty(readers, mapping)
    : source?.required !== true && mapping.direction !== "push" && needsValue(readers, mapping.model);

function choices({ values: _, gone: __, ...drift }: Drift, title: string, values: string[], gone: string[]): Drift | null {
  if (values.length + gone.length === 0) return null;
  const both = { ...(values.length > 0 ? { values } : {}), ...(gone.length > 0 ? { gone } : {}) };
  return { ...drift, ...both, message: choicesMessage(title, values, gone) };
}

function unmapped(drift: Drift, source: SourceField, readers: Readers, mapping: Mapped, complete: boolean): Drift | null {
  const { values: there } = source;
  const still = (drift.values ?? []).filter((value) => !complete || there === undefined || there.includes(value));
  const values = mapping.direction === "push" ? [] : strangersTo(still, readers, mapping.model);
  const away = (drift.gone ?? []).filter((value) => !there?.includes(value));
  return choices(drift, source.title, values, stillWritten(away, readers, mapping));
}

/**
 * A change that was found at an earlier look, as it stands by now: followed on to where a field has gone meanwhile, less the values that
 * are mapped by now. Null = nothing is left to do: nobody reads the field any more, it is there again, or the mapping is fine with it. Pure.
 */
export function standingDrift(drift: Drift, mapping: Mapped, looks: Looks): Drift | null {
  const readers: Readers = {
    fields: mapping.fields.filter((field) => pathsOf(field).some((path) => reads(path, drift.path))),
    filter: takenBy(mapping, drift.path).filter === true,
  };
  if (readers.fields.length === 0 && !readers.filter) return null;
  const { filter: _, own: __, ...rest } = drift;
  const now: Drift = { ...rest, targets: readers.fields.map(({ target }) => target), ...takenBy(mapping, drift.path) };
  const source = looks.after.find((field) => field.path === drift.path);
  switch (drift.kind) {
    case "removed":
    case "renamed":
      return source ? null : movedOn(now, looks);
    case "type":
      return source ? retyped(now, source, readers, mapping.model) : now;
    case "values":
      return source ? unmapped(now, source, readers, mapping, looks.complete) : now;
    case "required":
      return isStillNeeded(drift, source, readers, mapping) ? now : null;
    default:
      return drift.kind satisfies never;
  }
}

/** A change that was found again while the same is open: with all values that are new since, and what the field held at first. Pure. */
export function joinedDrift(open: Drift, found: Drift, after: readonly SourceField[]): Drift {
  const source = after.find(({ path }) => path === found.path);
  if (!source) return found;
  const values = [...new Set([...(open.values ?? []), ...(found.values ?? [])])];
  const gone = [...new Set([...(open.gone ?? []), ...(found.gone ?? [])])];
  if (found.kind === "values") return choices(found, source.title, values, gone) ?? found;
  return found.kind === "type" && open.was ? { ...found, was: open.was, message: typeMessage(source.title, open.was, source.type) } : found;
}
