import { expressionPaths } from "./expressions";
import { fieldPaths } from "./field-paths";
import type { OnlyValues } from "./only-values";
import type { FieldMapping } from "./schema";

// The language of expressions comes with this file: on the server only, a browser loads it when it is needed.

/** A mapping as it reads records. */
export type Reading = { fields: readonly FieldMapping[]; filter?: string | null | undefined; only?: OnlyValues | undefined };

/** Every path of a record that a field reads. */
export const pathsOf = (field: FieldMapping): string[] => fieldPaths(field, expressionPaths);

/** Every path of a record that a filter reads. */
export const filterPaths = (filter: string | null | undefined): string[] => (filter ? expressionPaths(filter) : []);

/**
 * Every path of a record that a mapping reads, each once: by its fields, the settings of their transforms, its filter, and the values
 * that a customer wants only. Who asks a
 * source for fields by name asks for these; what is not asked for is not there when a filter or a field looks for it.
 */
export const readsOf = ({ fields, filter, only = {} }: Reading): string[] => [
  ...new Set([...fields.flatMap(pathsOf), ...filterPaths(filter), ...Object.keys(only)]),
];
