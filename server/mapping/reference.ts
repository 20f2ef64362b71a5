import { PATTERN_TOKENS } from "./date-patterns";
import { FUNCTIONS, MACROS, METHODS } from "./expression-rules";
import { LIMITS } from "./limits";
import type { Definition, Param, Params } from "./transforms/define";
import { TRANSFORM_GROUPS, TRANSFORMS } from "./transforms/registry";

const code = (value: unknown) => `\`${JSON.stringify(value) ?? "nothing"}\``.replaceAll("|", "\\|");

const KINDS: Record<Param["kind"], (param: Param) => string> = {
  text: (p) => (p.kind === "text" ? `text, ${p.min ? `${p.min} to ` : "up to "}${p.max} characters` : ""),
  texts: (p) => (p.kind === "texts" ? `list of texts, up to ${p.max}` : ""),
  integer: (p) => (p.kind === "integer" ? `whole number, ${p.min} to ${p.max}` : ""),
  choice: (p) => (p.kind === "choice" ? `one of ${p.options.map((option) => `\`${option}\``).join(" ")}` : ""),
  zone: () => "time zone",
  path: () => "path",
  paths: (p) => (p.kind === "paths" ? `list of paths, up to ${p.max}` : ""),
  scalar: () => "text, number, yes or no, or null",
  values: () => "value map, up to 10000 entries",
};

type Any = Definition<string, Params>;

function settingRows(params: Params): string[] {
  const rows = Object.entries(params).map(
    ([name, param]) => `| \`${name}\`${param.optional ? " (optional)" : ""} | ${param.title} | ${KINDS[param.kind](param)} |`,
  );
  return rows.length > 0 ? ["| setting | what it is | kind |", "|---|---|---|", ...rows, ""] : [];
}

function exampleRows(examples: Any["examples"]): string[] {
  const rows = examples.map(({ settings, input, output, source }) => {
    const record = source === undefined ? "" : ` in ${code(source)}`;
    return `| ${code(settings)} | ${code(input)}${record} | ${code(output)} |`;
  });
  return ["| settings | input | output |", "|---|---|---|", ...rows, ""];
}

function wayBack({ invert, examples }: Any): string {
  const back = invert(examples[0].settings);
  if (back.kind === "none") return `Way back: none; ${back.reason}.`;
  const steps = back.steps.length > 0 ? `by ${back.steps.map((step) => `\`${step.type}\``).join(", ")}` : "as it is";
  return `Way back: ${steps}${back.kind === "exact" ? "" : `; ${back.note}`}.`;
}

function transformSection(definition: Any): string {
  const { type, title, description, params, examples, takes, gives } = definition;
  const lists =
    takes === "list" || gives === "list"
      ? [`Takes ${takes === "list" ? "a list" : "one value"}, gives ${gives === "list" ? "a list" : "one value"}.`, ""]
      : [];
  const head = [`### \`${type}\`: ${title}`, "", description, "", ...lists];
  return [...head, ...settingRows(params), ...exampleRows(examples), wayBack(definition), ""].join("\n");
}

const names = (list: readonly string[]) => list.map((name) => `\`${name}\``).join(" ");

const INTRO = `# Transforms

Generated from the code; do not edit. \`npm run docs\` writes it anew.

A field of a mapping gets its value \`from\` a path, a \`template\`, an \`expression\` or a \`constant\`, passes its transforms in order, then its
value map, and must fit the model's type. A value that does not fit follows the field's \`onError\`: \`null\`, \`default\`, or \`quarantine\`,
which holds the record back. An empty value (missing, null, empty text) passes by transforms, but for those that say otherwise.

## Paths

| path | what it reads |
|---|---|
| \`properties.email\` | a name inside a name |
| \`lines[].sku\` | the sku of each entry of a list; a lone object counts as a list of one |
| \`lines[0].sku\`, \`lines[-1].sku\` | of the first, of the last entry |
| \`prices[*].amount\` | of each entry of a list or each value of an object |
| \`["a.b"].c\` | a name with a dot in it |

A target may hold names, \`[]\` and places (\`emails[0].value\`). \`lines[].sku\` from \`items[].code\` makes a list of objects; \`skus\` from
\`items[].code\` a list of values; \`lines[].currency\` from \`currency\` gives every line the same. Transforms work on each entry, and those that take
a list on the whole list.

## Expressions

A computed field, or a filter, in the Common Expression Language: \`total > 100.0 && status != "draft"\`. Names are the record's fields; \`record\` is
the record itself, for names that are no words: \`record["first name"]\`. Numbers of the record are doubles and mix with written ones;
\`10 / 4\` of two written whole numbers is 2. What reads an empty field has no value (a filter then does not pass), unless it asks first:
\`has(a.b)\`, \`a.?b.orValue("")\`. Compared by \`==\`, \`!=\` or before \`in\`, a field that is absent is null: \`a == null\` is true of it, and
\`a != "x"\` as well. Moments are made by \`timestamp(text)\`; their parts are in UTC.

Functions: ${names(FUNCTIONS)}.
Methods: ${names(METHODS)}.
Over lists: ${names(MACROS)}, as in \`lines.filter(l, l.quantity > 0).map(l, l.sku)\`. Inside another one they may only run over a list of its entry.

Limits: 2000 characters, 300 parts, 24 levels, and a bound on the work for one record that counts its lists and texts, not the time.

## Limits

A result has at most ${LIMITS.text} characters and ${LIMITS.values} values, ${LIMITS.depth} levels deep. Beyond, the field has a fault.
`;

/** The reference of paths, expressions and transforms, as Markdown. */
export function transformsReference(): string {
  const groups = TRANSFORM_GROUPS.map(({ title, transforms }) => {
    const types = new Set<string>(transforms.map(({ type }) => type));
    return `## ${title}\n\n${TRANSFORMS.filter(({ type }) => types.has(type))
      .map(transformSection)
      .join("\n")}`;
  });
  const letters = PATTERN_TOKENS.map(([token, meaning]) => `| \`${token}\` | ${meaning} |`).join("\n");
  return `${INTRO}\n${groups.join("\n")}\n## Letters of date patterns\n\nWords go between single quotes: \`d 'of' MMMM\`.\n\n| letters | meaning |\n|---|---|\n${letters}\n`;
}
