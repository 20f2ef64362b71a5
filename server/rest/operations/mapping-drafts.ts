import { z } from "zod";
import { discardDraft } from "#server/domains/mappings/discard-draft";
import { getMappingVersion } from "#server/domains/mappings/get-mapping-version";
import { mappingHistory } from "#server/domains/mappings/mapping-history";
import { publishMapping } from "#server/domains/mappings/publish-mapping";
import { saveDraft } from "#server/domains/mappings/save-draft";
import { previewRollout } from "#server/domains/rollouts/preview-rollout";
import { startRollout } from "#server/domains/rollouts/start-rollout";
import { getMappingEditor } from "#server/domains/templates/get-mapping-editor";
import { Pacing } from "#server/domains/templates/schema";
import { templateChanges } from "#server/domains/templates/template-changes";
import type { MappingContent } from "#server/trpc/views";
import { operation } from "../operation";
import { idOf, moment } from "../shapes";
import { ChoicesBody, FieldBody, FilterBody, MappingContentBody, mappingBasis, StreamKey } from "../template-shapes";

const of = { id: idOf("template"), stream: StreamKey };
const path = "/v1/templates/{id}/mappings/{stream}";
const refOf = ({ id, stream }: { id: z.output<typeof of.id>; stream: string }) => ({ templateId: id, streamKey: stream });

const VersionItem = z.object({
  version: z.number().int(),
  status: z.enum(["draft", "published", "rolling", "withdrawn"]),
  createdBy: z.string(),
  createdAt: moment,
  publishedAt: moment.nullable(),
});
type Version = {
  version: number;
  status: z.infer<typeof VersionItem>["status"];
  createdBy: string;
  createdAt: Date;
  publishedAt: Date | null;
};
const itemOf = ({ version, status, createdBy, createdAt, publishedAt }: Version) => ({
  ...{ version, status, createdBy, createdAt: createdAt.toISOString(), publishedAt: publishedAt?.toISOString() ?? null },
});

const Change = z.object({
  what: z.enum(["filter", "field", "choice"]),
  key: z.string().nullable().meta({ description: "Which field of the model." }),
  before: z.unknown(),
  after: z.unknown(),
});

const NONE: MappingContent = { fields: [], filter: null, choices: {} };

/** What one content of a mapping has otherwise than another. */
function changesOf(before: MappingContent, after: MappingContent) {
  const whole = ({ fields, filter, choices }: MappingContent) => ({
    ...{ name: "", description: "" },
    streams: [{ key: "s", object: "s", model: "s", label: "s", intervalMs: 0, mapping: { version: 0, fields, filter, choices } }],
  });
  return templateChanges(whole(before), whole(after)).flatMap(({ what, key, before: was, after: is }) =>
    what === "filter" || what === "field" || what === "choice" ? [{ what, key, before: was, after: is }] : [],
  );
}

const Reached = z.object({
  ...{ customerId: z.string(), customerName: z.string(), connectionId: z.string(), records: z.number().int(), internal: z.boolean() },
  fields: z.array(z.string()).meta({ description: "Names of the fields that are the customer's own." }),
  conflicts: z.array(z.string()),
  needless: z.array(z.string()).meta({ description: "Own fields that say what the new version says." }),
  unwritten: z.array(z.string()).meta({ description: "Fields that would not be written for them, because another field has their place." }),
  toChoose: z.array(z.string()).meta({ description: "Fields that nothing fills until the customer says where they come from." }),
});

