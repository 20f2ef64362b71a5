import type { SourceField } from "#server/lib/source-field";
import {
  basisOf,
  type Drift,
  dependent,
  goneMessage,
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
  typeMessage,
  typeStands,
  valuesMessage,
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

function retyped(drift: Drift, source: SourceField, readers: Readers, mapping: Mapped): Drift | null {
  if (source.type === drift.was) return null;
  const fits = typeStands(source, readers, mapping);
  return fits === "fits" || (fits === "unknown" && drift.basis !== undefined && drift.basis !== basisOf(readers)) ? null : drift;
}

function unmapped(drift: Drift, source: SourceField, readers: Readers, { model }: Mapped, complete: boolean): Drift | null {
  const { values: there } = source;
  const still = (drift.values ?? []).filter((value) => !complete || there === undefined || there.includes(value));
  const values = strangersTo(still, readers, model);
  return values.length === 0 ? null : { ...drift, values, message: valuesMessage(source.title, values) };
}

function stillGone(drift: Drift, source: SourceField, readers: Readers, mapping: Mapped): Drift | null {
  const away = (drift.values ?? []).filter((value) => !source.values?.includes(value));
  const values = stillWritten(away, readers, mapping);
  return values.length === 0 ? null : { ...drift, values, message: goneMessage(source.title, values) };
}

/**
 * A change that was found at an earlier look, as it stands by now: followed on to where a field has gone meanwhile, less the values that
 * are mapped by now. Null = nothing is left to do: nobody reads the field any more, it is there again, or the mapping is fine with it. Pure.
 */
export function standingDrift(drift: Drift, whole: Mapped, looks: Looks): Drift | null {
  const mapping = dependent(whole);
  const readers: Readers = {
    fields: mapping.fields.filter((field) => pathsOf(field).some((path) => reads(path, drift.path))),
    filter: takenBy(mapping, drift.path).filter === true,
  };
  if (readers.fields.length === 0 && !readers.filter) return null;
  const { filter: _, own: __, ...rest } = drift;
  const now: Drift = { ...rest, targets: readers.fields.map(({ target }) => target), ...takenBy(mapping, drift.path) };
  const source = looks.after.find((field) => field.path === drift.path);
  if (drift.kind === "removed" || drift.kind === "renamed") return source ? null : movedOn(now, looks);
  return standingThere(now, source, { readers, mapping, complete: looks.complete });
}

type Held = { readers: Readers; mapping: Mapped; complete: boolean };

/** One that is about what the field holds. */
function standingThere(now: Drift, source: SourceField | undefined, { readers, mapping, complete }: Held): Drift | null {
  const isNeeded = source?.required === true;
  if (now.kind === "required") return isNeeded || mapping.direction === "push" || !needsValue(readers, mapping.model) ? null : now;
  if (now.kind === "must_fill") return isNeeded && mayBeEmpty(readers, mapping) ? now : null;
  if (!source) return now;
  if (now.kind === "type") return retyped(now, source, readers, mapping);
  return now.kind === "values_gone" ? stillGone(now, source, readers, mapping) : unmapped(now, source, readers, mapping, complete);
}

/** A change that was found again while the same is open: with all values that are new since, and what the field held at first. Pure. */
export function joinedDrift(open: Drift, found: Drift, after: readonly SourceField[]): Drift {
  const source = after.find(({ path }) => path === found.path);
  if (!source) return found;
  const values = [...new Set([...(open.values ?? []), ...(found.values ?? [])])];
  if (found.kind === "values") return { ...found, values, message: valuesMessage(source.title, values) };
  if (found.kind === "values_gone") return { ...found, values, message: goneMessage(source.title, values) };
  return found.kind === "type" && open.was ? { ...found, was: open.was, message: typeMessage(source.title, open.was, source.type) } : found;
}
