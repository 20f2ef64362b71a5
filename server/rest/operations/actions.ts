import { z } from "zod";
import { getCall } from "#server/domains/actions/get-call";
import type { CallView } from "#server/domains/actions/internal";
import { listActions } from "#server/domains/actions/list-actions";
import { runAction } from "#server/domains/actions/run-action";
import { undoCall } from "#server/domains/actions/undo-call";
import { writeRecord } from "#server/domains/actions/write-record";
import { AppError } from "#server/lib/errors";
import { operation } from "../operation";
import { idOf, moment } from "../shapes";

const CallBody = z
  .object({
    id: z.string(),
    connectionId: z.string(),
    kind: z.enum(["action", "lookup", "create", "update", "upsert", "delete"]),
    name: z.string().meta({ description: "Key of the action, or of the object that was written." }),
    status: z.enum(["pending", "running", "done", "refused", "failed", "unknown"]).meta({
      description:
        "`refused`: the third party said no, see `problem`. `failed`: not done, ask again. `unknown`: it may have been done, and only a look at the third party tells.",
    }),
    result: z
      .unknown()
      .meta({ description: "Of an action what its `output` describes, null for nothing found; of a write `{ id, created, record }`." }),
    before: z.record(z.string(), z.unknown()).nullable().meta({
      description: "Of a change: what stood there before, by the same names; null where the third party does not show single records.",
    }),
    problem: z
      .object({
        code: z.string(),
        text: z.string(),
        detail: z.string().nullable().meta({ description: "The third party's own words." }),
        field: z.string().nullable(),
        next: z.string(),
      })
      .nullable(),
    requests: z
      .array(z.object({ method: z.string(), path: z.string(), status: z.number().int(), ms: z.number() }))
      .meta({ description: "What was asked of the third party and answered." }),
    createdAt: moment,
    finishedAt: moment.nullable(),
  })
  .meta({ id: "ActionCall" });

const bodyOf = ({ problem, ...call }: CallView) => ({
  ...call,
  problem: problem && { code: problem.code, text: problem.text, detail: problem.detail, field: problem.field, next: problem.next },
  createdAt: call.createdAt.toISOString(),
  finishedAt: call.finishedAt?.toISOString() ?? null,
});

/** What was not done is an error, so that a repeat under the same Idempotency-Key tries again. */
function settled(call: CallView) {
  if (call.status !== "failed" || !call.problem) return bodyOf(call);
  const { code, text, detail, retryAfterMs } = call.problem;
  throw new AppError(code, detail ?? text, { details: { callId: call.id }, ...(retryAfterMs === null ? {} : { retryAfterMs }) });
}

const isPending = ({ status }: { status: string }) => status === "pending" || status === "running";

const wait = z.coerce
  .number()
  .int()
  .min(0)
  .max(25)
  .default(25)
  .meta({ description: "Seconds to wait for the end. What takes longer is answered with 202 and goes on; ask again with its id." });

const given = z.record(z.string(), z.unknown());

export const actions = [
  operation({
    id: "listActions",
    method: "GET",
    path: "/v1/connections/{id}/actions",
    summary: "List what a connection can do",
    description: "Its actions and lookups, and the objects whose records can be written, with JSON Schemas of what they take.",
    input: z.strictObject({ id: idOf("connection") }),
    output: z.object({
      actions: z.array(
        z.object({
          key: z.string(),
          title: z.string(),
          description: z.string(),
          kind: z.enum(["lookup", "action"]).meta({ description: "A lookup changes nothing." }),
          input: given.meta({ description: "JSON Schema." }),
          output: z.array(z.object({ path: z.string(), type: z.string(), title: z.string() })),
          example: z.object({ input: given }),
        }),
      ),
      objects: z.array(
        z.object({
          object: z.string(),
          title: z.string(),
          operations: z.array(z.enum(["create", "update", "upsert", "delete"])),
          data: given.meta({ description: "JSON Schema." }),
        }),
      ),
    }),
    run: (ctx, { id }) => listActions(ctx, { connectionId: id }),
  }),
  operation({
    id: "runAction",
    method: "POST",
    path: "/v1/connections/{id}/actions/{action}",
    summary: "Have something done, or look something up",
    description:
      "Done once for an Idempotency-Key. What the third party refuses, or leaves unclear, is a 200 that says so in `status`; an error means that it was not done.",
    input: z.strictObject({ id: idOf("connection"), action: z.string().min(1).max(100), input: given.default({}), wait }),
    output: CallBody,
    isPending,
    async run(ctx, { id, action, input, wait: seconds }) {
      const idempotencyKey = ctx.callKey ?? undefined;
      return settled(await runAction(ctx, { connectionId: id, action, input, idempotencyKey, waitMs: seconds * 1_000 }));
    },
  }),
  operation({
    id: "writeRecord",
    method: "POST",
    path: "/v1/connections/{id}/records/{object}",
    summary: "Write one record at the third party",
    description:
      "Creates, changes, creates-or-changes or deletes a record of the connected account. As with actions, once for an Idempotency-Key.",
    input: z.strictObject({
      id: idOf("connection"),
      object: z.string().min(1).max(100),
      operation: z.enum(["create", "update", "upsert", "delete"]),
      recordId: z.string().min(1).max(500).optional().meta({ description: "The record's id there; for update and delete." }),
      data: given.optional().meta({ description: "By the names that listActions shows. Null empties a field." }),
      version: z
        .string()
        .min(1)
        .max(500)
        .optional()
        .meta({ description: "What the record's version was when you read it: changed since, the write is refused." }),
      wait,
    }),
    output: CallBody,
    isPending,
    async run(ctx, { id, object, operation: kind, recordId, data, version, wait: seconds }) {
      const idempotencyKey = ctx.callKey ?? undefined;
      const call = { connectionId: id, object, operation: kind, id: recordId, data, version, idempotencyKey, waitMs: seconds * 1_000 };
      return settled(await writeRecord(ctx, call));
    },
  }),
  operation({
    id: "undoActionCall",
    method: "POST",
    path: "/v1/action-calls/{id}/undo",
    summary: "Take a write back",
    description:
      "What was changed is put back, what was created is deleted, if the record still is as this write left it; else the answer is `refused` and names what was changed. Asked twice it is done once. 409 for what cannot be taken back: actions, deletions, and changes of which `before` is not known.",
    input: z.strictObject({ id: idOf("actionCall"), wait }),
    output: CallBody,
    isPending,
    run: async (ctx, { id, wait: seconds }) => settled(await undoCall(ctx, { callId: id, waitMs: seconds * 1_000 })),
  }),
  operation({
    id: "getActionCall",
    method: "GET",
    path: "/v1/action-calls/{id}",
    summary: "Get a call as it stands",
    description: "Of an action or of a write. Kept for a week.",
    input: z.strictObject({ id: idOf("actionCall") }),
    output: CallBody,
    async run(ctx, { id }) {
      return bodyOf(await getCall(ctx, { callId: id }));
    },
  }),
];