export const mappingDrafts = [
  operation({
    id: "getTemplateMapping",
    method: "GET",
    path,
    summary: "Get the mapping of a stream",
    description: "What is in use, and the draft. Send `basis` with the next change.",
    input: z.strictObject(of),
    output: z.object({
      model: z.string(),
      basis: z.string(),
      published: MappingContentBody.nullable(),
      draft: MappingContentBody.nullable(),
    }),
    async run(ctx, input) {
      const { model, published, draft, basis } = await getMappingEditor(ctx, refOf(input));
      return { model: model.key, basis, published, draft };
    },
  }),
  operation({
    id: "saveTemplateMapping",
    method: "PUT",
    path,
    summary: "Save a draft of a stream's mapping",
    description:
      "Customers do not see it before it is published. A filter or choices that are not sent stay as they are. Faults name the field.",
    input: z.strictObject({
      ...of,
      fields: z.array(FieldBody).max(1_000),
      filter: FilterBody.optional(),
      choices: ChoicesBody.optional(),
      basis: mappingBasis,
    }),
    output: z.object({
      version: z.number().int().meta({ description: "The number it will be published under." }),
      basis: z.string().meta({ description: "What is stored now: send it with the next change." }),
    }),
    async run(ctx, { id, stream, ...content }) {
      const { version, basis } = await saveDraft(ctx, { ...refOf({ id, stream }), ...content });
      return { version, basis };
    },
  }),
  operation({
    id: "discardTemplateMapping",
    method: "DELETE",
    path: `${path}/draft`,
    summary: "Throw the draft of a stream's mapping away",
    description: "What is in use stays. Without a draft it does nothing.",
    input: z.strictObject(of),
    output: null,
    run: (ctx, input) => discardDraft(ctx, refOf(input)),
  }),
  operation({
    id: "publishTemplateMapping",
    method: "POST",
    path: `${path}/publish`,
    summary: "Publish the draft of one mapping to all at once",
    description:
      "It makes the template's next version, the rest of which is as it was. 409 when there is no draft, or while a version is being rolled out.",
    input: z.strictObject({ ...of, basis: mappingBasis }),
    output: z.object({ version: z.number().int(), streams: z.number().int().meta({ description: "Running streams that were moved." }) }),
    async run(ctx, { basis, ...input }) {
      const { version, streams } = await publishMapping(ctx, { ...refOf(input), basis });
      return { version, streams };
    },
  }),
  operation({
    id: "previewRollout",
    method: "GET",
    path: `${path}/reach`,
    summary: "See whom the next version of a mapping reaches",
    description: "Who has changes of their own, and which of them would be in conflict. Nothing is written.",
    input: z.strictObject(of),
    output: z.object({
      ...{ streams: z.number().int(), customers: z.number().int(), internal: z.number().int(), records: z.number().int() },
      ...{ withOwn: z.number().int(), conflicts: z.number().int() },
      toChoose: z.number().int().meta({ description: "Customers who would have to choose a field that nothing fills." }),
      asked: z.array(z.object({ name: z.string(), needed: z.boolean() })).meta({
        description: "Those fields. `needed`: the model requires it, so that records are held back until it is chosen.",
      }),
      diverging: z.array(Reached).meta({ description: "Those with conflicts first; the first hundred." }),
    }),
    async run(ctx, input) {
      const { others: _others, diverging, ...reach } = await previewRollout(ctx, refOf(input));
      return { ...reach, diverging: diverging.map(({ accountLabel: _label, ...one }) => one) };
    },
  }),
  operation({
    id: "startRollout",
    method: "POST",
    path: `${path}/rollout`,
    summary: "Publish the draft of one mapping step by step",
    description:
      "To your own customers, to five in a hundred, to all. It rolls back by itself when records are held back or fields go empty. See `/v1/rollouts`.",
    input: z.strictObject({ ...of, basis: mappingBasis, ...Pacing.shape }),
    output: z.object({ id: z.string().meta({ description: "Of the roll-out." }), version: z.number().int() }),
    status: 201,
    async run(ctx, { id, stream, ...input }) {
      const { rolloutId, version } = await startRollout(ctx, { ...refOf({ id, stream }), ...input });
      return { id: rolloutId, version };
    },
  }),
  operation({
    id: "listMappingVersions",
    method: "GET",
    path: `${path}/versions`,
    summary: "List the versions of a stream's mapping",
    description: "Newest first, the draft among them. They bear the numbers of the template's versions that brought them.",
    input: z.strictObject(of),
    output: z.object({ items: z.array(VersionItem) }),
    run: async (ctx, input) => ({ items: (await mappingHistory(ctx, refOf(input))).map(itemOf) }),
  }),
  operation({
    id: "getMappingVersion",
    method: "GET",
    path: `${path}/versions/{version}`,
    summary: "Get a version of a stream's mapping, and what it changed",
    input: z.strictObject({ ...of, version: z.coerce.number().int().min(1).max(1_000_000) }),
    output: VersionItem.extend({
      before: z.number().int().nullable().meta({ description: "The version it followed." }),
      changes: z.array(Change),
      ...MappingContentBody.shape,
    }),
    async run(ctx, { version, ...input }) {
      const view = await getMappingVersion(ctx, { ...refOf(input), version });
      const { fields, filter, choices, before } = view;
      return { ...itemOf(view), fields, filter, choices, before: before?.version ?? null, changes: changesOf(before ?? NONE, view) };
    },
  }),
];
