import { hash } from "node:crypto";
import type { ModelField } from "#server/domains/models/schema";
import type { CompiledMapping, FieldFault } from "#server/mapping/compile";
import { fitOf } from "#server/mapping/fits";
import { compileReader, compileWriter } from "#server/mapping/paths";
import { pathsOf } from "#server/mapping/reads";
import { keyOf } from "#server/mapping/same-value";
import type { FieldMapping } from "#server/mapping/schema";

/** A correction as it is stored. */
export type StoredCorrection = { external_id: string; field: string; value: unknown; was: string };

/** A value that a person gave for one field of one record; `stands` = the source still says of the field what it said then. */
type Correction = { field: string; value: unknown; stands: (source: unknown) => boolean };

/** By the record's id at the source. */
export type Corrections = ReadonlyMap<string, readonly Correction[]>;
export const NO_CORRECTIONS: Corrections = new Map();

/** Corrections that do not count any more. */
export type Fallen = { externalId: string; field: string };

/** Tells what a record says of all that a field is made of, as a digest. */
export function digestReader(field: FieldMapping | undefined): (source: unknown) => string {
  const readers = field ? pathsOf(field).map(compileReader) : [];
  return (source) => hash("sha1", keyOf(readers.map((read) => read(source) ?? null))).slice(0, 16);
}

/** Corrections as a leg uses them. One that the model no longer takes does not stand. */
export function correctionsOf(
  stored: readonly StoredCorrection[] | null,
  fields: readonly FieldMapping[],
  model: readonly ModelField[],
): Corrections {
  if (!stored || stored.length === 0) return NO_CORRECTIONS;
  const byRecord = new Map<string, Correction[]>();
  for (const { external_id: id, field, value, was } of stored) {
    const shape = model.find(({ key }) => key === field);
    const fits = shape !== undefined && fitOf(shape)(value) === null;
    const digest = digestReader(fields.find(({ target }) => target === field));
    byRecord.set(id, [...(byRecord.get(id) ?? []), { field, value, stands: (source) => fits && digest(source) === was }]);
  }
  return byRecord;
}

/** What stands for the record, as text: part of what it is recognised by as unchanged. */
export const printOf = (given: readonly Correction[], source: unknown): string =>
  given.flatMap((one) => (one.stands(source) ? [`${one.field}=${keyOf(one.value)}`] : [])).join(";");

export const fallenOf = (externalId: string, given: readonly Correction[], source: unknown): Fallen[] =>
  given.flatMap((one) => (one.stands(source) ? [] : [{ externalId, field: one.field }]));

/** A record mapped, with what stands for it in the place of what came out. Pure. */
export function applyCorrected(
  mapping: CompiledMapping,
  given: readonly Correction[],
  source: unknown,
): { data: Record<string, unknown> } | { faults: FieldFault[] } {
  const { data, faults } = mapping.attempt(source);
  const standing = given.filter((one) => one.stands(source));
  const left = faults.filter(({ field }) => !standing.some((one) => one.field === field));
  if (left.length > 0) return { faults: left };
  const mended = structuredClone(data); // what lies inside may be the source's own
  for (const { field, value } of standing) compileWriter(field)(mended, value);
  return { data: mended };
}
