import { z } from "zod";
import { ModelField } from "#server/domains/models/schema";
import { driftFleet } from "#server/domains/overrides/drift-fleet";
import { driftReach, FleetKey, SettleEverywhere, settleDriftEverywhere } from "#server/domains/overrides/drift-reach";
import { getAdaptation } from "#server/domains/overrides/get-adaptation";
import { revertOverrides } from "#server/domains/overrides/revert-overrides";
import type { AdaptStream } from "#server/domains/overrides/schema";
import { settleConflict } from "#server/domains/overrides/settle-conflict";
import { chooseForStream } from "#server/domains/streams/choose-for-stream";
import { StreamChosen } from "#server/domains/templates/offers";
import { Direction } from "#server/domains/templates/schema";
import { operation } from "../operation";
import { cursor, idOf, limitUpTo, moment, pageOf } from "../shapes";
import { FieldBody } from "../template-shapes";

const field = FieldBody.nullable();
const seen = z.number().int().min(0).meta({ description: "The revision you saw, 0 = none yet: with another since, 409." });
const Revision = z.object({ n: z.number().int().meta({ description: "The revision in force now." }) });

const StreamBody = z.object({
  key: z.string(),
  object: z.string(),
  label: z.string(),
  streamId: z.string().nullable().meta({ description: "Null = it was never turned on." }),
  isOn: z.boolean(),
  direction: Direction.meta({ description: "Which way its records go." }),
  templateVersion: z.number().int(),
  model: z.object({ key: z.string(), name: z.string(), fields: z.array(ModelField) }),
  n: z.number().int().meta({ description: "The customer's revision in force; send it with every change." }),
  fields: z.array(
    z.object({
      target: z.string(),
      choice: z.object({ customer: z.enum(["fixed", "optional", "choose", "must_choose", "hidden"]), prompt: z.string().optional() }),
      template: field,
      current: field.meta({ description: "What is in force." }),
      state: z.enum(["template", "own", "left_out", "missing"]),
      required: z.boolean(),
    }),
  ),
  conflicts: z.array(z.object({ target: z.string(), base: field, template: field, customer: field, takenBy: z.string().optional() })).meta({
    description:
      "Fields that the template and the customer have both changed. The customer's stands until decided. `takenBy`: the template's field that is now written where the customer's was.",
  }),
  suggestions: z
    .array(z.object({ target: z.string(), path: z.string(), reasons: z.array(z.string()), field: FieldBody }))
    .meta({ description: "What could fill a field that is open, and why; never taken by itself." }),
  sourceFields: z
    .array(z.looseObject({ path: z.string(), type: z.string(), title: z.string() }))
    .meta({ description: "The account's own fields, custom ones among them." }),
  schema: z
    .object({ state: z.enum(["never", "looking", "ready", "failed"]), takenAt: moment.nullable(), message: z.string().nullable() })
    .meta({ description: "How the look at the account's fields stands; `message`: why the last one failed." }),
  samples: z
    .array(z.object({ label: z.string(), source: z.unknown(), cut: z.boolean() }))
    .optional()
    .meta({
      description:
        "With `include=samples`: records of the account to try a mapping on, as they came. `cut`: it was too long, and parts of it were left out.",
    }),
  filter: z.string().nullable(),
});

const bodyOf = ({ drifts: _drifts, schema, overrides, suggestions, ...stream }: AdaptStream) => ({
  ...{
    key: stream.key,
    object: stream.object,
    label: stream.label,
    streamId: stream.streamId,
    isOn: stream.isOn,
    direction: stream.direction,
  },
  schema: { ...schema, takenAt: schema.takenAt?.toISOString() ?? null },

  ...{ templateVersion: stream.templateVersion, model: stream.model, fields: stream.fields, filter: stream.filter },
  sourceFields: stream.sourceFields.map((source) => ({ ...source })),
  ...overrides,
  suggestions: suggestions.map(({ target, path, reasons, field: made }) => ({ target, path, reasons, field: made })),
});

