import { z } from "zod";
import { resolveCustomer } from "#server/domains/customers/resolve-customer";
import { getRun } from "#server/domains/runs/get-run";
import { listRuns } from "#server/domains/runs/list-runs";
import { pauseStream, resumeStream } from "#server/domains/streams/pause-stream";
import { rereadStream } from "#server/domains/streams/reread-stream";
import { stopRun } from "#server/domains/streams/stop-run";
import type { RunRow } from "#server/trpc/views";
import { operation } from "../operation";
import { cursor, customerName, idOf, limitUpTo, moment, pageOf } from "../shapes";

const one = z.strictObject({ id: idOf("stream") });
const n = z.number().int();

const RunBody = z
  .object({
    id: z.string(),
    streamId: z.string(),
    customerId: z.string(),
    kind: z.enum(["backfill", "incremental", "remap", "named", "push"]).meta({
      description:
        "`named`: only records that calls of the third party named. `remap`: stored records, by a new mapping. `push`: your own records.",
    }),
    trigger: z.string(),
    status: z.enum(["running", "succeeded", "failed", "cancelled"]),
    seen: n,
    created: n,
    updated: n,
    deleted: n,
    skipped: n.meta({ description: "Left out by the filter." }),
    unchanged: n,
    quarantined: n.meta({ description: "Held back: their values do not fit." }),
    problem: z.object({ code: z.string(), text: z.string(), detail: z.string().nullable(), next: z.string() }).nullable(),
    startedAt: moment,
    finishedAt: moment.nullable(),
  })
  .meta({ id: "Run" });

const runOf = ({ id, streamId, customerId, kind, trigger, status, problem, startedAt, finishedAt, ...counts }: RunRow) => {
  const { seen, created, updated, deleted, skipped, unchanged, quarantined } = counts;
  return {
    ...{ id, streamId, customerId, kind, trigger, status, seen, created, updated, deleted, skipped, unchanged, quarantined },
    problem: problem && { code: problem.code, text: problem.text, detail: problem.detail, next: problem.next },
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
};

const Queued = z.object({ queued: z.literal(true), engineReachable: z.boolean() });
const Pauses = z.object({ pauseReasons: z.array(z.string()).meta({ description: "Who still keeps it paused; empty when nobody does." }) });

/** What may be done with a stream besides syncing it, and what became of it. */
export const streams = [
  operation({
    id: "pauseStream",
    method: "POST",
    path: "/v1/streams/{id}/pause",
    summary: "Pause a stream",
    description: "Your pause beside the customer's own: each lifts only its own. A run under way stops after its page and keeps its place.",
    input: one,
    output: Pauses,
    run: (ctx, { id }) => pauseStream(ctx, { streamId: id }),
  }),
  operation({
    id: "resumeStream",
    method: "POST",
    path: "/v1/streams/{id}/resume",
    summary: "Lift your pause of a stream",
    input: one,
    output: Pauses,
    run: (ctx, { id }) => resumeStream(ctx, { streamId: id }),
  }),
  operation({
    id: "rereadStream",
    method: "POST",
    path: "/v1/streams/{id}/reread",
    summary: "Read everything of a stream again",
    description:
      "From its beginning, at once or after the run under way. What is stored stays meanwhile and is compared with what comes; only what differs is told in the feed. Records held back are tried again.",
    status: 202,
    input: one,
    output: Queued,
    run: (ctx, { id }) => rereadStream(ctx, { streamId: id }),
  }),
  operation({
    id: "stopRun",
    method: "POST",
    path: "/v1/streams/{id}/stop",
    summary: "Stop the reading that is under way",
    description:
      "What it has written stays; the stream goes on from there at its next time. 409 when nothing is under way, or when it is writing or re-mapping: pause it then.",
    input: one,
    output: z.object({ runId: z.string() }),
    run: (ctx, { id }) => stopRun(ctx, { streamId: id }),
  }),
  operation({
    id: "listRuns",
    method: "GET",
    path: "/v1/runs",
    summary: "List runs, newest first",
    input: z.strictObject({
      customer: customerName.optional(),
      stream: idOf("stream").optional(),
      connection: idOf("connection").optional(),
      status: z.enum(["running", "succeeded", "failed", "cancelled"]).optional(),
      cursor,
      limit: limitUpTo(100, 50),
    }),
    output: pageOf(RunBody),
    async run(ctx, { customer, stream, connection, ...rest }) {
      const customerId = await resolveCustomer(ctx, customer);
      const { items, next } = await listRuns(ctx, { customerId, streamId: stream, connectionId: connection, ...rest });
      return { items: items.map(runOf), next };
    },
  }),
  operation({
    id: "getRun",
    method: "GET",
    path: "/v1/runs/{id}",
    summary: "Get a run",
    input: z.strictObject({ id: idOf("run") }),
    output: RunBody,
    run: async (ctx, { id }) => runOf(await getRun(ctx, { runId: id })),
  }),
];
