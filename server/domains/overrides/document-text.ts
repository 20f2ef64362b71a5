import type { MappingDocument } from "./schema";

/** Text in a table of Markdown: on one line, and nothing in it that would be taken for markup. */
const cell = (text: string | null): string =>
  (text ?? "")
    .replace(/[\\`*_{}[\]<>#|~]/g, "\\$&")
    .replace(/\s+/g, " ")
    .trim();

function table(rows: MappingDocument["streams"][number]["rows"]): string[] {
  return [
    "| Field | Comes from | Changed on the way | When there is nothing | Example |",
    "|---|---|---|---|---|",
    ...rows.map(
      ({ field, from, how, whenEmpty, example, own }) =>
        `| ${[`${cell(field)}${own ? " (own)" : ""}`, cell(from), cell(how), cell(whenEmpty), cell(example)].join(" | ")} |`,
    ),
  ];
}

/** The document as Markdown. Pure. */
export function documentText(document: Omit<MappingDocument, "markdown">, now: Date): string {
  const { integrationName, accountLabel, streams } = document;
  const head = [
    `# ${cell(integrationName)}: what goes where`,
    "",
    `Account ${cell(accountLabel)}, as of ${now.toISOString().slice(0, 16).replace("T", " ")} UTC.`,
  ];
  const body = streams.flatMap(({ label, model, template, filter, rows }) => [
    "",
    `## ${cell(label)}`,
    "",
    `${cell(template)}. Each record becomes one “${cell(model)}”.${filter === null ? "" : ` Only records are taken for which \`${filter.replace(/`/g, "'")}\`.`}`,
    "",
    ...table(rows),
  ]);
  const none = streams.length === 0 ? ["", "Nothing is turned on yet."] : [];
  return `${[...head, ...body, ...none].join("\n")}\n`;
}
