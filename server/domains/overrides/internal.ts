import { and, desc, eq, ne, sql } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "#server/db/client";
import { connectionSchemas, mappings, models, streamOverrides, streams } from "#server/db/schema";
import { readScoped, withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError, isAppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";
import { type Conflict, mergeOverrides, type Overrides, withOverrides } from "#server/mapping/overrides";
import { type Reading, readsOf } from "#server/mapping/reads";
import { keyOf } from "#server/mapping/same-value";
import type { FieldMapping } from "#server/mapping/schema";
import { type ConnectorRef, findManifests } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";
import { sayIn } from "#server/words/messages";
import { sayTo } from "#server/words/reader";
import { authorOf, checkFields } from "../mappings/internal";
import { lockStream, refOf, type StreamRow } from "../streams/internal";
import { choiceOf, type Ground, groundOf, type Issue } from "./patch";
import { notWritten, writingOf } from "./written-back";

const Issues = z.array(z.object({ path: z.string(), message: z.string() }));

/** What stands in force of a customer's own: the newest row, or nothing yet (`n` 0). */
export type Standing = { n: number; overrides: Overrides; conflicts: Conflict[] };

export type Adaptable = { stream: StreamRow; ground: Ground; filter: string | null; standing: Standing };

/** A customer's newest row of one stream. */
export async function standingOf(ctx: Ctx, tx: Tx, streamId: StreamId): Promise<Standing> {
  const [row] = await tx
    .select({ n: streamOverrides.n, overrides: streamOverrides.overrides, conflicts: streamOverrides.conflicts })
    .from(streamOverrides)
    .where(and(eq(streamOverrides.streamId, streamId), eq(streamOverrides.environmentId, ctx.scope.environmentId)))
    .orderBy(desc(streamOverrides.n))
    .limit(1);
  return row ?? { n: 0, overrides: {}, conflicts: [] };
}

/**
 * A stream locked, with the mapping that is in force (or would be, turned on) and what its customer has made of it. `n` = the
 * revision the caller saw: `conflict` when there is another since. `not_found` outside the scope.
 */
async function lockAdaptable(ctx: Ctx, tx: Tx, input: { streamId: StreamId; n?: number }, manifest: Manifest | null): Promise<Adaptable> {
  const stream = await lockStream(ctx, tx, input.streamId);
  const standing = await standingOf(ctx, tx, stream.id);
  if (input.n !== undefined && input.n !== standing.n)
    throw new AppError("conflict", "This mapping was changed in the meantime. Reload it and make your change again.");
  const isOn = stream.status === "active";
  const [row] = await tx
    .select({
      fields: mappings.fields,
      filter: mappings.filter,
      choices: mappings.choices,
      settings: mappings.settings,
      model: models.fields,
      sources: connectionSchemas.fields,
    })
    .from(mappings)
    .innerJoin(models, and(eq(models.environmentId, mappings.environmentId), eq(models.key, stream.modelKey)))
    .leftJoin(
      connectionSchemas,
      and(
        eq(connectionSchemas.environmentId, mappings.environmentId),
        eq(connectionSchemas.connectionId, stream.connectionId),
        eq(connectionSchemas.object, stream.object),
      ),
    )
    .where(
      and(
        eq(mappings.environmentId, ctx.scope.environmentId),
        eq(mappings.templateId, stream.templateId),
        eq(mappings.streamKey, stream.key),
        isOn ? and(eq(mappings.version, stream.templateVersion), ne(mappings.status, "draft")) : eq(mappings.status, "published"),
      ),
    )
    .orderBy(desc(mappings.version))
    .limit(1);
  if (!row)
    throw new AppError("config_invalid", "The template of this stream has no published mapping, or its model is gone. Publish it again.");
  const { fields, filter, choices, settings, model, sources } = row;
  const direction = settings ? settings.direction : stream.direction;
  const writing = writingOf(manifest, stream.object, direction);
  return {
    stream,
    ground: groundOf({ fields, choices, model, sources, writing, say: sayTo(ctx) }),
    filter: direction === "push" ? null : filter, // it sends what it is given
    standing: isOn ? standing : { n: standing.n, ...mergeOverrides(fields, standing.overrides) },
  };
}

/** `invalid`, by field in the model's names; `under` goes before the field where the input holds them deeper. */
export function refusal(ground: Pick<Ground, "model" | "choices" | "say">, refused: readonly Issue[], under = ""): AppError {
  const [first] = refused;
  const target = first?.target ?? "";
  const isHidden = choiceOf(ground.choices, target).customer === "hidden"; // whose name is not told
  const name = isHidden ? target : (ground.model.find((field) => field.key === target)?.name ?? target);
  const more = refused.length > 1 ? ` (and ${refused.length - 1} more)` : "";
  const issues = refused.map(({ target, message }) => ({ path: `${under}${target}`, message }));
  const said = (ground.say ?? sayIn("en"))("save.warning", { field: name, message: first?.message ?? "" });
  return new AppError("invalid", `${said}${more}`, { details: { issues, said: true } });
}

/** Proves that the template with these patches compiles; `invalid` names the field that does not. Returns the mapping they make. */
export async function checkOverrides(ground: Ground, overrides: Overrides, under = ""): Promise<FieldMapping[]> {
  try {
    return await checkFields(withOverrides(ground.fields, overrides), ground.model);
  } catch (error) {
    const issues = isAppError(error) && error.code === "invalid" ? Issues.safeParse(error.details?.["issues"]) : null;
    if (!issues?.data?.length) throw error;
    const refused = issues.data.map(({ path, message }) => ({ target: path, message: `cannot work: ${message}` }));
    throw refusal(ground, refused, under);
  }
}

/** Whether fields are now read, by the mapping or its filter, that the source was never asked for: what is stored lacks them. */
export function readsUnasked(manifest: Manifest | null, object: string, before: Reading, after: Reading): boolean {
  const spec = manifest && Object.hasOwn(manifest.objects, object) ? manifest.objects[object] : undefined;
  const prefixes = [spec?.select, spec?.changes?.select].flatMap((select) => (select ? [select.prefix] : []));
  if (!spec || prefixes.length === 0) return false; // whole records come, and are kept
  const asked = new Set([...spec.fields.map((field) => field.path), ...readsOf(before)]);
  return readsOf(after).some((path) => !asked.has(path) && prefixes.some((prefix) => path.startsWith(prefix)));
}

type Next = { overrides: Overrides; conflicts: Conflict[] };

/** Writes the row of history, and has the stream re-mapped from what is stored; read anew only where that lacks a field. */
async function putInForce(
  ctx: Ctx,
  tx: Tx,
  { stream, ground, filter, standing }: Adaptable,
  next: Next,
  manifest: Manifest | null,
): Promise<number> {
  const after = await checkOverrides(ground, next.overrides);
  const { only } = stream.chosen;
  const reread = readsUnasked(
    manifest,
    stream.object,
    { fields: withOverrides(ground.fields, standing.overrides), filter, only },
    { fields: after, filter, only },
  );
  const n = standing.n + 1;
  const { environmentId, customerId } = stream;
  await tx.insert(streamOverrides).values({ streamId: stream.id, n, environmentId, customerId, ...next, createdBy: authorOf(ctx) });
  await tx
    .update(streams)
    .set({
      mappingVersion: sql`${streams.mappingVersion} + 1`,
      remapAfter: reread || stream.remapAfter === "reread" ? "reread" : null,
      ...(reread ? { reread: true, dueAt: sql`now()`, trigger: "mapping" as const } : {}),
    })
    .where(and(eq(streams.id, stream.id), eq(streams.environmentId, environmentId)));
  return n;
}

/** What the stream's records come through; null where the connector is only announced. */
async function manifestOf(ctx: Ctx, streamId: StreamId): Promise<Manifest | null> {
  const { environmentId, customerId } = ctx.scope;
  const [ref] = await readScoped<ConnectorRef[]>(
    ctx,
    (sql) => sql`
    select i.connector_key as "connectorKey", i.connector_version as "connectorVersion"
      from streams s
      join templates t on t.environment_id = s.environment_id and t.id = s.template_id
      join integrations i on i.environment_id = t.environment_id and i.id = t.integration_id
     where s.id = ${streamId} and s.environment_id = ${environmentId} ${customerId ? sql`and s.customer_id = ${customerId}` : sql``}`,
  );
  if (!ref) throw new AppError("not_found", `no stream ${streamId} here`);
  return (await findManifests(ctx, [ref]))(ref);
}

/**
 * Changes what a customer has made of a stream's mapping, by what `decide` makes of what stands. `n` = the revision the caller saw. A change is
 * in force when this returns, and the stored records are on their way to it; the same as before changes nothing and keeps its revision.
 */
export async function changeOverrides<R extends { next: Next }>(
  ctx: Ctx,
  input: { streamId: StreamId; n?: number },
  decide: (adaptable: Adaptable, tx: Tx) => Promise<R> | R,
): Promise<R & { n: number }> {
  const manifest = await manifestOf(ctx, input.streamId); // before the transaction: it may need a connection of its own
  const { ref, ...changed } = await withScope(ctx, async (tx) => {
    const adaptable = await lockAdaptable(ctx, tx, input, manifest);
    const { stream, ground, standing } = adaptable;
    const decided = await decide(adaptable, tx);
    const { overrides, conflicts } = standing;
    if (keyOf(decided.next) === keyOf({ overrides, conflicts })) return { ...decided, n: standing.n, ref: null };
    const lost = notWritten(ground, overrides, decided.next.overrides);
    if (lost.length > 0) throw refusal(ground, lost);
    return { ...decided, n: await putInForce(ctx, tx, adaptable, decided.next, manifest), ref: refOf(ctx, stream) };
  });
  if (ref) await ctx.keeping.pokeStream(ref);
  return changed as unknown as R & { n: number };
}
