import { describedSchema, partOf } from "./describe";
import type { Shape } from "./shape";
import { PARTS } from "./words-parts";

const TYPES: Record<string, string> = { string: "text", integer: "whole number", boolean: "true or false", array: "list" };
const CONSTANTS = ["type", "by", "from"];
const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, "")
    .replace(/ /g, "-");
const link = (title: string): string => `[${title.toLowerCase()}](#${anchor(title)})`;
const cell = (text: string): string => text.replace(/\|/g, "\\|").replace(/\n/g, "\\n");
const code = (value: unknown): string => `\`${JSON.stringify(value).replace(/`/g, "'")}\``;

const choices = (shape: Shape): Shape[] =>
  (shape.oneOf ?? shape.anyOf ?? [shape]).flatMap((one) => (one.oneOf || one.anyOf ? choices(one) : [one]));

/** What one alternative takes, in words. */
function kindText(one: Shape): string {
  if (one.const !== undefined) return code(one.const);
  if (one.enum) return one.enum.map(code).join(", ");
  if (one.items) return `list of ${typeOf(one.items)}`;
  if (one.properties) {
    const part = partOf(Object.keys(one.properties));
    return part ? link(part.title) : "object";
  }
  if (typeof one.additionalProperties === "object") return `by name: ${typeOf(one.additionalProperties)}`;
  const types = [one.type ?? []].flat();
  return types.length === 0 ? "any JSON value" : types.map((type) => TYPES[type] ?? type).join(" or ");
}

/** What a field takes, in words. */
function typeOf(shape: Shape): string {
  const kinds = [...new Set(choices(shape).map(kindText))];
  return kinds.length > 4 ? "any JSON value" : kinds.join(" or ");
}

function table(shape: Shape): string[] {
  const required = new Set(shape.required ?? []);
  const rows = Object.entries(shape.properties ?? {}).map(([name, inner]) => {
    const rest = inner.default === undefined || typeof inner.default === "object" ? "" : ` Default ${code(inner.default)}.`;
    const example = inner.const === undefined ? inner.examples?.[0] : inner.const;
    return `| \`${name}\`${required.has(name) && inner.default === undefined ? " *" : ""} | ${cell(typeOf(inner))} | ${cell((inner.description ?? "") + rest)} | ${cell(code(example))} |`;
  });
  return ["| field | takes | what it is for | example |", "|---|---|---|---|", ...rows, ""];
}

/** The alternative's own name: the constant by which it is chosen. */
function kindOf(shape: Shape): string | null {
  const found = CONSTANTS.map((name) => shape.properties?.[name]?.const).find((value) => value !== undefined);
  return found === undefined ? null : String(found);
}

type Page = { lines: string[]; seen: Set<string>; parts: Map<string, Shape> };

/** Keeps a part for the end of the page. The fullest one stands for all: some places take less. */
function keepPart(page: Page, name: string, shape: Shape): void {
  const size = (one: Shape | undefined) => Object.keys(one?.properties ?? {}).length;
  if (size(page.parts.get(name)) < size(shape)) page.parts.set(name, shape);
}

/** Writes an object down, unless the same was written before. True = it is new. */
function write(page: Page, shape: Shape, path: string): boolean {
  const text = table(shape).join("\n");
  if (page.seen.has(text)) return false;
  page.seen.add(text);
  const kind = kindOf(shape);
  page.lines.push(`## ${path === "" ? "The file" : `\`${path}\`${kind === null ? "" : `: \`${kind}\``}`}`, "", text);
  return true;
}

/** An object's own table, then those of what its fields hold. */
function objectSection(shape: Shape, path: string, page: Page): void {
  const properties = Object.entries(shape.properties ?? {});
  const part = path === "" ? null : partOf(properties.map(([name]) => name));
  if (part) keepPart(page, part.name, shape);
  else if (!write(page, shape, path)) return;
  for (const [name, inner] of properties) section(inner, path === "" ? name : `${path}.${name}`, page);
}

function section(shape: Shape, path: string, page: Page): void {
  for (const one of choices(shape)) {
    if (one.items) section(one.items, path, page);
    if (typeof one.additionalProperties === "object") section(one.additionalProperties, `${path}.*`, page);
    if (one.properties) objectSection(one, path, page);
  }
}

/** `docs/reference/manifest.md`: every field of a connector's manifest, from the schema and the words about it. */
export function manifestReference(): string {
  const page: Page = { lines: [], seen: new Set(), parts: new Map() };
  section(describedSchema().schema, "", page);
  const parts = PARTS.flatMap((part) => {
    const shape = page.parts.get(part.name);
    return shape ? [`### ${part.title}`, "", part.says, "", ...table(shape)] : [];
  });
  return [
    "# The connector manifest",
    "",
    "Generated from the schema: `npm run docs`. The same as a JSON Schema, for editors: `/v1/manifest.schema.json` of your Inlay.",
    "How to write one: [a private connector](../guides/private-connector.md). A star marks what must be given; `*` in a path stands for",
    "a name of your own.",
    "",
    ...page.lines,
    "## Shapes used in many places",
    "",
    ...parts,
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}
