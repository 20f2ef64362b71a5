import { sql } from "drizzle-orm";
import { consumers } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { checkRoom, feedEnds, named } from "./internal";

/** `madeAt`: which one of this name it is, exact as Postgres has it; null = there was none. */
type Known = { position: number; given: number; moves: number; madeAt: string | null; isStale: boolean };

async function find(ctx: Ctx, name: string, after: number | undefined): Promise<Known> {
  return withScope(ctx, async (tx) => {
    const [row] = await tx
      .select({
        ...{
          position: consumers.position,
          given: consumers.given,
          moves: consumers.moves,
          madeAt: sql<string>`${consumers.createdAt}::text`,
        },
        isStale: sql<boolean>`${consumers.seenAt} is null or ${consumers.seenAt} < now() - interval '1 minute'`,
      })
      .from(consumers)
      .where(named(ctx, name));
    if (row) return row;
    await checkRoom(ctx, tx);
    const position = after ?? (await feedEnds(ctx, tx)).oldest;
    return { position, given: position, moves: 0, madeAt: null, isStale: true };
  });
}

/** One small statement. It changes nothing when a person has moved, made or removed the consumer since it was looked up. */
async function note(ctx: Ctx, name: string, known: Known, done: number, given: number): Promise<void> {
  const { environmentId } = ctx.scope;
  const key = ctx.actor.type === "apiKey" ? ctx.actor.apiKeyId : null;
  const { position, moves, madeAt } = known;
  const write =
    madeAt === null
      ? // Of two that begin under a new name at once, both have been given something.
        sql`insert into consumers (environment_id, name, position, given, api_key_id, seen_at)
        values (${environmentId}, ${name}, ${done}, ${given}, ${key}, now())
        on conflict (environment_id, name) do update set given = greatest(consumers.given, excluded.given), seen_at = now()
         where consumers.moves = 0 and consumers.position = ${position}`
      : sql`update consumers set position = greatest(position, ${done}::bigint), given = greatest(given, ${given}::bigint),
          api_key_id = coalesce(${key}, api_key_id), seen_at = now()
         where environment_id = ${environmentId} and name = ${name} and moves = ${moves} and created_at = ${madeAt}::text::timestamptz`;
  await withScope(ctx, (tx) => tx.execute(write));
}

/** Whether a reader is lost and says to be done with more than all that was removed by retention: as it was told to, once it has read `/v1/records`. */
async function isPastLoss(ctx: Ctx, { position }: Known, after: number): Promise<boolean> {
  const { oldest, latest } = await withScope(ctx, (tx) => feedEnds(ctx, tx));
  return position < oldest && after >= oldest && after <= latest;
}

/**
 * Reads the feed under a name, whose place we keep, at least once: `after` says that all up to there is done, and without it the reader gets
 * what it has not yet said to be done. So a reader that died with a page in hand gets that page again. `read` gets the position to read behind.
 * Writes one small row a page, nothing for an empty answer, but for "last seen" once a minute. `conflict` when `after` is more than
 * the name was given: then somebody has moved it back, and what it asks for would undo that. Not of one that is lost, whose next changes were
 * removed by retention: it reads `/v1/records` and goes on with `after`. A new name begins with the oldest change there is.
 */
export async function readAs<P extends { next: number }>(
  ctx: Ctx,
  { name, after }: { name: string; after: number | undefined },
  read: (after: number) => Promise<P>,
): Promise<P> {
  const known = await find(ctx, name, after);
  if (after !== undefined && after > known.given && !(await isPastLoss(ctx, known, after))) {
    const message = `"${name}" stands at ${known.position} and was given changes up to ${known.given}, not ${after}: it may have been moved. Go on without \`after\`, or set its place with PUT /v1/consumers/${name}.`;
    throw new AppError("conflict", message, { details: { position: known.position, given: known.given } });
  }
  const page = await read(after ?? known.position);
  const done = Math.max(known.position, after ?? 0);
  if (known.isStale || done > known.position || page.next > known.given) await note(ctx, name, known, done, page.next);
  return page;
}
