import { and, desc, eq, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { mappings, streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { TemplateId } from "#server/lib/ids";
import type { FieldMapping } from "#server/mapping/schema";
import { findManifest } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";
import { checkDirection } from "./check-direction";
import { canBeginAt, lockTemplate, refuse, type TemplateRecord, writeTemplate } from "./internal";
import type { StreamSettings, TemplateStream } from "./schema";

export type UpdateTemplate = {
  templateId: TemplateId;
  /** The version the author saw; another one since is a `conflict`. */
  version?: number | undefined;
  name?: string | undefined;
  description?: string | undefined;
  /** Settings by stream, in the order in which customers are to see them. All of the template's, when given. */
  streams?: readonly StreamSettings[] | undefined;
};

type Mapped = ReadonlyMap<string, readonly FieldMapping[]>;

/** The newest published mapping of each stream that writes. */
async function mappedFields(ctx: Ctx, tx: Tx, { id, streams: all }: TemplateRecord): Promise<Mapped> {
  if (all.every(({ direction = "pull" }) => direction === "pull")) return new Map();
  const rows = await tx
    .selectDistinctOn([mappings.streamKey], { key: mappings.streamKey, fields: mappings.fields })
    .from(mappings)
    .where(and(eq(mappings.environmentId, ctx.scope.environmentId), eq(mappings.templateId, id), eq(mappings.status, "published")))
    .orderBy(mappings.streamKey, desc(mappings.version));
  return new Map(rows.map((row) => [row.key, row.fields]));
}

function settled(template: TemplateRecord, wanted: readonly StreamSettings[], manifest: Manifest, mapped: Mapped): TemplateStream[] {
  const known = new Map(template.streams.map((stream) => [stream.key, stream]));
  if (wanted.length !== known.size || new Set(wanted.map(({ key }) => key)).size !== known.size)
    throw refuse("streams", `Name each stream once: ${[...known.keys()].join(", ")}. Streams are added and removed by themselves.`);
  return wanted.map((settings, index) => {
    const stream = known.get(settings.key);
    if (!stream) throw refuse(`streams.${index}.key`, `There is no stream "${settings.key}". It has ${[...known.keys()].join(", ")}.`);
    const spec = manifest.objects[stream.object];
    if (settings.backfillDays && !(spec && canBeginAt(spec)))
      throw refuse(
        `streams.${index}.backfillDays`,
        `${manifest.name} cannot be asked for what has changed in ${spec?.title ?? stream.object}, so everything has to be read. Leave it empty.`,
      );
    const { backfillDays, ...rest } = settings;
    const { backfillDays: _before, ...fixed } = stream;
    const next = { ...fixed, ...rest, ...(backfillDays ? { backfillDays } : {}) };
    checkDirection(manifest, next, mapped.get(stream.key) ?? [], `streams.${index}.`);
    return next;
  });
}

/** Streams that run go on at the new pace: what is due later than that is due then. */
async function pace(ctx: Ctx, tx: Tx, templateId: TemplateId, { key, intervalMs }: TemplateStream): Promise<number> {
  const rows = await tx
    .update(streams)
    .set({ intervalMs, dueAt: sql`least(${streams.dueAt}, now() + ${intervalMs}::float8 * interval '1 ms')` })
    .where(and(eq(streams.environmentId, ctx.scope.environmentId), eq(streams.templateId, templateId), eq(streams.key, key)))
    .returning({ id: streams.id });
  return rows.length;
}

/**
 * Changes what a template is called and how its streams run. A schedule is taken over by running streams, a backfill window counts for
 * who turns the stream on later. What is mapped, and what customers may choose, is changed in the mapping.
 */
export async function updateTemplate(ctx: Ctx, input: UpdateTemplate): Promise<{ version: number; paced: number }> {
  const { integration } = await withScope(ctx, (tx) => lockTemplate(ctx, tx, input.templateId));
  const manifest = input.streams ? await findManifest(ctx, integration) : null;
  return withScope(ctx, async (tx) => {
    const { template } = await lockTemplate(ctx, tx, input.templateId);
    if (input.version !== undefined && input.version !== template.version)
      throw new AppError("conflict", `the template is at version ${template.version} now; look at it and save again`);
    const next =
      input.streams && manifest ? settled(template, input.streams, manifest, await mappedFields(ctx, tx, template)) : template.streams;
    const { name = template.name, description = template.description } = input;
    const version = await writeTemplate(ctx, tx, template, { name, description, streams: next });
    const before = new Map(template.streams.map((stream) => [stream.key, stream.intervalMs]));
    let paced = 0;
    for (const stream of next) if (before.get(stream.key) !== stream.intervalMs) paced += await pace(ctx, tx, template.id, stream);
    return { version, paced };
  });
}
