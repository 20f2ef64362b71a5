import { z } from "zod";
import { disconnect } from "#server/domains/connections/disconnect";
import { resolveCustomer } from "#server/domains/customers/resolve-customer";
import { getConnection } from "#server/domains/views/get-connection";
import { listConnections } from "#server/domains/views/list-connections";
import type { ConnectionView, Problem, StreamView } from "#server/trpc/views";
import { operation } from "../operation";
import { cursor, customerName, idOf, limitUpTo, moment, pageOf } from "../shapes";

const State = z.enum(["connecting", "active", "syncing", "delayed", "attention", "reauth", "paused", "disconnected"]);
const Trouble = z.object({ code: z.string(), text: z.string(), detail: z.string().nullable(), next: z.string() }).meta({ id: "Trouble" });

const StreamBody = z
  .object({
    id: z.string(),
    key: z.string(),
    label: z.string(),
    object: z.string(),
    model: z.string(),
    state: State,
    phase: z.enum(["backfill", "incremental"]),
    records: z.number().int(),
    quarantined: z.number().int(),
    lastSuccessAt: moment.nullable(),
    nextRunAt: moment.nullable(),
    waitingUntil: moment.nullable(),
    problem: Trouble.nullable(),
  })
  .meta({ id: "Stream" });

const ConnectionBody = z
  .object({
    id: z.string(),
    customerId: z.string(),
    integrationId: z.string(),
    connector: z.string(),
    state: State,
    accountId: z.string(),
    accountLabel: z.string(),
    createdAt: moment,
    problem: Trouble.nullable(),
    streams: z.array(StreamBody),
  })
  .meta({ id: "Connection" });

const troubleOf = (problem: Problem | null) =>
  problem && { code: problem.code, text: problem.text, detail: problem.detail, next: problem.next };

const streamOf = (stream: StreamView) => ({
  id: stream.id,
  key: stream.key,
  label: stream.label,
  object: stream.object,
  model: stream.modelKey,
  state: stream.state,
  phase: stream.phase,
  records: stream.recordCount,
  quarantined: stream.quarantineCount,
  lastSuccessAt: stream.lastSuccessAt?.toISOString() ?? null,
  nextRunAt: stream.nextRunAt?.toISOString() ?? null,
  waitingUntil: stream.waitingUntil?.toISOString() ?? null,
  problem: troubleOf(stream.problem),
});

const bodyOf = (view: ConnectionView) => ({
  id: view.id,
  customerId: view.customerId,
  integrationId: view.integrationId,
  connector: view.connectorKey,
  state: view.state,
  accountId: view.accountId,
  accountLabel: view.accountLabel,
  createdAt: view.createdAt.toISOString(),
  problem: troubleOf(view.problem),
  streams: view.streams.map(streamOf),
});

export const connections = [
  operation({
    id: "listConnections",
    method: "GET",
    path: "/v1/connections",
    summary: "List connections, newest first",
    input: z.strictObject({
      customer: customerName.optional(),
      integration: idOf("integration").optional(),
      state: State.optional(),
      cursor,
      limit: limitUpTo(100, 50),
    }),
    output: pageOf(ConnectionBody),
    async run(ctx, { customer, integration, state, cursor: from, limit }) {
      const { items, next } = await listConnections(ctx, {
        customerId: await resolveCustomer(ctx, customer),
        integrationId: integration,
        state,
        cursor: from,
        limit,
      });
      return { items: items.map(bodyOf), next };
    },
  }),
  operation({
    id: "getConnection",
    method: "GET",
    path: "/v1/connections/{id}",
    summary: "Get a connection with its streams",
    input: z.strictObject({ id: idOf("connection") }),
    output: ConnectionBody,
    async run(ctx, { id }) {
      return bodyOf(await getConnection(ctx, { connectionId: id }));
    },
  }),
  operation({
    id: "disconnect",
    method: "DELETE",
    path: "/v1/connections/{id}",
    summary: "Disconnect an account",
    description: "Its streams stop at once; the access is revoked at the third party and the credential erased soon after. Records stay.",
    input: z.strictObject({ id: idOf("connection") }),
    output: null,
    async run(ctx, { id }) {
      await disconnect(ctx, { connectionId: id });
    },
  }),
];
