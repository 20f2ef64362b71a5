import { and, desc, eq, ne } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { mappings } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { TemplateId } from "#server/lib/ids";
import { keyOf } from "#server/mapping/same-value";
import type { FieldMapping } from "#server/mapping/schema";
import { findManifest } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";
import { checkDirection } from "./check-direction";
import { type Asked, askedBy } from "./check-lookups";
import { checkSettings, saying } from "./check-settings";
import { checkOutlineBasis, refuse, writeDraft } from "./internal";
import { lockTemplate } from "./lock";
import type { StreamSettings, TemplateStream } from "./schema";

export type UpdateTemplate = {
  templateId: TemplateId;
  /** The version in force that the author saw; another one since is a `conflict`. */
  version?: number | undefined;
  /** All that the author saw, as `getTemplate` and this give it. */
  basis?: string | undefined;
  name?: string | undefined;
  description?: string | undefined;
  /** Settings by stream, in the order in which customers are to see them. All of the template's, when given. */
  streams?: readonly StreamSettings[] | undefined;
};

type Mapped = ReadonlyMap<string, readonly FieldMapping[]>;

/** The mapping of each stream as it is being designed, where one writes. */
async function mappedFields(ctx: Ctx, tx: Tx, id: TemplateId, all: readonly TemplateStream[]): Promise<Mapped> {
  if (all.every(({ direction = "pull" }) => direction === "pull")) return new Map();
  const rows = await tx
    .selectDistinctOn([mappings.streamKey], { key: mappings.streamKey, fields: mappings.fields })
    .from(mappings)
    .where(and(eq(mappings.environmentId, ctx.scope.environmentId), eq(mappings.templateId, id), ne(mappings.status, "withdrawn")))
    .orderBy(mappings.streamKey, desc(mappings.version));
  return new Map(rows.map((row) => [row.key, row.fields]));
}

/** What a stream offers from now on. Filters of one that only writes go where they stand from before: nobody is asked for what was taken once. */
function offeredBy({ direction, offers: before }: TemplateStream, offers: TemplateStream["offers"]) {
  if (direction !== "push" || !offers?.filters || keyOf(offers.filters) !== keyOf(before?.filters)) return offers;
  const { filters: _filters, ...rest } = offers;
  return rest;
}

function settled(
  streams: readonly TemplateStream[],
  wanted: readonly StreamSettings[],
  manifest: Manifest,
  mapped: Mapped,
  asked: Asked,
): TemplateStream[] {
  const known = new Map(streams.map((stream) => [stream.key, stream]));
  if (wanted.length !== known.size || new Set(wanted.map(({ key }) => key)).size !== known.size)
    throw refuse("streams", `Name each stream once: ${[...known.keys()].join(", ")}. Streams are added and removed by themselves.`);
  return wanted.map((settings, index) => {
    const stream = known.get(settings.key);
    if (!stream) throw refuse(`streams.${index}.key`, `There is no stream "${settings.key}". It has ${[...known.keys()].join(", ")}.`);
    const { backfillDays, offers = stream.offers, lookups = stream.lookups, ...rest } = settings;
    const { backfillDays: _before, offers: _offers, lookups: _lookups, ...fixed } = stream;
    const next = { ...fixed, ...rest, ...saying({ backfillDays, offers: offeredBy(stream, offers), lookups }) };
    checkDirection(manifest, next, mapped.get(stream.key) ?? [], `streams.${index}.`);
    checkSettings(manifest, next, asked, `streams.${index}.`);
    return next;
  });
}

/**
 * Drafts what a template is called and how its streams run; customers see nothing of it before it is published. What is mapped, and what
 * customers may choose, is drafted in the mapping. `conflict` when somebody else has changed the same meanwhile, by `version` or `basis`.
 */
export async function updateTemplate(ctx: Ctx, input: UpdateTemplate): Promise<{ basis: string }> {
  const { integration } = await withScope(ctx, (tx) => lockTemplate(ctx, tx, input.templateId));
  const manifest = input.streams ? await findManifest(ctx, integration) : null;
  const asked = await askedBy(ctx, input.streams ?? []);
  return withScope(ctx, async (tx) => {
    const locked = await lockTemplate(ctx, tx, input.templateId);
    checkOutlineBasis(locked, input);
    const { wanted, template } = locked;
    const streams =
      input.streams && manifest
        ? settled(wanted.streams, input.streams, manifest, await mappedFields(ctx, tx, template.id, wanted.streams), asked)
        : wanted.streams;
    const { name = wanted.name, description = wanted.description } = input;
    return { basis: await writeDraft(ctx, tx, locked, { name, description, streams }) };
  });
}
