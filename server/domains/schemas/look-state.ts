import { and, desc, eq } from "drizzle-orm";
import { actionCalls } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { type ErrorCode, isErrorCode } from "#server/lib/errors";
import type { ConnectionId } from "#server/lib/ids";
import { isUnderWay, outcomeOf, ownCustomer } from "../actions/internal";
import { readingTrouble } from "./internal";
import type { LookResult, ObjectLook } from "./run-look";

/** After this long nobody works on it any more. */
const LOST_MS = 20 * 60_000;

/** The newest look at an account. */
export type NewestLook =
  | { status: "looking"; startedAt: Date }
  | { status: "done"; finishedAt: Date; objects: ObjectLook[] }
  | { status: "failed"; finishedAt: Date; code: ErrorCode };

/** How the newest look at an account stands; null = there was none, or it was a week ago. */
export async function newestLook(ctx: Ctx, connectionId: ConnectionId): Promise<NewestLook | null> {
  const [row] = await withScope(ctx, (tx) =>
    tx
      .select()
      .from(actionCalls)
      .where(
        and(
          eq(actionCalls.connectionId, connectionId),
          eq(actionCalls.environmentId, ctx.scope.environmentId),
          ownCustomer(ctx),
          eq(actionCalls.kind, "look"),
        ),
      )
      .orderBy(desc(actionCalls.createdAt))
      .limit(1),
  );
  if (!row) return null;
  const finishedAt = row.finishedAt ?? row.createdAt;
  if (row.status === "done")
    return { status: "done", finishedAt, objects: (outcomeOf(ctx, row)?.result as LookResult | undefined)?.objects ?? [] };
  if (isUnderWay(ctx, row, LOST_MS)) return { status: "looking", startedAt: row.createdAt };
  return { status: "failed", finishedAt, code: isErrorCode(row.code) ? row.code : "platform_error" };
}

export type LookState = { state: "never" | "looking" | "ready" | "failed"; takenAt: Date | null; message: string | null };

/** How far the look at one object is, for a screen. `takenAt` = when its fields that we hold were taken (`connection_schemas`). */
export function lookStateOf(ctx: Pick<Ctx, "actor" | "reader">, look: NewestLook | null, object: string, takenAt: Date | null): LookState {
  const known: LookState = { state: takenAt ? "ready" : "never", takenAt, message: null };
  if (!look) return known;
  if (look.status === "looking") return takenAt && takenAt >= look.startedAt ? known : { state: "looking", takenAt, message: null };
  const own = look.status === "done" ? look.objects.find((one) => one.object === object) : { ok: false, code: look.code };
  // A run may have looked again since.
  if (!own || own.ok || (takenAt && takenAt > look.finishedAt)) return known;
  return { state: "failed", takenAt, message: readingTrouble(ctx, own.code ?? "platform_error") };
}
