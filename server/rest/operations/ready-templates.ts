import { z } from "zod";
import { createReadyTemplate } from "#server/domains/templates/create-ready-template";
import { listReadyTemplates } from "#server/domains/templates/list-ready-templates";
import { previewReadyTemplate } from "#server/domains/templates/preview-ready-template";
import { Direction } from "#server/domains/templates/schema";
import { operation } from "../operation";
import { idOf, name, pageOf } from "../shapes";

const key = z.string().min(1).max(60).meta({ description: "Key of the ready template: `shop-accounting`." });
const integrationId = idOf("integration");

const ReadyTemplateBody = z
  .object({
    key: z.string(),
    title: z.string(),
    useCase: z.string(),
    audience: z.string(),
    today: z.string().meta({ description: "What of the use case runs." }),
    notIncluded: z.string().meta({ description: "What is not part of it." }),
    models: z.array(z.object({ key: z.string(), name: z.string() })),
    connectors: z.array(
      z.object({
        key: z.string(),
        side: z.string().meta({ description: "Which side of the use case it is: `Shop`, `Accounting`." }),
        standsFor: z.string().nullable().meta({ description: "Of a connector of any system: what it stands for." }),
        integrations: z.array(z.string()).meta({ description: "Your integrations on which it can be taken over, by id." }),
      }),
    ),
  })
  .meta({ id: "ReadyTemplate" });

const Addition = z.object({ field: z.string(), added: z.array(z.string()) });
const Plan = z.object({
  name: z.string().meta({ description: "What the template will be called, unless you name it." }),
  models: z.array(
    z.object({
      key: z.string().meta({ description: "As the ready template calls it." }),
      target: z.string().meta({ description: "The model of yours that is filled." }),
      state: z.enum(["creates", "fits", "adds", "clashes"]),
      added: z.array(z.object({ key: z.string(), type: z.string() })),
      values: z.array(Addition).meta({ description: "Values that come to choices." }),
      clashes: z.array(z.object({ field: z.string(), message: z.string() })),
      open: z.array(z.string()).meta({ description: "Required fields of your model that the template does not fill, by name." }),
    }),
  ),
  streams: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      object: z.string(),
      model: z.string(),
      direction: Direction,
      match: z.string().nullable().meta({ description: "Name of the model's field by which the two sides know a record." }),
      filter: z.string().nullable(),
      fields: z.array(
        z.object({
          target: z.string(),
          from: z.string().nullable().meta({ description: "Where it comes from, in words; null when customers say." }),
          how: z.string(),
          customer: z.enum(["fixed", "optional", "choose", "must_choose", "hidden"]),
        }),
      ),
    }),
  ),
});

const models = z
  .record(z.string().max(60), z.string().max(60))
  .optional()
  .meta({ description: 'Other models of yours to fill, by the ready template\'s keys: `{ "sales_order": "shop_order" }`.' });

export const readyTemplates = [
  operation({
    id: "listReadyTemplates",
    method: "GET",
    path: "/v1/ready-templates",
    summary: "List ready templates",
    description: "Use cases of integration practice, ready to become templates of your own.",
    input: z.strictObject({}),
    output: pageOf(ReadyTemplateBody),
    async run(ctx) {
      const items = (await listReadyTemplates(ctx)).map(({ stands, words: _words, ...one }) => ({
        ...one,
        connectors: stands.map(({ connector, side, standsFor, integrations }) => ({
          ...{ key: connector, side, standsFor },
          integrations: integrations.map((integration) => integration.id),
        })),
      }));
      return { items, next: null };
    },
  }),
  operation({
    id: "previewReadyTemplate",
    method: "GET",
    path: "/v1/ready-templates/{key}",
    summary: "See what a ready template would create",
    description:
      "On one of your integrations, or on a connector of which you have none yet, with your models as they are now. Nothing is written.",
    input: z.strictObject({
      key,
      integrationId: integrationId.optional(),
      connector: z.string().max(60).optional().meta({ description: "Key of a connector, in place of an integration." }),
    }),
    output: Plan,
    async run(ctx, input) {
      const { name: called, models: plans, streams } = await previewReadyTemplate(ctx, input);
      return {
        name: called,
        models: plans.map(({ name: _name, description: _description, added, ...one }) => ({
          ...one,
          added: added.map((field) => ({ key: field.key, type: field.type })),
        })),
        streams: streams.map(({ key: own, label, object, model, direction, match, filter, rows }) => ({
          ...{ key: own, label, object, model, direction, match, filter },
          fields: rows.map(({ target, from, how, customer }) => ({ target, from, how, customer })),
        })),
      };
    },
  }),
  operation({
    id: "createFromReadyTemplate",
    method: "POST",
    path: "/v1/ready-templates/{key}",
    summary: "Take a ready template over",
    description:
      "Makes a template of your own that is not on offer yet, and the models it fills where there are none. A model you have is never changed unasked: when it lacks fields, that is a `conflict` which names them, unless `addFields` is true; when a field has another type, name another model in `models`. Taken over twice, it is there twice, under another name.",
    status: 201,
    input: z.strictObject({ key, integrationId, name: name.optional(), models, addFields: z.boolean().default(false) }),
    output: z.object({
      id: z.string(),
      name: z.string(),
      created: z.array(z.string()).meta({ description: "Models that were made, by key." }),
      extended: z.array(z.string()).meta({ description: "Models that got fields or values, by key." }),
      streams: z.array(z.string()),
    }),
    run: (ctx, input) => createReadyTemplate(ctx, input),
  }),
];
