import { z } from "zod";
import { getDryRun } from "#server/domains/dry-runs/get-dry-run";
import { previewDraftWrites, previewWrites } from "#server/domains/dry-runs/preview-writes";
import { DryRunResult } from "#server/domains/dry-runs/schema";
import { startDraftDryRun, startDryRun } from "#server/domains/dry-runs/start-dry-run";
import { Wishes } from "#server/domains/overrides/schema";
import { startLook } from "#server/domains/schemas/start-look";
import { StreamChosen } from "#server/domains/templates/offers";
import { AppError } from "#server/lib/errors";
import { operation } from "../operation";
import { idOf } from "../shapes";
import { DraftBody, StreamKey } from "../template-shapes";

const DryRunBody = z
  .object({
    id: z.string(),
    status: z.enum(["pending", "done", "failed"]),
    result: DryRunResult.nullable().meta({
      description:
        "`read` is the sum of `create`, `update`, `same` (nothing you would be told of), `skip` (left out by the filter), `remove` (left out, and we hold it) and `quarantine` (held back).",
    }),
    problem: z.object({ code: z.string(), text: z.string(), detail: z.string().nullable(), next: z.string() }).nullable(),
  })
  .meta({ id: "DryRun" });

const Draft = z.union([z.boolean(), DraftBody]).default(false).meta({
  description: "Try the template's draft, with the customer's own changes on top: as it is saved (`true`), or as it is sent here.",
});
const draftOf = (draft: true | z.infer<typeof DraftBody>) => (draft === true ? {} : draft);

const eitherOr = (one: string, other: string) =>
  new AppError("invalid", `Send either ${one} or ${other}: a draft is tried for what stands.`);

const WritesPreviewBody = z
  .object({
    samples: z.array(
      z.object({
        label: z.string(),
        made: z.boolean().meta({ description: "The customer has no own record yet: it was made of one of the account." }),
        fields: z.array(
          z.object({
            ...{ target: z.string(), path: z.string(), ours: z.unknown(), theirs: z.unknown() },
            fault: z
              .object({ code: z.string(), message: z.string() })
              .nullable()
              .meta({ description: "Why it cannot be written as it is." }),
          }),
        ),
      }),
    ),
    readOnly: z
      .array(z.object({ target: z.string(), reason: z.string() }))
      .meta({ description: "Fields of the mapping that are not sent, and why." }),
    unfilled: z
      .array(z.object({ path: z.string(), title: z.string() }))
      .meta({ description: "What a new record needs there, and nothing fills." }),
  })
  .meta({ id: "WritesPreview" });

export const dryRuns = [
  operation({
    id: "lookAtAccount",
    method: "POST",
    path: "/v1/connections/{id}/look",
    summary: "Have an account's fields looked at",
    description:
      "Its fields, its own among them, and a few of its records to try mappings on. Takes seconds and goes on by itself; `getAdaptation` says when it has ended.",
    input: z.strictObject({
      id: idOf("connection"),
      object: z.string().min(1).max(200).optional().meta({ description: "Of the connector; left out = all that templates use." }),
      paths: z.array(z.string().min(1).max(500)).max(50).optional().meta({
        description:
          "Fields of the object whose values are wanted in any case, where the third party gives only what it is asked for by name.",
      }),
    }),
    output: null,
    run(ctx, { id, object, paths = [] }) {
      if (object === undefined && paths.length > 0) throw new AppError("invalid", "Say of which object the paths are.");
      return startLook(ctx, { connectionId: id, picked: object === undefined ? undefined : { object, paths } });
    },
  }),
  operation({
    id: "startDryRun",
    method: "POST",
    path: "/v1/connections/{id}/dry-runs",
    summary: "Try out what a mapping would do with a customer's records",
    description:
      "Over all that is stored of the stream, or before the first sync over the first thousand records of the account; nothing is written. Ask `getDryRun` every second or two how far it is: one that nobody asks about ends by itself. Of a stream that writes, `writes` says what of the customer's own records would be created, changed and deleted at the third party, which is asked for single records but never written to; one of direction `push` reads none.",
    input: z.strictObject({
      id: idOf("connection"),
      templateId: idOf("template"),
      streamKey: z.string().min(1).max(100),
      fields: Wishes.optional().meta({ description: "Changes of the customer's mapping that are not saved yet, as in `saveOverrides`." }),
      chosen: StreamChosen.optional().meta({
        description: "What the customer chooses of what the stream offers; left out = as it stands.",
      }),
      draft: Draft,
    }),
    output: z.object({ id: z.string() }),
    status: 202,
    async run(ctx, { id, draft, fields, chosen, ...which }) {
      const goal = { ...which, connectionId: id };
      if (draft === false) return { id: (await startDryRun(ctx, { ...goal, fields, chosen })).callId };
      if (fields || chosen) throw eitherOr("draft", "fields and chosen");
      return { id: (await startDraftDryRun(ctx, { ...goal, ...draftOf(draft) })).callId };
    },
  }),
  operation({
    id: "previewWrites",
    method: "POST",
    scope: "read",
    path: "/v1/connections/{id}/write-previews",
    summary: "See what of own records would be sent to an account",
    description:
      "Field by field of a few of the customer's own records, by the way back that pushes go. Nothing is asked there and nothing is written. What would become of all of them says a dry run.",
    input: z.strictObject({
      id: idOf("connection"),
      templateId: idOf("template"),
      streamKey: z.string().min(1).max(100),
      fields: Wishes.optional().meta({ description: "Changes of the customer's mapping that are not saved yet, as in `saveOverrides`." }),
      draft: Draft,
    }),
    output: WritesPreviewBody,
    run(ctx, { id, draft, fields, ...which }) {
      const goal = { ...which, connectionId: id };
      if (draft === false) return previewWrites(ctx, { ...goal, fields });
      if (fields) throw eitherOr("draft", "fields");
      return previewDraftWrites(ctx, { ...goal, ...draftOf(draft) });
    },
  }),
  operation({
    id: "previewDraftWrites",
    method: "POST",
    scope: "read",
    path: "/v1/templates/{id}/mappings/{stream}/write-preview",
    summary: "See what of own records the draft of a mapping would send",
    description:
      "As `previewWrites`, of no account in particular: with own records of several customers, by the mapping as it is for everybody.",
    input: z.strictObject({ id: idOf("template"), stream: StreamKey, ...DraftBody.pick({ fields: true }).shape }),
    output: WritesPreviewBody,
    run: (ctx, { id, stream, fields }) => previewDraftWrites(ctx, { templateId: id, streamKey: stream, fields }),
  }),
  operation({
    id: "getDryRun",
    method: "GET",
    path: "/v1/dry-runs/{id}",
    summary: "Get what a dry run has found",
    description: "Kept for a week.",
    input: z.strictObject({ id: idOf("actionCall") }),
    output: DryRunBody,
    isPending: ({ status }) => status === "pending",
    async run(ctx, { id }) {
      const view = await getDryRun(ctx, { callId: id });
      if (view.status !== "failed") return { id, status: view.status, result: view.status === "done" ? view.result : null, problem: null };
      const { code, text, detail, next } = view;
      return { id, status: "failed" as const, result: null, problem: { code, text, detail, next } };
    },
  }),
];
