import { AppError, isAppError } from "#server/lib/errors";
import type { Cursor } from "../cursor";
import { declaredEnd, nextPage } from "../next-page";
import { listOf } from "../page-list";
import type { Plan } from "../read-plan";
import type { Reply, Send } from "../send";
import { type Query, requestFor } from "./request";

type Asked = { send: Send; plan: Plan; query: Query; cursor: Cursor; signal: AbortSignal | undefined };

const counted = (list: readonly unknown[]) => ({
  ...{ count: list.length, all: list.length, known: 0, first: undefined, last: undefined },
  lastValue: list.at(-1),
});

/**
 * Looks at a first page that is full and leads nowhere: the list may hold just so many, or the path of its way on is wrong, and nobody would notice.
 * Asked for half of it, there must be one. Throws `provider_invalid_response` when there is none.
 */
export async function proveEnd(
  { send, plan, query, cursor, signal }: Asked,
  { reply, whole }: { reply: Reply; whole: readonly unknown[] },
): Promise<void> {
  const { pagination } = query;
  const next = "next" in pagination ? pagination.next : undefined;
  const { limit } = pagination;
  if (next === undefined || !limit || limit.value < 2 || whole.length < limit.value) return;
  if (cursor.page !== null || reply.ended || declaredEnd(pagination, { reply, cursor, rows: counted(whole) }) !== null) return;
  const half = { ...query, pagination: { ...pagination, limit: { ...limit, value: Math.floor(limit.value / 2) } } };
  const fewer = await send(requestFor(half, cursor), signal).catch((error: unknown) => {
    if (isAppError(error) && error.code === "provider_invalid_response") return null; // it refuses the number, which proves nothing
    throw error;
  });
  if (!fewer || fewer.ended) return;
  const came = listOf(plan, query, fewer);
  const place = { reply: fewer, cursor, rows: counted(came), base: plan.base, idPath: "$" };
  if (came.length === 0 || came.length >= whole.length || nextPage(half.pagination, place) !== null) return;
  const where = typeof next === "string" ? next : next.header;
  throw new AppError(
    "provider_invalid_response",
    `${plan.name} gave ${whole.length} records, and ${came.length} when asked for fewer, but no way to the others at "${where}": \`pagination.next\` must name where the way on stands.`,
  );
}
