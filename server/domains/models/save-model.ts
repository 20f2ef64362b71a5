import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { models, modelVersions, streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { reachesRecords } from "#server/mapping/model-changes";
import { keyOf } from "#server/mapping/same-value";
import { refOf } from "../streams/internal";
import { authorOf, lockModel, type ModelRow } from "./internal";
import { type ModelImpact, modelImpact } from "./model-impact";
import type { ModelContent } from "./schema";

export type SaveModel = ModelContent & {
  key: string;
  /** The version the author saw; another one since is a `conflict`. 0 = there is none yet. Not given = whatever there is. */
  version?: number | undefined;
  /** Save although it takes something away from those who use the model. */
  acceptBreaking?: boolean | undefined;
};

export type SavedModel = { key: string; version: number; created: boolean; changes: ModelImpact[] };

const POKED_AT_ONCE = 200;

const isSame = (row: ModelRow, { name, description, fields }: ModelContent) =>
  row.name === name && row.description === description && keyOf(row.fields) === keyOf(fields);

function refuseUnseen({ key, version }: SaveModel, row: ModelRow | null): void {
  if (version === undefined || version === (row?.version ?? 0)) return;
  const words = row ? `"${key}" is at version ${row.version} now; look at it and save again` : `"${key}" does not exist any more`;
  throw new AppError("conflict", version === 0 ? `there is a model "${key}" already; choose another key` : words);
}

function refuseBreaking(key: string, changes: readonly ModelImpact[]): void {
  const hurt = changes.filter((one) => one.breaking && (one.templates.length > 0 || one.customers > 0));
  if (hurt.length === 0) return;
  const words = hurt.map((one) => `${one.field} ${one.message} (${one.templates.length} templates, ${one.customers} customers)`);
  throw new AppError("conflict", `Saving "${key}" breaks something: ${words.slice(0, 5).join("; ")}. Save with acceptBreaking to go on.`, {
    details: { breaking: hurt },
  });
}

/** Streams of the model map what they have stored anew: what is held under the old fields would be neither old nor new. */
async function remapStreams(ctx: Ctx, tx: Tx, key: string) {
  return tx
    .update(streams)
    .set({ mappingVersion: sql`${streams.mappingVersion} + 1`, remapAfter: null })
    .where(and(eq(streams.environmentId, ctx.scope.environmentId), eq(streams.modelKey, key), eq(streams.status, "active")))
    .returning({ id: streams.id, customerId: streams.customerId });
}

async function writeVersion(ctx: Ctx, tx: Tx, row: ModelRow, { name, description, fields }: ModelContent): Promise<number> {
  await tx.insert(modelVersions).values({
    modelId: row.id,
    version: row.version,
    environmentId: row.environmentId,
    name: row.name,
    description: row.description,
    fields: row.fields,
    createdBy: row.updatedBy,
    createdAt: row.updatedAt,
  });
  const version = row.version + 1;
  await tx
    .update(models)
    .set({ name, description, fields, version, updatedBy: authorOf(ctx), updatedAt: ctx.clock.now(), archivedAt: null })
    .where(and(eq(models.id, row.id), eq(models.environmentId, row.environmentId)));
  return version;
}

/**
 * Keeps a model: a new one, or the next version of one there is. The same content is not kept twice. Throws `conflict` when it takes
 * something away from templates or customers, unless that is accepted; `details.breaking` says from whom. Stored records are then
 * mapped anew, from what is stored.
 */
export async function saveModel(ctx: Ctx, input: SaveModel): Promise<SavedModel> {
  const { environmentId } = ctx.scope;
  const { key, name, description, fields } = input;
  const known = await withScope(ctx, (tx) => lockModel(ctx, tx, key));
  refuseUnseen(input, known);
  const changes = known ? await modelImpact(ctx, key, known.fields, fields) : [];
  if (!input.acceptBreaking) refuseBreaking(key, changes);
  const { version, moved } = await withScope(ctx, async (tx) => {
    const row = await lockModel(ctx, tx, key);
    if (row?.version !== known?.version) throw new AppError("conflict", `"${key}" was changed in the meantime; look at it and save again`);
    if (!row) {
      await tx
        .insert(models)
        .values({ environmentId, key, name, description, fields, updatedBy: authorOf(ctx), updatedAt: ctx.clock.now() });
      return { version: 1, moved: [] };
    }
    if (isSame(row, input) && row.archivedAt === null) return { version: row.version, moved: [] };
    const next = await writeVersion(ctx, tx, row, input);
    return { version: next, moved: reachesRecords(changes) ? await remapStreams(ctx, tx, key) : [] };
  });
  await Promise.all(moved.slice(0, POKED_AT_ONCE).map((stream) => ctx.keeping.pokeStream(refOf(ctx, stream))));
  return { key, version, created: known === null, changes };
}
