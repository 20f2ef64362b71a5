import { pathParts, pathUnder } from "./paths";
import type { FieldMapping, Transform } from "./schema";
import { templatePaths } from "./template-check";
import { definitionOf } from "./transforms/registry";

/** A path in one spelling: `a["b"]` is `a.b`. What is no path stays as it is. */
export function samePath(path: string): string {
  if (!path.includes('"')) return path;
  try {
    return pathParts(path).reduce<string>((before, part) => {
      if (typeof part === "string") return pathUnder(before, part);
      return typeof part === "number" ? `${before}[${part}]` : `${before}[]`;
    }, "");
  } catch (error) {
    if (error instanceof RangeError) return path;
    throw error;
  }
}

/** A setting of a transform that is a path of the record, by its place among the settings. */
export type SettingPath = { name: string; index: number | null; path: string };

/** Paths of the record in the settings of a transform: of what it takes values from instead, or besides. */
export function settingPaths(transform: Transform): SettingPath[] {
  const settings = transform as unknown as Record<string, unknown>;
  return Object.entries(definitionOf(transform.type).params).flatMap(([name, param]): SettingPath[] => {
    const value = settings[name];
    if (param.kind === "paths" && param.of === "record" && Array.isArray(value))
      return value.map((path, index) => ({ name, index, path: String(path) }));
    if (param.kind !== "path" || param.of === undefined || typeof value !== "string") return [];
    return [{ name, index: null, path: param.of === "record" ? value : `${String(settings["list"])}[].${value}` }];
  });
}

/** Every path of a record that a field reads, each once; `inExpression` tells those of an expression. */
export function fieldPaths(field: FieldMapping, inExpression: (expression: string) => string[]): string[] {
  const { from, template, expression, transforms } = field;
  const own =
    from !== undefined
      ? [from]
      : template !== undefined
        ? templatePaths(template)
        : expression !== undefined
          ? inExpression(expression)
          : [];
  return [...new Set([...own, ...transforms.flatMap((one) => settingPaths(one).map(({ path }) => path))].map(samePath))];
}

/** A path as sources' fields are listed: every place and each entry is `[]`, and a list's entries are the list. */
const listed = (path: string): string =>
  samePath(path)
    .replace(/\[(?:\*|-?\d{1,5})\]/g, "[]")
    .replace(/(?:\[\])+$/, "");

/** Whether who reads a path reads the source's field: the field itself, entries of it, or something inside it. */
export function reads(path: string, field: string): boolean {
  const own = listed(path);
  const wanted = listed(field);
  return own === wanted || own.startsWith(`${wanted}.`) || own.startsWith(`${wanted}[`);
}
