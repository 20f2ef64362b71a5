import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { actionCalls, connections, integrations } from "#server/db/schema";
import type { PageFacts } from "#server/db/schema/streams";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError, ERRORS, type ErrorCode, isErrorCode } from "#server/lib/errors";
import type { ActionCallId, ConnectionId, CustomerId } from "#server/lib/ids";
import { findManifest } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";

export type CallRow = typeof actionCalls.$inferSelect;
/** What only reads has callers of its own, and is never seen through the doors of actions. */
export type ReadingKind = "look" | "dry_run";
export type CallKind = Exclude<CallRow["kind"], ReadingKind>;

/** A call that does something, or asks something, at the third party. */
export type ActionRow = CallRow & { kind: CallKind };
export const isAction = (row: CallRow): row is ActionRow => row.kind !== "look" && row.kind !== "dry_run";

type Data = Record<string, unknown>;

/** What a call was given: the input of an action, or the record that is written. `undo`: it takes a write back, which had put this there. */
export type CallInput = { input: Data } | RecordInput;
export type RecordInput = { id?: string; data?: Data; version?: string; undo?: { of: string; after: Data } };

/** What came of it. `calls` are facts of the requests made, without what was in them. */
export type CallOutcome = {
  result: unknown;
  message: string | null;
  field: string | null;
  retryAfterMs: number | null;
  calls: PageFacts[];
  /** Of a write: what stood where it wrote, by the same names; null = nothing did, or nobody could tell. */
  before?: Data | null;
  /** Of the same: what stood there after it, as the third party shows it; absent = nobody could tell, or it was not looked at. */
  after?: Data;
};

/** A call as its caller sees it. */
export type CallView = {
  id: ActionCallId;
  connectionId: ConnectionId;
  kind: CallKind;
  name: string;
  status: CallRow["status"];
  result: unknown;
  before: Data | null;
  problem: { code: ErrorCode; text: string; detail: string | null; field: string | null; next: string; retryAfterMs: number | null } | null;
  requests: { method: string; path: string; status: number; ms: number }[];
  createdAt: Date;
  finishedAt: Date | null;
};

/** What a sealed part of a call is bound to. */
export const sealContext = (row: Pick<CallRow, "id" | "environmentId" | "customerId">, field: "input" | "outcome", version = 1) => ({
  environmentId: row.environmentId,
  customerId: row.customerId,
  ownerId: row.id,
  field,
  version,
});

/** What a call was given, opened. */
export const contentOf = (ctx: Pick<Ctx, "vault">, row: CallRow) =>
  JSON.parse(ctx.vault.open(row.input, sealContext(row, "input"))) as Record<string, unknown>;

/** Whether somebody works on a call, or will: one that is older than `lostMs` was lost. */
export const isUnderWay = (ctx: Pick<Ctx, "clock">, row: CallRow, lostMs: number): boolean =>
  (row.status === "pending" || row.status === "running") && ctx.clock.now().getTime() - row.createdAt.getTime() < lostMs;

/** The explicit predicate beside the wall. */
export const ownCustomer = (ctx: Ctx) => (ctx.scope.customerId ? eq(actionCalls.customerId, ctx.scope.customerId) : sql`true`);

export const callOf = (ctx: Ctx, tx: Tx, callId: ActionCallId) =>
  tx
    .select()
    .from(actionCalls)
    .where(and(eq(actionCalls.id, callId), eq(actionCalls.environmentId, ctx.scope.environmentId), ownCustomer(ctx)));

/** A connection with its manifest. */
export type Place = {
  connectionId: ConnectionId;
  customerId: CustomerId;
  manifest: Manifest;
  status: "active" | "reauth" | "disconnected";
};

/** The connection that is meant; `not_found` when it is not in scope, or disconnected. */
export async function placeOf(ctx: Ctx, connectionId: string): Promise<Place> {
  const [row] = await withScope(ctx, (tx) =>
    tx
      .select({
        id: connections.id,
        customerId: connections.customerId,
        status: connections.status,
        connectorKey: integrations.connectorKey,
        connectorVersion: integrations.connectorVersion,
      })
      .from(connections)
      .innerJoin(
        integrations,
        and(eq(integrations.environmentId, connections.environmentId), eq(integrations.id, connections.integrationId)),
      )
      .where(
        and(
          eq(connections.id, connectionId as ConnectionId),
          eq(connections.environmentId, ctx.scope.environmentId),
          ctx.scope.customerId ? eq(connections.customerId, ctx.scope.customerId) : sql`true`,
        ),
      ),
  );
  if (!row || row.status === "disconnected") throw new AppError("not_found", `no connection ${connectionId.slice(0, 100)} here`);
  const { connectorKey, connectorVersion } = row;
  const manifest = await findManifest(ctx, { connectorKey, connectorVersion });
  return { connectionId: row.id, customerId: row.customerId, status: row.status, manifest };
}

const UNKNOWN_TEXT = "Whether this was done is not known: the third party gave no answer to rely on. Look there before you ask again.";

function problemOf(row: CallRow, outcome: CallOutcome | null): CallView["problem"] {
  if (row.status !== "refused" && row.status !== "failed" && row.status !== "unknown") return null;
  const code: ErrorCode = isErrorCode(row.code) ? row.code : "provider_unavailable";
  const said = { detail: outcome?.message ?? null, field: outcome?.field ?? null, retryAfterMs: outcome?.retryAfterMs ?? null };
  if (row.status === "unknown") return { code, text: UNKNOWN_TEXT, next: "Look at the third party", ...said };
  const text = code === "record_invalid" ? "The third party refused this." : ERRORS[code].vendor;
  const next = code === "record_invalid" ? "Correct the data" : ERRORS[code].next;
  return { code, text, next, ...said };
}

/** What came of a call, opened; null = it is not over. */
export const outcomeOf = (ctx: Pick<Ctx, "vault">, row: CallRow): CallOutcome | null =>
  row.outcome === null ? null : (JSON.parse(ctx.vault.open(row.outcome, sealContext(row, "outcome", row.attempts))) as CallOutcome);

/** A stored call, opened for its caller. */
export function viewOf(ctx: Pick<Ctx, "vault">, row: ActionRow): CallView {
  const outcome = outcomeOf(ctx, row);
  return {
    id: row.id,
    connectionId: row.connectionId,
    kind: row.kind,
    name: row.name,
    status: row.status,
    result: outcome?.result ?? null,
    before: outcome?.before ?? null,
    problem: problemOf(row, outcome),
    requests: (outcome?.calls ?? []).map(({ method, path, status, ms }) => ({ method, path, status, ms })),
    createdAt: row.createdAt,
    finishedAt: row.status === "pending" || row.status === "running" ? null : row.finishedAt,
  };
}
