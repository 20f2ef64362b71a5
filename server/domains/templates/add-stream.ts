import { and, eq } from "drizzle-orm";
import { mappings, models } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { TemplateId } from "#server/lib/ids";
import { findManifest } from "#server/runtime/find-manifest";
import { authorOf, nextVersion, ofStream } from "../mappings/internal";
import { askedBy } from "./check-lookups";
import { checkSettings, saying } from "./check-settings";
import { checkStream } from "./check-stream";
import { refuse, writeDraft } from "./internal";
import { type Locked, lockTemplate } from "./lock";
import type { NewStream, TemplateStream } from "./schema";

export type AddStream = Omit<NewStream, "intervalMs"> & {
  templateId: TemplateId;
  /** Every five minutes when not given. */
  intervalMs?: number | undefined;
  /** The mapping it begins with. */
  fields: unknown;
};

const MAX_STREAMS = 50;

/** A key that no stream has now, designed or running: the object's own, if it may be. */
function freeKey({ wanted, standing }: Locked, object: string): string {
  const base =
    object
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "_")
      .replace(/^[^a-z]+/, "")
      .slice(0, 50) || "stream";
  const taken = new Set([...wanted.streams, ...standing.streams].map(({ key }) => key));
  let key = base;
  for (let n = 2; taken.has(key); n++) key = `${base}_${n}`;
  return key;
}

/** The stream as it is kept: what says nothing is left out. */
function streamOf({ object, model, direction = "pull", match, owners, deletes, ...input }: AddStream, key: string, title: string) {
  const out = direction === "pull" ? {} : { direction, ...(match ? { match } : {}), ...(deletes === "propagate" ? { deletes } : {}) };
  const both = direction === "two_way" && owners ? { owners } : {};
  const stream: TemplateStream = {
    ...{ key, object, model, label: (input.label ?? title).slice(0, 80) },
    ...{ ...out, ...both, intervalMs: input.intervalMs ?? 300_000, ...saying(input) },
  };
  return stream;
}

/**
 * Drafts a stream with a first mapping, which its publication brings with it; customers who run the template may turn it on then, nothing
 * starts by itself.
 */
export async function addStream(ctx: Ctx, input: AddStream): Promise<{ streamKey: string; basis: string }> {
  const { environmentId } = ctx.scope;
  const { integration } = await withScope(ctx, (tx) => lockTemplate(ctx, tx, input.templateId));
  const manifest = await findManifest(ctx, integration);
  const spec = Object.hasOwn(manifest.objects, input.object) ? manifest.objects[input.object] : undefined;
  if (!spec) throw refuse("object", `${manifest.name} has ${Object.keys(manifest.objects).join(", ")}.`);
  const asked = await askedBy(ctx, [input]);
  return withScope(ctx, async (tx) => {
    const locked = await lockTemplate(ctx, tx, input.templateId);
    const { template, wanted } = locked;
    if (wanted.streams.length >= MAX_STREAMS) throw refuse("object", `A template has at most ${MAX_STREAMS} streams.`);
    const [model] = await tx
      .select({ fields: models.fields, archivedAt: models.archivedAt })
      .from(models)
      .where(and(eq(models.environmentId, environmentId), eq(models.key, input.model)));
    const key = freeKey(locked, input.object);
    const stream = streamOf(input, key, spec.title);
    checkSettings(manifest, stream, asked);
    const complete = template.status === "published";
    const fields = await checkStream({ stream, fields: input.fields, model, manifest, complete });
    const ref = { templateId: template.id, streamKey: key };
    await tx.delete(mappings).where(and(ofStream(ctx, ref), eq(mappings.status, "draft"))); // of one that was here before
    await tx
      .insert(mappings)
      .values({ environmentId, ...ref, version: await nextVersion(ctx, tx, template), fields, status: "draft", createdBy: authorOf(ctx) });
    return { streamKey: key, basis: await writeDraft(ctx, tx, locked, { streams: [...wanted.streams, stream] }) };
  });
}
