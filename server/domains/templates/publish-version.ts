import { and, eq, inArray } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { mappings, models, rollouts, templates, templateVersions } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { RolloutId, TemplateId } from "#server/lib/ids";
import { keyOf } from "#server/mapping/same-value";
import type { Manifest } from "#server/runtime/manifest";
import { authorOf, nextVersion } from "../mappings/internal";
import { moveStreams } from "../mappings/move-streams";
import { goalOf, manifestOf } from "../mappings/publishing";
import { refOfRollout } from "../rollouts/internal";
import { refOf } from "../streams/internal";
import { checkDirection } from "./check-direction";
import { checkStream } from "./check-stream";
import { refuse } from "./internal";
import { type Locked, lockTemplate, type Outline } from "./lock";
import type { Pacing, TemplateDocument, TemplateStream } from "./schema";
import { putInForce, runningStreams, type Stopped } from "./settle-version";

export type Publishing = {
  templateId: TemplateId;
  /** Only this stream's mapping; not given = all that is drafted. */
  only?: string | undefined;
  /** Bring it to customers step by step; not given = to all at once. */
  rollout?: Pacing | undefined;
  /** Turn off what the version no longer has for the customers who run it. */
  stopRunning?: boolean | undefined;
  /** What has to hold, once the template is locked. */
  check(tx: Tx, locked: Locked): Promise<void>;
};

export type PublishedVersion = {
  version: number;
  /** Running streams that were moved. */
  streams: number;
  /** Streams that were turned off. */
  stopped: number;
  rollouts: { streamKey: string; rolloutId: RolloutId }[];
};

type MappingRow = typeof mappings.$inferSelect;
/** One stream as the version has it. `draft` = its mapping changes; `before` = what customers of it are at. */
type Part = { stream: TemplateStream; draft: MappingRow | null; before: MappingRow | null; changes: boolean };

const newest = (rows: readonly MappingRow[], key: string, statuses: readonly MappingRow["status"][]): MappingRow | null =>
  rows.filter((row) => row.streamKey === key && statuses.includes(row.status)).sort((a, b) => b.version - a.version)[0] ?? null;

async function partsOf(ctx: Ctx, tx: Tx, locked: Locked, wanted: Outline, only: string | undefined): Promise<Part[]> {
  const rows = await tx
    .select()
    .from(mappings)
    .where(
      and(
        eq(mappings.environmentId, ctx.scope.environmentId),
        eq(mappings.templateId, locked.template.id),
        inArray(mappings.status, ["draft", "published"]),
      ),
    );
  const standing = new Map(locked.standing.streams.map((stream) => [stream.key, stream]));
  return wanted.streams.map((stream) => {
    const draft = only === undefined || only === stream.key ? newest(rows, stream.key, ["draft"]) : null;
    const known = standing.get(stream.key);
    const before = known ? newest(rows, stream.key, ["published"]) : null; // one that comes back begins anew
    return { stream, draft, before, changes: draft !== null || before === null || !known || keyOf(known) !== keyOf(stream) };
  });
}

/** Proves that all that changes can work: the models may have changed since it was drafted. */
async function checkParts(ctx: Ctx, tx: Tx, { template }: Locked, parts: readonly Part[], manifest: Manifest | null): Promise<void> {
  const keys = parts.map(({ stream }) => stream.model);
  const stored =
    keys.length === 0
      ? []
      : await tx
          .select({ key: models.key, fields: models.fields, archivedAt: models.archivedAt })
          .from(models)
          .where(and(eq(models.environmentId, ctx.scope.environmentId), inArray(models.key, keys)));
  for (const { stream, draft, before, changes } of parts) {
    if (!changes) continue;
    const model = stored.find(({ key }) => key === stream.model);
    const mapping = draft ?? before;
    if (!mapping) throw new AppError("conflict", `“${stream.label}” has no mapping yet. Map its fields first.`);
    const isNew = !template.streams.some(({ key }) => key === stream.key);
    // A mapping that stays was proven when it came, and what the model has lost since is written nowhere.
    if (!draft && !isNew && manifest) checkDirection(manifest, stream, mapping.fields);
    else await checkStream({ stream, fields: mapping.fields, choices: mapping.choices, model, manifest, complete: true });
  }
}

