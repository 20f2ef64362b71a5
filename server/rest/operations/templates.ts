import { z } from "zod";
import { getTemplate, type TemplateDetail } from "#server/domains/templates/get-template";
import { listTemplates } from "#server/domains/templates/list-templates";
import { Direction, Lookup, Owners, StreamSettings } from "#server/domains/templates/schema";
import { updateTemplate } from "#server/domains/templates/update-template";
import { operation } from "../operation";
import { idOf, name, pageOf } from "../shapes";

const id = idOf("template");
const status = z
  .enum(["draft", "published", "archived"])
  .meta({ description: "`published` is on offer; `draft` is not, and what runs goes on." });

const TemplateItem = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    integration: z.string(),
    version: z.number().int(),
    status,
    installations: z.number().int().meta({ description: "How many accounts run it." }),
    streams: z.array(z.object({ key: z.string(), label: z.string(), object: z.string(), model: z.string() })),
  })
  .meta({ id: "TemplateItem" });

const TemplateBody = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    integrationId: z.string(),
    version: z.number().int(),
    status,
    installations: z.number().int(),
    streams: z.array(
      z.object({
        key: z.string(),
        label: z.string(),
        object: z.string(),
        model: z.string(),
        intervalMs: z.number().int(),
        backfillDays: z.number().int().nullable().meta({ description: "How many days back the first reading goes; null = all." }),
        direction: Direction.meta({
          description:
            "`push`: your own records are written there, and nothing is read. `two_way`: both, and what differs is brought together by field.",
        }),
        match: z.string().nullable().meta({ description: "Field by which a record is looked for before another is made." }),
        lookups: z.array(Lookup).meta({ description: "What is asked about each record before it is mapped, one after the other." }),
        owners: Owners.nullable().meta({ description: "Two-way: whose word counts; null = whoever changed last." }),
        deletes: z.enum(["keep", "propagate"]).meta({ description: "What the deletion of your own record does there." }),
        mappingVersion: z.number().int(),
        hasDraft: z.boolean(),
        filter: z.string().nullable(),
        running: z.number().int(),
        records: z.number().int(),
      }),
    ),
  })
  .meta({ id: "Template" });

const bodyOf = ({ iconUrl: _icon, integrationName: _name, streams, ...template }: TemplateDetail) => ({
  ...template,
  streams: streams.map(
    ({
      objectTitle: _title,
      isNew: _new,
      modelName: _model,
      canBeginAt: _can,
      directions: _ways,
      fields: _fields,
      choices: _choices,
      ...one
    }) => one,
  ),
});

export const templates = [
  operation({
    id: "listTemplates",
    method: "GET",
    path: "/v1/templates",
    summary: "List templates",
    input: z.strictObject({}),
    output: pageOf(TemplateItem),
    async run(ctx) {
      const items = (await listTemplates(ctx)).map(
        ({ iconUrl: _icon, integrationName: integration, drafted: _drafted, streams, ...one }) => ({
          ...one,
          integration,
          streams: streams.map(({ key, label, object, model }) => ({ key, label, object, model })),
        }),
      );
      return { items, next: null };
    },
  }),
  operation({
    id: "getTemplate",
    method: "GET",
    path: "/v1/templates/{id}",
    summary: "Get a template",
    input: z.strictObject({ id }),
    output: TemplateBody,
    run: async (ctx, input) => bodyOf(await getTemplate(ctx, { templateId: input.id })),
  }),
  operation({
    id: "updateTemplate",
    method: "PUT",
    path: "/v1/templates/{id}",
    summary: "Draft a template's settings",
    description:
      "Drafts it: customers see nothing of it before the template is published. What is not sent stays. `streams` names each of the template's streams once, in the order in which customers see them. The answer is the template as it is drafted.",
    input: z.strictObject({
      id,
      version: z
        .number()
        .int()
        .min(0)
        .optional()
        .meta({ description: "The version in force that you saw; another one since is a `conflict`." }),
      basis: z
        .string()
        .max(100)
        .optional()
        .meta({ description: "What you saw, as `getTemplateDraft` names it; drafted otherwise since, 409." }),
      name: name.optional(),
      description: z.string().trim().max(300).optional(),
      streams: z.array(StreamSettings).max(50).optional(),
    }),
    output: TemplateBody,
    async run(ctx, { id: templateId, ...input }) {
      await updateTemplate(ctx, { templateId, ...input });
      return bodyOf(await getTemplate(ctx, { templateId, designed: true }));
    },
  }),
];
