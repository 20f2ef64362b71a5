import { z } from "zod";
import { getDryRun } from "#server/domains/dry-runs/get-dry-run";
import { DryRunResult } from "#server/domains/dry-runs/schema";
import { startDraftDryRun, startDryRun } from "#server/domains/dry-runs/start-dry-run";
import { Wishes } from "#server/domains/overrides/schema";
import { startLook } from "#server/domains/schemas/start-look";
import { AppError } from "#server/lib/errors";
import { operation } from "../operation";
import { idOf } from "../shapes";

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
      draft: z.boolean().default(false).meta({ description: "Try the template's draft, with the customer's own changes on top." }),
    }),
    output: z.object({ id: z.string() }),
    status: 202,
    async run(ctx, { id, draft, fields, ...which }) {
      if (draft && fields) throw new AppError("invalid", "A draft is tried as it is: send either draft or fields.");
      const wanted = { ...which, connectionId: id };
      const { callId } = await (draft ? startDraftDryRun(ctx, wanted) : startDryRun(ctx, { ...wanted, fields }));
      return { id: callId };
    },
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