/** Keys that the version takes away; `conflict` while customers run one and it is not to be turned off for them. */
async function checkGone(ctx: Ctx, tx: Tx, { template, standing }: Locked, wanted: Outline, stopRunning: boolean): Promise<void> {
  if (wanted.streams.length === 0 && template.status === "published")
    throw refuse("streams", "A template on offer has at least one stream. Take it off offer first, or add another stream.");
  const kept = new Set(wanted.streams.map(({ key }) => key));
  const gone = standing.streams.filter(({ key }) => !kept.has(key));
  if (gone.length === 0 || stopRunning) return;
  const running = await runningStreams(
    ctx,
    tx,
    template.id,
    gone.map(({ key }) => key),
  );
  if (running.length === 0) return;
  const labels = gone.filter(({ key }) => running.some((one) => one.key === key)).map(({ label }) => `“${label}”`);
  const customers = new Set(running.map(({ customerId }) => customerId)).size;
  throw new AppError(
    "conflict",
    `${customers === 1 ? "1 customer runs" : `${customers} customers run`} ${labels.join(", ")}. Publish with stopRunning to turn ${labels.length === 1 ? "it" : "them"} off for them.`,
    { details: { running: running.length } },
  );
}

/** Stores one stream's row of the version: the draft becomes it, or what was goes on under other settings. */
async function writePart(ctx: Ctx, tx: Tx, part: Part, version: number, status: "published" | "rolling"): Promise<void> {
  const { stream, draft, before } = part;
  const { environmentId } = ctx.scope;
  const made = { version, status, settings: stream, publishedAt: ctx.clock.now() };
  if (draft) {
    const mine = and(eq(mappings.id, draft.id), eq(mappings.environmentId, environmentId));
    await tx.update(mappings).set(made).where(mine);
  } else if (before) {
    const { templateId, streamKey, fields, filter, choices } = before;
    await tx.insert(mappings).values({ environmentId, templateId, streamKey, fields, filter, choices, createdBy: authorOf(ctx), ...made });
  }
}

/** Moves all who run a changed stream to its new version. */
async function moveAll(ctx: Ctx, tx: Tx, templateId: TemplateId, parts: readonly Part[], version: number, manifest: Manifest | null) {
  const moved = [];
  for (const { stream, draft, before } of parts) {
    const after = draft ?? before;
    if (!after) continue;
    const goal = goalOf(manifest, stream.object, before, { ...after, version, settings: stream });
    moved.push(...(await moveStreams(ctx, tx, { templateId, streamKey: stream.key }, goal)));
  }
  return moved;
}

type Begin = { templateId: TemplateId; version: number; pacing: Pacing };

async function beginRollouts(ctx: Ctx, tx: Tx, parts: readonly Part[], { templateId, version, pacing }: Begin) {
  const { watchMs, maxErrorPercent } = pacing;
  const rows = await tx
    .insert(rollouts)
    .values(
      parts.flatMap(({ stream, before }) =>
        before === null
          ? []
          : [
              {
                ...{ environmentId: ctx.scope.environmentId, templateId, streamKey: stream.key, fromVersion: before.version },
                ...{ toVersion: version, startedBy: authorOf(ctx) },
                ...(watchMs === undefined ? {} : { watchMs }),
                ...(maxErrorPercent === undefined ? {} : { maxErrorPercent }),
              },
            ],
      ),
    )
    .returning({ streamKey: rollouts.streamKey, rolloutId: rollouts.id });
  return rows;
}

