import type { Say } from "#server/words/say";
import type { MappingDocument } from "./schema";

/** Text in a table of Markdown: on one line, and nothing in it that would be taken for markup. */
const cell = (text: string | null): string =>
  (text ?? "")
    .replace(/[\\`*_{}[\]<>#|~]/g, "\\$&")
    .replace(/\s+/g, " ")
    .trim();

function table(rows: MappingDocument["streams"][number]["rows"], say: Say): string[] {
  return [
    `| ${[say("doc.field"), say("doc.from"), say("doc.how"), say("doc.when_empty"), say("doc.example")].join(" | ")} |`,
    "|---|---|---|---|---|",
    ...rows.map(
      ({ field, from, how, whenEmpty, example, own }) =>
        `| ${[own ? say("doc.own", { field: cell(field) }) : cell(field), cell(from), cell(how), cell(whenEmpty), cell(example)].join(" | ")} |`,
    ),
  ];
}

/** The document as Markdown. Pure. */
export function documentText(document: Omit<MappingDocument, "markdown">, now: Date, say: Say): string {
  const { integrationName, accountLabel, streams } = document;
  const head = [
    `# ${say("doc.title", { name: cell(integrationName) })}`,
    "",
    say("doc.account", { account_label: cell(accountLabel), when: `${now.toISOString().slice(0, 16).replace("T", " ")} UTC` }),
  ];
  const body = streams.flatMap(({ label, model, template, only, rows }) => [
    "",
    `## ${cell(label)}`,
    "",
    [say("doc.each", { template: cell(template), model: cell(model) }), ...only.map((sentence) => sentence.replace(/`/g, "'"))].join(" "),
    "",
    ...table(rows, say),
  ]);
  const none = streams.length === 0 ? ["", say("doc.nothing_on")] : [];
  return `${[...head, ...body, ...none].join("\n")}\n`;
}