/** What customers make of their mappings, done for one of them. */
export const adaptations = [
  operation({
    id: "getAdaptation",
    method: "GET",
    path: "/v1/connections/{id}/adaptations/{template}",
    summary: "Get how a customer has a template, and what they may choose",
    description:
      "Stream by stream: fields, conflicts to decide, suggestions with their reasons, the account's own fields and, if you ask, a few of its records. `lookAtAccount` has them taken anew.",
    input: z.strictObject({
      id: idOf("connection"),
      template: idOf("template"),
      include: z.enum(["samples"]).optional().meta({ description: "Records of the account come only when they are asked for." }),
    }),
    output: z.object({ connectionId: z.string(), templateId: z.string(), streams: z.array(StreamBody) }).meta({ id: "Adaptation" }),
    async run(ctx, { id: connectionId, template: templateId, include }) {
      const { streams } = await getAdaptation(ctx, { connectionId, templateId });
      const samplesOf = ({ samples }: AdaptStream) => samples.map(({ label, source, cut = false }) => ({ label, source, cut }));
      const withSamples = (stream: AdaptStream) => (include === "samples" ? { samples: samplesOf(stream) } : {});
      return { connectionId, templateId, streams: streams.map((stream) => ({ ...bodyOf(stream), ...withSamples(stream) })) };
    },
  }),
  operation({
    id: "revertOverrides",
    method: "POST",
    path: "/v1/streams/{id}/overrides/revert",
    summary: "Go back to an earlier revision of a customer's mapping",
    description: "That is a new revision, and can be gone back from. Stored records are re-mapped at once.",
    input: z.strictObject({
      id: idOf("stream"),
      n: seen,
      to: z.number().int().min(0).meta({ description: "The revision to go back to; 0 = the template as it is." }),
    }),
    output: Revision,
    run: (ctx, { id: streamId, n, to }) => revertOverrides(ctx, { streamId, n, to }),
  }),
  operation({
    id: "settleConflict",
    method: "POST",
    path: "/v1/streams/{id}/overrides/settle",
    summary: "Decide on a field that the template and the customer have both changed",
    input: z.strictObject({
      id: idOf("stream"),
      n: seen,
      target: z.string().min(1).max(500).meta({ description: "Key of the model's field." }),
      keep: z.enum(["customer", "template"]).meta({ description: "Whose field stays." }),
    }),
    output: Revision,
    run: (ctx, { id: streamId, ...input }) => settleConflict(ctx, { streamId, ...input }),
  }),
  operation({
    id: "chooseForStream",
    method: "PUT",
    path: "/v1/streams/{id}/choices",
    summary: "Choose for a customer what a stream offers",
    description:
      "How often it is read, which records, and, until the first reading has begun, from when on: of what the template offers, else 400. What is left out is as the template has it. Other records are re-mapped, and read anew where they were left out before.",
    input: z.strictObject({ id: idOf("stream"), ...StreamChosen.shape }),
    output: z.object({ chosen: StreamChosen }),
    run: (ctx, { id: streamId, ...chosen }) => chooseForStream(ctx, { streamId, chosen }),
  }),
  operation({
    id: "getDriftFleet",
    method: "GET",
    path: "/v1/drift-fleet",
    summary: "See changes at sources over all customers",
    description: "The same change once, with whom it reaches: by integration, those that reach most customers first.",
    input: z.strictObject({}),
    output: z.object({
      items: z.array(
        z.object({
          ...{ integrationId: z.string(), integrationName: z.string(), object: z.string() },
          kind: FleetKey.shape.kind,
          path: z.string(),
          targets: z.array(z.string()).meta({ description: "The model's fields that it reaches." }),
          filters: z
            .array(z.object({ templateId: z.string(), streamKey: z.string(), name: z.string() }))
            .meta({ description: "The streams whose filter reads it: only your team can change that." }),
          customers: z.number().int(),
          reached: z.array(z.object({ id: z.string(), name: z.string() })).meta({ description: "The five whom it reached last." }),
          foundAt: moment,
        }),
      ),
    }),
    run: async (ctx) => ({ items: (await driftFleet(ctx)).map((one) => ({ ...one, foundAt: one.foundAt.toISOString() })) }),
  }),
  operation({
    id: "listDriftReach",
    method: "GET",
    path: "/v1/drift-fleet/customers",
    summary: "List whom one change at a source reaches",
    description: "Of one line of `getDriftFleet`, the last first, each with what accepting would do for them.",
    input: FleetKey.extend({ cursor, limit: limitUpTo(100, 50) }),
    output: pageOf(
      z.object({
        ...{ driftId: z.string(), customerId: z.string(), customerName: z.string(), connectionId: z.string(), accountLabel: z.string() },
        remedy: z.object({
          kind: z.enum(["patch", "values", "explain", "own", "vendor"]).meta({ description: "`patch`: accepting is enough." }),
          label: z.string(),
        }),
        foundAt: moment,
      }),
    ),
    async run(ctx, input) {
      const { items, next } = await driftReach(ctx, input);
      const bodies = items.map(({ remedy: { kind, label }, foundAt, ...one }) => ({
        ...{ ...one, remedy: { kind, label } },
        foundAt: foundAt.toISOString(),
      }));
      return { items: bodies, next };
    },
  }),
  operation({
    id: "settleDriftEverywhere",
    method: "POST",
    path: "/v1/drift-fleet/settle",
    summary: "Accept a change's remedy for all customers",
    description:
      "For the next twenty whom it reaches; call again with `after` until it is null. Each becomes a revision of that customer's mapping. Where more than one click is needed it stays open, and `left` says why.",
    input: SettleEverywhere,
    output: z.object({
      accepted: z.number().int(),
      left: z.array(z.object({ driftId: z.string(), customerName: z.string(), message: z.string() })),
      after: z.string().nullable(),
    }),
    run: (ctx, input) => settleDriftEverywhere(ctx, input),
  }),
];
