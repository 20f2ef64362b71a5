import { getManifest } from "#server/connectors/index";
import type { FieldChoice } from "#server/mapping/overrides";
import { isAsked, readyTemplates } from "./ready-list";
import type { ReadyStand, ReadyStream, ReadyTemplate } from "./ready-schema";

const INTRO = `# Ready templates

Generated from the code; do not edit. \`npm run docs\` writes it anew.

Use cases of integration practice, ready to become templates of your own: *Templates → Start from a ready template*, or
\`POST /v1/ready-templates/{key}\`. What comes of it is a template that is not on offer yet, with its models, streams, mappings, filters and
choices; you change it in the studio and put it on offer like any other. Each line below is proven end to end in the tests: created from
this data, put on offer, turned on, and compared record by record with what the connector's stand-in (a system played from its manifest and
recorded answers) holds, or was told.

An arrow says which way a stream goes. →: records of the object are read into the model. ←: records that you send of the model
(\`PUT /v1/customers/{id}/models/{model}/records\`) are written to the object. ↔: both, and what one side changes comes to the other. What a
template does not do is said with it.
`;

const WHAT: Partial<Record<FieldChoice["customer"], string>> = {
  must_choose: "have to map",
  choose: "may map otherwise",
  optional: "may leave out",
};
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const code = (text: string) => `\`${cell(text)}\``;

function choiceWords({ choices }: ReadyStream): string {
  return Object.entries(WHAT)
    .flatMap(([kind, words]) => {
      const targets = Object.entries(choices).flatMap(([target, { customer }]) => (customer === kind ? [code(target)] : []));
      return targets.length > 0 ? [`${words} ${targets.join(", ")}`] : [];
    })
    .join("; ");
}

const ARROW = { pull: "→", push: "←", two_way: "↔" };

/** How the two sides of a stream that writes are brought together. */
function sharingWords({ direction, match, owners }: ReadyStream): string {
  if (direction !== "push" && direction !== "two_way") return "";
  const own = Object.entries(owners?.fields ?? {}).map(([field, owner]) => `${code(field)}: ${owner}`);
  const usual = direction === "two_way" ? [`of two changes at once: ${owners?.default ?? "newest"}`] : [];
  const words = [...(match ? [`known by ${code(match)}`] : []), ...usual, ...own];
  return words.length > 0 ? `<br>${words.join("; ")}` : "";
}

function row(stand: ReadyStand, stream: ReadyStream): string {
  const { name, objects } = getManifest(stand.connector);
  const how = isAsked(objects[stream.object]) || stream.direction === "push" ? "" : ", calls us";
  const cells = [
    `${name} (${stand.side})${how}`,
    `${code(stream.object)} ${ARROW[stream.direction ?? "pull"]} ${code(stream.model)}`,
    cell(stream.summary) + (stream.filter === null ? "" : `<br>${code(stream.filter)}`) + sharingWords(stream),
    String(stream.fields.length),
    choiceWords(stream),
  ];
  return `| ${cells.join(" | ")} |`;
}

function section({ key, title, useCase, audience, today, notIncluded, stands }: ReadyTemplate): string {
  const generic = stands.flatMap(({ connector, expects }) =>
    expects
      ? [
          `\n${getManifest(connector).name} stands for ${expects.standsFor}. It expects records like this one:\n\n\`\`\`json\n${JSON.stringify(expects.records[0], null, 2)}\n\`\`\`\n`,
        ]
      : [],
  );
  return `
## ${title}

\`${key}\`. ${useCase} *${audience}*

- **Runs:** ${today}
- **Not included:** ${notIncluded}

| connector | object and model | what flows | fields | customers |
|---|---|---|---|---|
${stands.flatMap((stand) => stand.streams.map((stream) => row(stand, stream))).join("\n")}
${generic.join("")}`;
}

/** `docs/reference/ready-templates.md`: each ready template with what it stands on, what flows and what customers choose. */
export const readyReference = (): string => INTRO + readyTemplates().map(section).join("");
