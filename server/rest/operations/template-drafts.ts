import { z } from "zod";
import { addStream } from "#server/domains/templates/add-stream";
import { adoptTemplateVersion } from "#server/domains/templates/adopt-version";
import { discardTemplateDraft } from "#server/domains/templates/discard-template-draft";
import { getTemplateDraft } from "#server/domains/templates/get-template-draft";
import { publishTemplate } from "#server/domains/templates/publish-template";
import { removeStream } from "#server/domains/templates/remove-stream";
import { NewStream, Pacing } from "#server/domains/templates/schema";
import { setTemplateStatus } from "#server/domains/templates/set-template-status";
import type { WholeTemplate } from "#server/domains/templates/template-changes";
import { getTemplateVersion, listTemplateVersions } from "#server/domains/templates/template-versions";
import { operation } from "../operation";
import { idOf, moment } from "../shapes";
import { FieldBody, MappingContentBody, StreamKey } from "../template-shapes";

const id = idOf("template");
const version = z.coerce.number().int().min(1).max(1_000_000);
const basis = z.string().max(100).optional().meta({
  description:
    "What you saw, as `getTemplateDraft` names it: with anything drafted or published otherwise since, 409. Absent: whatever there is.",
});
const NewBasis = z.object({ basis: z.string().meta({ description: "What is drafted now: send it with the next change." }) });

const Change = z
  .object({
    what: z.enum(["name", "description", "order", "added", "removed", "setting", "filter", "field", "choice"]),
    stream: z.string().nullable().meta({ description: "Key of the stream it is about; null = the template." }),
    label: z.string().nullable(),
    key: z.string().nullable().meta({ description: "Which setting, or which field of the model." }),
    before: z.unknown().meta({ description: "Null where there was nothing." }),
    after: z.unknown(),
  })
  .meta({ id: "TemplateChange" });

const Document = z
  .object({
    name: z.string(),
    description: z.string(),
    streams: z.array(
      z.looseObject({
        ...{ key: z.string(), object: z.string(), model: z.string(), label: z.string(), intervalMs: z.number().int() },
        mapping: MappingContentBody,
      }),
    ),
  })
  .meta({ id: "TemplateDocument", description: "A template as a whole: every stream with its settings, mapping, filter and choices." });

const VersionItem = z.object({
  version: z.number().int(),
  status: z
    .enum(["published", "rolling", "withdrawn"])
    .meta({ description: "`rolling`: on its way to customers; `withdrawn`: rolled back." }),
  createdBy: z.string(),
  createdAt: moment,
});

const documentOf = ({ streams, ...whole }: WholeTemplate) => ({ ...whole, streams: streams.map((stream) => ({ ...stream })) });

