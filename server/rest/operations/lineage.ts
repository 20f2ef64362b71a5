import { z } from "zod";
import { getLineage } from "#server/domains/records/get-lineage";
import { AppError } from "#server/lib/errors";
import { parseRecordId } from "#server/lib/ids";
import type { Lineage, LineageDecision, LineageField } from "#server/trpc/views/lineage";
import { operation } from "../operation";
import { moment } from "../shapes";

const value = z.unknown().meta({ description: "As the record has it; null = nothing." });
const author = {
  by: z.enum(["customer", "team", "system"]).meta({ description: "`team`: yours." }),
  who: z.string().nullable().meta({ description: "Who of your team; null = it was not a person of it." }),
  at: moment,
};
const place = {
  path: z.string().meta({ description: "Place in the third party's record." }),
  title: z.string().meta({ description: "What the third party calls it." }),
};

const DecisionBody = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("correction"), ...author }).meta({ description: "A person gave the value for this record." }),
  z
    .object({
      kind: z.literal("conflict"),
      choice: z.enum(["ours", "theirs", "own"]).meta({ description: "`own`: a value that was typed." }),
      ...author,
    })
    .meta({ description: "Both sides had changed it, and a person chose." }),
  z
    .object({ kind: z.literal("open_conflict"), ours: z.unknown(), theirs: z.unknown(), since: moment })
    .meta({ description: "Both sides have changed it, and nobody has chosen yet." }),
  z
    .object({
      kind: z.literal("owner"),
      owner: z.enum(["ours", "theirs", "newest", "manual"]),
      side: z.enum(["ours", "theirs"]).meta({ description: "Whose value it is now: yours, or the third party's." }),
    })
    .meta({ description: "The template's rule for a field that goes both ways." }),
]);

const FieldBody = z.object({
  field: z.string().meta({ description: "Key of the field of your model." }),
  name: z.string(),
  value,
  sources: z
    .array(z.object({ ...place, value: z.unknown() }))
    .meta({ description: "What it is read from, with what the source said when the record was last read." }),
  origin: z.string().nullable().meta({ description: "Where it comes from, in words; null where nothing is read." }),
  steps: z.string().nullable().meta({ description: "What is done to it on the way, in words." }),
  sending: z
    .object({ ...place, steps: z.string() })
    .nullable()
    .meta({ description: "How it goes to the third party; null = it does not." }),
  sent: z
    .object({
      writeId: z.string(),
      runId: z.string(),
      op: z.enum(["create", "update", "delete"]),
      at: moment,
      ...place,
      value: z.unknown(),
    })
    .nullable()
    .meta({ description: "What of it the third party took the last time, in 30 days." }),
  decision: DecisionBody.nullable().meta({ description: "What decided about the value; null = the mapping alone." }),
  mapped: z
    .object({ layer: z.enum(["template", "customer"]), version: z.number().int(), ...author })
    .meta({ description: "Whose mapping of the field it is, and since which version it is as it is now." }),
});

const LineageBody = z
  .object({
    recordId: z.string().nullable(),
    streamId: z.string(),
    connectionId: z.string(),
    customerId: z.string(),
    model: z.string(),
    integrationName: z.string(),
    direction: z.enum(["pull", "push", "two_way"]),
    externalId: z.string().nullable(),
    ownId: z.string().nullable().meta({ description: "Your own id of the record, where you send it." }),
    mapping: z.object({
      revision: z.number().int().nullable().meta({ description: "The record's `mappingVersion`; null = nothing was read." }),
      isCurrent: z.boolean().meta({
        description: "`false`: the mapping has changed since, `fields` tell of the new one, and the record is about to be mapped anew.",
      }),
      templateVersion: z.number().int(),
    }),
    changedAt: moment,
    run: z
      .object({ id: z.string(), kind: z.string(), trigger: z.string(), startedAt: moment })
      .nullable()
      .meta({ description: "The run of the newest change; null = older than 90 days, or changed by a decision and not by a run." }),
    waiting: z
      .object({
        state: z.enum(["waiting", "held", "unknown"]),
        code: z.string().nullable(),
        message: z.string().nullable(),
        field: z.string().nullable(),
        since: moment,
      })
      .nullable()
      .meta({ description: "What is still to be written at the third party, and why it is held." }),
    fields: z.array(FieldBody),
  })
  .meta({ id: "Lineage" });

function decisionOf(decision: LineageDecision): z.input<typeof DecisionBody> {
  if (decision.kind === "owner") return decision;
  if (decision.kind === "open_conflict") return { ...decision, since: decision.since.toISOString() };
  return { ...decision, at: decision.at.toISOString() };
}

const fieldOf = ({ sent, decision, mapped, ...field }: LineageField): z.input<typeof FieldBody> => ({
  ...field,
  sent: sent && { ...sent, at: sent.at.toISOString() },
  decision: decision && decisionOf(decision),
  mapped: { ...mapped, at: mapped.at.toISOString() },
});

const bodyOf = ({ changedAt, run, waiting, fields, ...rest }: Lineage): z.input<typeof LineageBody> => ({
  ...rest,
  changedAt: changedAt.toISOString(),
  run: run && { ...run, startedAt: run.startedAt.toISOString() },
  waiting: waiting && { ...waiting, since: waiting.since.toISOString() },
  fields: fields.map(fieldOf),
});

/** Where the values of a record come from. */
export const lineage = [
  operation({
    id: "getRecordLineage",
    method: "GET",
    path: "/v1/records/{id}/lineage",
    summary: "Say where each value of a record comes from",
    description:
      "For each field: what it is read from and what the source said, the steps in words, which mapping and whose, a correction, a choice or the owner's rule where one decided, what was written of it at the third party, and the run of the newest change. For streams that only write as well: the id of such a record is told with your own record.",
    input: z.strictObject({
      id: z
        .string()
        .min(1)
        .max(2_000)
        .meta({ description: "Id of the record (`rec_…`), from `/v1/records`, `/v1/changes` or your own record." }),
    }),
    output: LineageBody,
    async run(ctx, { id }) {
      const which = parseRecordId(id);
      if (!which || which.externalId.includes("\u0000")) throw new AppError("not_found", "no such record here");
      return bodyOf(await getLineage(ctx, which));
    },
  }),
];
