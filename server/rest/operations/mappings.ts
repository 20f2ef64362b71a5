import { z } from "zod";
import { FleetKey } from "#server/domains/overrides/drift-reach";
import { listDrifts } from "#server/domains/overrides/list-drifts";
import { mappingDocument } from "#server/domains/overrides/mapping-document";
import { overridesHistory } from "#server/domains/overrides/overrides-history";
import { saveOverrides } from "#server/domains/overrides/save-overrides";
import { ValueChoices, Wishes } from "#server/domains/overrides/schema";
import { settleDrift } from "#server/domains/overrides/settle-drift";
import { Direction } from "#server/domains/templates/schema";
import { operation } from "../operation";
import { cursor, idOf, limitUpTo, moment, pageOf } from "../shapes";

const Row = z.object({
  target: z.string().meta({ description: "Key of the model's field." }),
  field: z.string(),
  from: z.string().nullable().meta({ description: "The field it comes from, in the account's words; null where nothing is read." }),
  to: z.string().nullable().meta({ description: "The field it is written to, in the account's words; null = it is only read." }),
  path: z.string().nullable(),
  how: z.string().meta({ description: "How the value is changed on the way, in words." }),
  whenEmpty: z.string(),
  example: z.string().nullable().meta({ description: "Of the newest record." }),
  own: z.boolean().meta({ description: "Whether the customer has it otherwise than the template." }),
});

const MappingBody = z
  .object({
    connectionId: z.string(),
    integrationName: z.string(),
    accountLabel: z.string(),
    streams: z.array(
      z.object({
        id: z.string(),
        key: z.string(),
        label: z.string(),
        template: z.string(),
        model: z.string(),
        direction: Direction,
        filter: z.string().nullable(),
        only: z
          .array(z.string())
          .meta({ description: "What is written there and which records are taken, in sentences, with what the customer has chosen." }),
        rows: z.array(Row),
      }),
    ),
  })
  .meta({ id: "Mapping" });

const Field = z.unknown().meta({ description: "A field mapping, as in a template; null = nothing was mapped." });
const Revision = z.object({
  n: z.number().int(),
  at: moment,
  by: z.enum(["customer", "team", "system"]),
  who: z.string().nullable().meta({ description: "Of your team: the member's address." }),
  conflicts: z.number().int().meta({ description: "Fields that the template and the customer have both changed, still to be decided." }),
  changes: z.array(
    z.object({ target: z.string(), name: z.string(), before: Field, after: Field, beforeText: z.string(), afterText: z.string() }),
  ),
});

const DriftBody = z
  .object({
    id: z.string(),
    streamId: z.string(),
    connectionId: z.string(),
    customerId: z.string(),
    kind: FleetKey.shape.kind,
    path: z.string().meta({ description: "Of the source field." }),
    to: z.string().nullable().meta({ description: "Where it seems to have gone." }),
    targets: z.array(z.string()).meta({ description: "The model's fields that it reaches." }),
    filter: z.boolean().meta({ description: "Whether it decides which records are taken." }),
    message: z.string(),
    status: z.enum(["open", "accepted", "dismissed", "gone"]),
    foundAt: moment,
    settledAt: moment.nullable(),
  })
  .meta({ id: "Drift" });

const NOT_THERE = "There is no such revision: send the newest that listOverrides shows, or 0 when there is none.";

export const mappings = [
  operation({
    id: "getMapping",
    method: "GET",
    path: "/v1/connections/{id}/mapping",
    summary: "Get what goes where on a connection",
    description: "Every stream that is on, field by field, in words. With `Accept: text/markdown` the same as a text to keep.",
    input: z.strictObject({ id: idOf("connection") }),
    output: MappingBody.extend({ markdown: z.string() }).meta({ id: "MappingDocument" }),
    markdown: ({ markdown }) => markdown,
    run: (ctx, { id }) => mappingDocument(ctx, { connectionId: id }),
  }),
  operation({
    id: "listOverrides",
    method: "GET",
    path: "/v1/streams/{id}/overrides",
    summary: "List the revisions of a customer's own mapping",
    description: "Newest first, each with what changed field by field; the last hundred.",
    input: z.strictObject({ id: idOf("stream") }),
    output: z.object({
      n: z.number().int().meta({ description: "The revision in force; 0 = the template as it is." }),
      items: z.array(Revision),
    }),
    async run(ctx, { id }) {
      const revisions = await overridesHistory(ctx, { streamId: id });
      return { n: revisions[0]?.n ?? 0, items: revisions.map((one) => ({ ...one, at: one.at.toISOString() })) };
    },
  }),
  operation({
    id: "saveOverrides",
    method: "PUT",
    path: "/v1/streams/{id}/overrides",
    summary: "Change fields of a customer's mapping",
    description:
      'By target: a field mapping, `null` to leave the field out, `"template"` to go back to the template\'s. Fields that are not named stay. Stored records are re-mapped at once.',
    input: z.strictObject({
      id: idOf("stream"),
      n: z
        .number()
        .int()
        .min(0)
        .meta({ description: `The revision you saw: with another since, 409. ${NOT_THERE}` }),
      fields: Wishes,
    }),
    output: z.object({
      n: z.number().int().meta({ description: "The new revision." }),
      warnings: z.array(z.object({ target: z.string(), message: z.string() })),
    }),
    run: (ctx, { id, n, fields }) => saveOverrides(ctx, { streamId: id, n, fields }),
  }),
  operation({
    id: "listDrifts",
    method: "GET",
    path: "/v1/drifts",
    summary: "List changes at customers' sources that reach mapped fields",
    description: "Newest first. What nobody maps may come and go untold.",
    input: z.strictObject({
      status: z.enum(["open", "accepted", "dismissed", "gone"]).optional(),
      cursor,
      limit: limitUpTo(100, 50),
    }),
    output: pageOf(DriftBody),
    async run(ctx, input) {
      const { items, next } = await listDrifts(ctx, input);
      const bodies = items.map(({ customerName: _name, integrationName: _integration, streamLabel: _label, ...drift }) => ({
        ...drift,
        foundAt: drift.foundAt.toISOString(),
        settledAt: drift.settledAt?.toISOString() ?? null,
      }));
      return { items: bodies, next };
    },
  }),
  operation({
    id: "settleDrift",
    method: "POST",
    path: "/v1/drifts/{id}/settle",
    summary: "Settle a change at a source",
    description:
      "`accept` changes the customer's mapping so that it goes on as before, where that can be done without a person; 400 says what has to be done otherwise. `dismiss` leaves it as it is.",
    input: z.strictObject({
      id: idOf("drift"),
      act: z.enum(["accept", "dismiss"]),
      to: ValueChoices.optional().meta({ description: "What new values of the source are with you, by the source's value." }),
    }),
    output: z.object({
      streamId: z.string(),
      n: z.number().int().meta({ description: "The revision of the mapping that is now in force." }),
    }),
    run: (ctx, { id, act, to }) => settleDrift(ctx, { driftId: id, act, to }),
  }),
];