export const templateDrafts = [
  operation({
    id: "addTemplateStream",
    method: "POST",
    path: "/v1/templates/{id}/streams",
    summary: "Draft one stream more",
    description: "Its mapping comes with it. Once it is published, customers may turn it on; nothing starts by itself.",
    input: z.strictObject({
      id,
      ...NewStream.shape,
      object: NewStream.shape.object.meta({ description: "Of the connector." }),
      model: NewStream.shape.model.meta({ description: "Key of the model it fills." }),
      fields: z.array(FieldBody).max(1_000),
    }),
    output: NewBasis.extend({ stream: z.string().meta({ description: "Its key." }) }),
    status: 201,
    async run(ctx, { id: templateId, ...input }) {
      const { streamKey, basis: next } = await addStream(ctx, { templateId, ...input });
      return { stream: streamKey, basis: next };
    },
  }),
  operation({
    id: "removeTemplateStream",
    method: "DELETE",
    path: "/v1/templates/{id}/streams/{stream}",
    summary: "Draft the template without a stream",
    description: "Who runs it goes on until that is published. One that was never published is gone, with its mapping.",
    input: z.strictObject({ id, stream: StreamKey }),
    output: NewBasis,
    run: (ctx, { id: templateId, stream: streamKey }) => removeStream(ctx, { templateId, streamKey }),
  }),
  operation({
    id: "setTemplateStatus",
    method: "PUT",
    path: "/v1/templates/{id}/status",
    summary: "Put a template on offer, off offer, or away",
    description:
      "`published`: customers can turn it on; one that was never published gets its version 1. `draft`: who runs it goes on, nobody can newly turn it on. `archived`: 409 while somebody runs it.",
    input: z.strictObject({ id, status: z.enum(["draft", "published", "archived"]) }),
    output: z.object({ version: z.number().int() }),
    run: (ctx, { id: templateId, status }) => setTemplateStatus(ctx, { templateId, status }),
  }),
  operation({
    id: "getTemplateDraft",
    method: "GET",
    path: "/v1/templates/{id}/draft",
    summary: "Get what is drafted of a template, and what publishing it would change",
    input: z.strictObject({ id }),
    output: z.object({
      basis: z.string(),
      version: z.number().int().meta({ description: "The version in force; 0 = none yet." }),
      next: z.number().int().meta({ description: "The number that publishing gives." }),
      rolling: z
        .number()
        .int()
        .nullable()
        .meta({ description: "A version that is on its way to customers: nothing is published meanwhile." }),
      draft: z
        .object({ by: z.string(), at: moment })
        .nullable()
        .meta({ description: "Who drafted the settings last; null = at most mappings are drafted." }),
      document: Document.meta({ description: "As publishing would make it." }),
      changes: z.array(Change),
      reach: z
        .array(z.object({ stream: z.string(), customers: z.number().int(), streams: z.number().int() }))
        .meta({ description: "Who runs what now." }),
    }),
    async run(ctx, { id: templateId }) {
      const { before: _before, after, draft, ...view } = await getTemplateDraft(ctx, { templateId });
      return { ...view, draft: draft && { by: draft.by, at: draft.at.toISOString() }, document: documentOf(after) };
    },
  }),
  operation({
    id: "discardTemplateDraft",
    method: "DELETE",
    path: "/v1/templates/{id}/draft",
    summary: "Throw away all that is drafted of a template and its mappings",
    input: z.strictObject({ id, basis }),
    output: null,
    run: (ctx, { id: templateId, basis: seen }) => discardTemplateDraft(ctx, { templateId, basis: seen }),
  }),
  operation({
    id: "publishTemplate",
    method: "POST",
    path: "/v1/templates/{id}/publish",
    summary: "Publish all that is drafted as the template's next version",
    description:
      "At once, or with `rollout` step by step: to your own customers, to five in a hundred, to all; it rolls back by itself when records are held back. 409 when there is nothing to publish, while a version is being rolled out, and while customers run a stream that would go, unless `stopRunning` is true.",
    input: z.strictObject({
      id,
      basis,
      stopRunning: z.boolean().default(false).meta({ description: "Turn removed streams off for who runs them; their records stay." }),
      rollout: Pacing.optional().meta({ description: "`{}` for the usual pace; absent = to all at once." }),
    }),
    output: z.object({
      version: z.number().int(),
      streams: z.number().int().meta({ description: "Running streams that were moved." }),
      stopped: z.number().int(),
      rollouts: z.array(z.object({ stream: z.string(), id: z.string() })),
    }),
    async run(ctx, { id: templateId, ...input }) {
      const { rollouts, ...done } = await publishTemplate(ctx, { templateId, ...input });
      return { ...done, rollouts: rollouts.map(({ streamKey, rolloutId }) => ({ stream: streamKey, id: rolloutId })) };
    },
  }),
  operation({
    id: "listTemplateVersions",
    method: "GET",
    path: "/v1/templates/{id}/versions",
    summary: "List a template's versions",
    description: "Newest first; the last two hundred.",
    input: z.strictObject({ id }),
    output: z.object({ items: z.array(VersionItem) }),
    async run(ctx, { id: templateId }) {
      const versions = await listTemplateVersions(ctx, { templateId });
      return { items: versions.map((one) => ({ ...one, createdAt: one.createdAt.toISOString() })) };
    },
  }),
  operation({
    id: "getTemplateVersion",
    method: "GET",
    path: "/v1/templates/{id}/versions/{version}",
    summary: "Get a version of a template, and what it changed",
    input: z.strictObject({ id, version }),
    output: VersionItem.extend({
      before: z.number().int().nullable().meta({ description: "The version it followed." }),
      changes: z.array(Change),
      document: Document,
    }),
    async run(ctx, { id: templateId, version: wanted }) {
      const { document, createdAt, ...view } = await getTemplateVersion(ctx, { templateId, version: wanted });
      return { ...view, createdAt: createdAt.toISOString(), document: documentOf(document) };
    },
  }),
  operation({
    id: "adoptTemplateVersion",
    method: "POST",
    path: "/v1/templates/{id}/versions/{version}/adopt",
    summary: "Draft what an earlier version said",
    description: "In the place of all that is drafted. Publish it to go back.",
    input: z.strictObject({ id, version, basis }),
    output: NewBasis,
    run: (ctx, { id: templateId, version: wanted, basis: seen }) => adoptTemplateVersion(ctx, { templateId, version: wanted, basis: seen }),
  }),
];
