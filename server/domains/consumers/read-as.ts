import { sql } from "drizzle-orm";
import { consumers } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { checkRoom, named } from "./internal";

type Known = { position: number; given: number; moves: number; isStale: boolean };

async function find(ctx: Ctx, name: string, after: number | undefined): Promise<Known> {
  return withScope(ctx, async (tx) => {
    const [row] = await tx
      .select({
        ...{ position: consumers.position, given: consumers.given, moves: consumers.moves },
        isStale: sql<boolean>`${consumers.seenAt} is null or ${consumers.seenAt} < now() - interval '1 minute'`,
      })
      .from(consumers)
      .where(named(ctx, name));
    if (row) return row;
    await checkRoom(ctx, tx);
    return { position: after ?? 0, given: after ?? 0, moves: 0, isStale: true };
  });
}

/** One small statement. It changes nothing when a person has moved or made the consumer since it was looked up. */
async function note(ctx: Ctx, name: string, known: Known, done: number, given: number): Promise<void> {
  const { environmentId } = ctx.scope;
  const key = ctx.actor.type === "apiKey" ? ctx.actor.apiKeyId : null;
  await withScope(ctx, (tx) =>
    tx.execute(sql`
      insert into consumers (environment_id, name, position, given, api_key_id, seen_at)
      values (${environmentId}, ${name}, ${done}, ${given}, ${key}, now())
      on conflict (environment_id, name) do update set position = greatest(consumers.position, excluded.position),
        given = greatest(consumers.given, excluded.given), api_key_id = coalesce(excluded.api_key_id, consumers.api_key_id), seen_at = now()
       where consumers.moves = ${known.moves}`),
  );
}

/**
 * Reads the feed under a name, whose place we keep, at least once: `after` says that all up to there is done, and without it the reader gets
 * what it has not yet said to be done. So a reader that died with a page in hand gets that page again. `read` gets the position to read behind.
 * Writes one small row a page, nothing for an empty answer, but for "last seen" once a minute. `conflict` when `after` is more than
 * the name was given: then somebody has moved it back, and what it asks for would undo that.
 */
export async function readAs<P extends { next: number }>(
  ctx: Ctx,
  { name, after }: { name: string; after: number | undefined },
  read: (after: number) => Promise<P>,
): Promise<P> {
  const known = await find(ctx, name, after);
  if (after !== undefined && after > known.given) {
    const message = `"${name}" stands at ${known.position} and was given changes up to ${known.given}, not ${after}: it may have been moved. Go on without \`after\`, or set its place with PUT /v1/consumers/${name}.`;
    throw new AppError("conflict", message, { details: { position: known.position, given: known.given } });
  }
  const page = await read(after ?? known.position);
  const done = Math.max(known.position, after ?? 0);
  if (known.isStale || done > known.position || page.next > known.given) await note(ctx, name, known, done, page.next);
  return page;
}
