import { and, eq, ne, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { auditEntries, mappings, streams, templates } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";
import { keyOf } from "#server/mapping/same-value";
import { sayTo } from "#server/words/reader";
import { ownChoices, refusedChoices } from "../installations/check-chosen";
import { authorOf } from "../mappings/internal";
import type { StreamChosen } from "../templates/offers";
import type { TemplateStream } from "../templates/schema";
import { lockStream, refOf, type StreamRow } from "./internal";

/** The stream as the version of its template has it that it is at; `config_invalid` when it is not among its streams any more. */
async function offeredBy(ctx: Ctx, tx: Tx, stream: StreamRow): Promise<TemplateStream> {
  const { environmentId } = ctx.scope;
  const [template] = await tx
    .select({ streams: templates.streams, settings: mappings.settings })
    .from(templates)
    .leftJoin(
      mappings,
      and(
        eq(mappings.environmentId, templates.environmentId),
        eq(mappings.templateId, templates.id),
        eq(mappings.streamKey, stream.key),
        eq(mappings.version, stream.templateVersion),
        ne(mappings.status, "draft"),
      ),
    )
    .where(and(eq(templates.id, stream.templateId), eq(templates.environmentId, environmentId)));
  const standing = template?.streams.find(({ key }) => key === stream.key);
  const offered = standing && stream.status === "active" ? (template?.settings ?? standing) : standing;
  if (!offered) throw new AppError("config_invalid", "This is not on offer any more. What was chosen stays as it is.");
  return offered;
}

/**
 * Changes what a customer has chosen of what a stream offers: how often it is read, which records, and, until the first reading has begun,
 * from when on. Which records: what is stored is mapped anew, and the source read anew for those left out before. `invalid` names what
 * is not offered.
 */
export async function chooseForStream(ctx: Ctx, input: { streamId: StreamId; chosen: StreamChosen }): Promise<{ chosen: StreamChosen }> {
  const { stream, chosen } = await withScope(ctx, async (tx) => {
    const stream = await lockStream(ctx, tx, input.streamId);
    const offered = await offeredBy(ctx, tx, stream);
    const say = sayTo(ctx);
    const issues = refusedChoices(offered, input.chosen, stream.chosen, say);
    const chosen = ownChoices(offered, input.chosen);
    const hasBegun = stream.cursor !== null || stream.lastSuccessAt !== null;
    if (hasBegun && chosen.backfillDays !== stream.chosen.backfillDays)
      issues.push({ path: "backfillDays", message: say("refused.begun") });
    const [first] = issues;
    if (first) throw new AppError("invalid", first.message, { details: { issues, said: true } });
    if (keyOf(chosen) === keyOf(stream.chosen)) return { stream, chosen };
    const others = keyOf(chosen.only) !== keyOf(stream.chosen.only);
    const intervalMs = chosen.intervalMs ?? offered.intervalMs;
    await tx
      .update(streams)
      .set({
        ...{ chosen, intervalMs, dueAt: sql`least(${streams.dueAt}, now() + ${intervalMs}::float8 * interval '1 ms')` },
        ...(others ? { mappingVersion: sql`${streams.mappingVersion} + 1`, remapAfter: "reread", reread: true } : {}),
        ...(others ? { dueAt: sql`now()`, trigger: "mapping" as const } : {}),
      })
      .where(and(eq(streams.id, stream.id), eq(streams.environmentId, ctx.scope.environmentId)));
    const { environmentId, customerId, id: subject } = stream;
    await tx.insert(auditEntries).values({ environmentId, customerId, actor: authorOf(ctx), action: "stream.chosen", subject });
    return { stream, chosen };
  });
  await ctx.keeping.pokeStream(refOf(ctx, stream));
  return { chosen };
}