/** Drafts that stay behind bear the number after this one. */
const renumberDrafts = (ctx: Ctx, tx: Tx, templateId: TemplateId, version: number) =>
  tx
    .update(mappings)
    .set({ version: version + 1 })
    .where(and(eq(mappings.environmentId, ctx.scope.environmentId), eq(mappings.templateId, templateId), eq(mappings.status, "draft")));

async function write(ctx: Ctx, tx: Tx, input: Publishing, manifest: Manifest | null) {
  const { templateId, only, rollout, stopRunning = false } = input;
  const { environmentId } = ctx.scope;
  const locked = await lockTemplate(ctx, tx, templateId);
  if (locked.rolling !== null)
    throw new AppError("conflict", `Version ${locked.rolling} is still being rolled out. Finish it or roll it back first.`);
  await input.check(tx, locked);
  const wanted = only === undefined ? locked.wanted : locked.standing;
  const parts = await partsOf(ctx, tx, locked, wanted, only);
  const changed = parts.filter(({ changes }) => changes);
  if (changed.length === 0 && keyOf(wanted) === keyOf(locked.standing))
    throw new AppError("conflict", "There is nothing to publish. Change something first.");
  await checkGone(ctx, tx, locked, wanted, stopRunning);
  await checkParts(ctx, tx, locked, parts, manifest);
  const version = await nextVersion(ctx, tx, locked.template);
  const stepwise = rollout !== undefined && changed.some(({ before }) => before !== null);
  const status = stepwise ? "rolling" : "published";
  for (const part of changed) await writePart(ctx, tx, part, version, status);
  const document: TemplateDocument = {
    ...wanted,
    streams: parts.map(({ stream, before, changes }) => ({ ...stream, mapping: changes ? version : (before?.version ?? version) })),
  };
  const createdAt = ctx.clock.now();
  await tx.insert(templateVersions).values({ templateId, version, environmentId, status, document, createdBy: authorOf(ctx), createdAt });
  if (only === undefined)
    await tx
      .update(templates)
      .set({ draft: null })
      .where(and(eq(templates.id, templateId), eq(templates.environmentId, environmentId)));
  await renumberDrafts(ctx, tx, templateId, version);
  if (stepwise) {
    const begun = await beginRollouts(ctx, tx, changed, { templateId, version, pacing: rollout });
    return { version, moved: [], stopped: [] as Stopped[], begun };
  }
  const stopped = await putInForce(ctx, tx, { templateId, version }, document);
  return { version, moved: await moveAll(ctx, tx, templateId, changed, version, manifest), stopped, begun: [] };
}

const AT_ONCE = 200;

/**
 * Makes what is drafted the template's next version: as a whole, or one stream's mapping of it. All at once, it is in force when this
 * returns: running streams are moved to their new mapping and settings, new streams can be turned on, what is gone is turned off. With a
 * roll-out, streams are moved step by step, and the rest (names, order, what is new, what is gone) follows when all are. `conflict` when
 * there is nothing to publish, while a version is being rolled out, or while customers run what would go.
 */
export async function publishVersion(ctx: Ctx, input: Publishing): Promise<PublishedVersion> {
  const manifest = await manifestOf(ctx, input.templateId); // before the transaction: it may need a connection of its own
  const { version, moved, stopped, begun } = await withScope(ctx, (tx) => write(ctx, tx, input, manifest));
  // Those that are not reached now are found by the reconciler: what is wanted stands in the stream's row.
  await Promise.all([
    ...moved.slice(0, AT_ONCE).map((stream) => ctx.keeping.pokeStream(refOf(ctx, stream))),
    ...stopped.slice(0, AT_ONCE).map((stream) => ctx.keeping.stopStream(refOf(ctx, stream))),
    ...begun.map(({ rolloutId }) => ctx.keeping.pokeRollout(refOfRollout(ctx, rolloutId))),
  ]);
  return { version, streams: moved.length, stopped: stopped.length, rollouts: begun };
}
