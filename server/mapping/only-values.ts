import { z } from "zod";
import { compileReader } from "./paths";

/** A value of a source's field by which records are chosen. */
export const PlainValue = z.union([z.string().min(1).max(200), z.number(), z.boolean()]);
export type PlainValue = z.infer<typeof PlainValue>;

/** By path of the source: the values with which a record is taken. One that is not named is not asked about. */
export const OnlyValues = z.record(z.string().min(1).max(500), z.array(PlainValue).min(1).max(50));
export type OnlyValues = z.infer<typeof OnlyValues>;

/** Why records cannot be chosen by what stands at a path; null when they can. */
export function whyNotFiltered(path: string): string | null {
  try {
    compileReader(path);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : "This is no path of a record.";
  }
}

/**
 * Compiles which records are taken by their values: those that have one of the values in each of the fields named. Of a field that holds
 * several at once one is enough; what is empty is none of them. Null where nothing is named. Throws RangeError for a path that is none.
 */
export function compileOnly(only: OnlyValues): ((source: unknown) => boolean) | null {
  const asked = Object.entries(only).map(([path, values]) => ({ read: compileReader(path), values: new Set<unknown>(values) }));
  if (asked.length === 0) return null;
  return (source) =>
    asked.every(({ read, values }) => {
      const value: unknown = read(source);
      return Array.isArray(value) ? value.some((one) => values.has(one)) : values.has(value);
    });
}
