import type { Say } from "#server/words/say";
import type { MappingDocument } from "./schema";

/** Text in a table of Markdown: on one line, and nothing in it that would be taken for markup. */
const cell = (text: string | null): string =>
  (text ?? "")
    .replace(/[\\`*_{}[\]<>#|~]/g, "\\$&")
    .replace(/\s+/g, " ")
    .trim();

/** What a stream only writes has no records there to take examples from. */
function table({ rows, direction }: MappingDocument["streams"][number], say: Say): string[] {
  const isPush = direction === "push";
  const heads = [say("doc.field"), say(isPush ? "doc.to" : "doc.from"), say("doc.how"), say("doc.when_empty")];
  if (!isPush) heads.push(say("doc.example"));
  return [
    `| ${heads.join(" | ")} |`,
    `|${"---|".repeat(heads.length)}`,
    ...rows.map(({ field, from, to, how, whenEmpty, example, own }) => {
      const name = own ? say("doc.own", { field: cell(field) }) : cell(field);
      const cells = [name, cell(isPush ? to : from), cell(how), cell(whenEmpty)];
      return `| ${[...cells, ...(isPush ? [] : [cell(example)])].join(" | ")} |`;
    }),
  ];
}

/** What becomes of each record; of one that is written, the stream's own sentences begin with it. */
const eachWords = ({ template, model, direction }: MappingDocument["streams"][number], say: Say): string =>
  direction === "push" ? `${cell(template)}.` : say("doc.each", { template: cell(template), model: cell(model) });

/** The document as Markdown. Pure. */
export function documentText(document: Omit<MappingDocument, "markdown">, now: Date, say: Say): string {
  const { integrationName, accountLabel, streams } = document;
  const head = [
    `# ${say("doc.title", { name: cell(integrationName) })}`,
    "",
    say("doc.account", { account_label: cell(accountLabel), when: `${now.toISOString().slice(0, 16).replace("T", " ")} UTC` }),
  ];
  const body = streams.flatMap((stream) => [
    "",
    `## ${cell(stream.label)}`,
    "",
    [eachWords(stream, say), ...stream.only.map((sentence) => sentence.replace(/`/g, "'"))].join(" "),
    "",
    ...table(stream, say),
  ]);
  const none = streams.length === 0 ? ["", say("doc.nothing_on")] : [];
  return `${[...head, ...body, ...none].join("\n")}\n`;
}
