import { z } from "zod";
import { archiveModel } from "#server/domains/models/archive-model";
import { getModel } from "#server/domains/models/get-model";
import { ImportModel, importModel } from "#server/domains/models/import-model";
import { listModels } from "#server/domains/models/list-models";
import { previewModel } from "#server/domains/models/preview-model";
import { saveModel } from "#server/domains/models/save-model";
import { ModelContent, ModelField, ModelFields, ModelKey } from "#server/domains/models/schema";
import { operation } from "../operation";
import { moment, pageOf } from "../shapes";

const key = ModelKey.meta({ description: "How the model is called in templates, records and the feed: `contact`." });

const ModelBody = z
  .object({
    key: z.string(),
    name: z.string(),
    description: z.string(),
    version: z.number().int().meta({ description: "Rises with every save that changes something." }),
    fields: z.array(ModelField),
    archived: z.boolean(),
    updatedAt: moment,
  })
  .meta({ id: "Model" });

type Known = Omit<z.infer<typeof ModelBody>, "archived" | "updatedAt"> & { archivedAt: Date | null; updatedAt: Date };
const bodyOf = ({ key: own, name, description, version, fields, archivedAt, updatedAt }: Known) => ({
  ...{ key: own, name, description, version, fields },
  archived: archivedAt !== null,
  updatedAt: updatedAt.toISOString(),
});

const Change = z.object({
  field: z.string(),
  kind: z.enum(["added", "removed", "type", "required", "values", "references", "words", "unique"]),
  breaking: z.boolean(),
  message: z.string(),
  templates: z.array(z.string()).meta({ description: "Names of templates whose mapping reaches the field." }),
  customers: z.number().int(),
  names: z.array(z.string()).meta({ description: "Who they are, the first twenty." }),
  records: z.number().int(),
  overrides: z.number().int().meta({ description: "Customers who have mapped the field themselves." }),
});

export const models = [
  operation({
    id: "listModels",
    method: "GET",
    path: "/v1/models",
    summary: "List models",
    description: "The objects of your own product that records are mapped into.",
    input: z.strictObject({}),
    output: pageOf(ModelBody),
    run: async (ctx) => ({ items: (await listModels(ctx)).map(bodyOf), next: null }),
  }),
  operation({
    id: "getModel",
    method: "GET",
    path: "/v1/models/{key}",
    summary: "Get a model",
    input: z.strictObject({ key }),
    output: ModelBody,
    run: async (ctx, input) => bodyOf(await getModel(ctx, input)),
  }),
  operation({
    id: "saveModel",
    method: "PUT",
    path: "/v1/models/{key}",
    summary: "Create or change a model",
    description:
      "The whole of it: a field that is not sent is removed. Refused as `conflict` when it takes something away from templates or customers (a field removed, a type changed, a field newly required, a value of a choice removed), unless `acceptBreaking` is true. Stored records are then mapped anew.",
    input: ModelContent.extend({
      key,
      version: z.number().int().min(0).max(1_000_000).optional().meta({
        description: "The version you saw; another one since is a `conflict`. 0 = there is none yet.",
      }),
      acceptBreaking: z.boolean().default(false),
    }),
    output: z.object({ key: z.string(), version: z.number().int(), created: z.boolean(), changes: z.array(Change) }),
    run: (ctx, input) => saveModel(ctx, input),
  }),
  operation({
    id: "previewModel",
    method: "POST",
    path: "/v1/models/{key}/preview",
    summary: "See what a change of a model would break, and for whom",
    description: "Nothing is saved.",
    input: z.strictObject({ key, fields: ModelFields }),
    output: z.object({ changes: z.array(Change) }),
    scope: "read",
    run: (ctx, input) => previewModel(ctx, input),
  }),
  operation({
    id: "importModel",
    method: "POST",
    path: "/v1/model-imports",
    summary: "Have a model's fields made of a JSON Schema or of records",
    description: "Nothing is saved: look at the fields, and send them with `saveModel`. `notes` says what could not be taken over.",
    input: ImportModel,
    output: z.object({ fields: z.array(ModelField), notes: z.array(z.string()) }),
    scope: "read",
    run: async (_ctx, input) => importModel(input),
  }),
  operation({
    id: "archiveModel",
    method: "PUT",
    path: "/v1/models/{key}/archived",
    summary: "Put a model away, or take it out again",
    description: "409 while a template fills it. Its key stays taken.",
    input: z.strictObject({ key, archived: z.boolean() }),
    output: null,
    run: (ctx, input) => archiveModel(ctx, input),
  }),
  operation({
    id: "listModelVersions",
    method: "GET",
    path: "/v1/models/{key}/versions",
    summary: "List what a model was before",
    description: "Newest first; the last fifty. Save one's fields again to go back to it.",
    input: z.strictObject({ key }),
    output: z.object({
      version: z.number().int().meta({ description: "The version in force." }),
      items: z.array(
        z.object({ version: z.number().int(), name: z.string(), fields: z.array(ModelField), createdBy: z.string(), createdAt: moment }),
      ),
    }),
    async run(ctx, input) {
      const { version, history } = await getModel(ctx, input);
      return {
        version,
        items: history.map(({ createdAt, ...one }) => ({
          ...{ version: one.version, name: one.name, fields: one.fields, createdBy: one.createdBy },
          createdAt: createdAt.toISOString(),
        })),
      };
    },
  }),
];
