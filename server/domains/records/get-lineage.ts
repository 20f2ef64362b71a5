import { type Sending, sendingOf } from "#server/domains/overrides/document-written";
import { isShown, titlesOf } from "#server/domains/overrides/ground";
import { writingOf } from "#server/domains/overrides/written-back";
import { digestReader } from "#server/domains/streams/corrected";
import { type InForce, readInForce } from "#server/domains/views/in-force";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { recordId } from "#server/lib/ids";
import { compileReader } from "#server/mapping/paths";
import { pathsOf } from "#server/mapping/reads";
import { keyOf } from "#server/mapping/same-value";
import { sayOrigin, saySteps, titleOf } from "#server/mapping/say-field";
import type { FieldMapping } from "#server/mapping/schema";
import { type Writable, waysBack } from "#server/mapping/ways-back";
import { findManifests } from "#server/runtime/find-manifest";
import type { Lineage, LineageDecision, LineageField, LineageSent } from "#server/trpc/views/lineage";
import { sayTo } from "#server/words/reader";
import type { Say } from "#server/words/say";
import { type LineageRow, readLineageRow, type WhichRecord } from "./lineage-row";

/** What the fields of one record are explained by. */
type Ground = {
  ctx: Ctx;
  row: LineageRow;
  inForce: InForce;
  say: Say;
  titles: ReadonlyMap<string, string>;
  /** By field: where at the third party it is written, and what holds it there. */
  places: ReadonlyMap<string, { path: string; root: string }>;
  sending: ReadonlyMap<string, Sending>;
  source: unknown;
  /** What the mapping in force makes of the source. */
  mapped: unknown;
  /** The record as it is now. */
  now: unknown;
};

const same = (one: unknown, other: unknown) => keyOf(one ?? null) === keyOf(other ?? null);
const at = (data: unknown, path: string): unknown => compileReader(path)(data) ?? null;

/** Customers are not told which of the vendor's people it was. */
const authorOf = ({ actor }: Ctx, name: string) => ({
  by: name === "customer" || name === "system" ? (name as "customer" | "system") : ("team" as const),
  who: actor.type !== "customer" && name.includes("@") ? name : null,
});

/** The oldest of these versions, newest first, since which a field is as it is now. */
function since<T>(versions: readonly T[], fieldOf: (version: T) => unknown): T | undefined {
  const [newest] = versions;
  if (newest === undefined) return undefined;
  const other = versions.findIndex((one) => !same(fieldOf(one), fieldOf(newest)));
  return other === -1 ? versions.at(-1) : versions[other - 1];
}

function mappedBy({ ctx, row }: Ground, { target }: FieldMapping): LineageField["mapped"] {
  const { revisions, versions, templateVersion } = row;
  const own = revisions[0] && Object.hasOwn(revisions[0].overrides, target);
  const revision = own ? since(revisions, ({ overrides }) => overrides[target]?.field) : undefined;
  if (revision) return { layer: "customer", version: revision.n, at: new Date(revision.at), ...authorOf(ctx, revision.by) };
  const version = since(versions, ({ fields }) => fields.find((field) => field.target === target));
  if (!version) throw new AppError("not_found", `version ${templateVersion} of the mapping is gone`);
  return { layer: "template", version: version.version, at: new Date(version.at), ...authorOf(ctx, version.by) };
}

function sentOf({ row, places, titles }: Ground, target: string): LineageSent | null {
  const place = places.get(target);
  const write = place && row.writes.find(({ after }) => compileReader(place.root)(after) !== undefined);
  if (!place || !write) return null;
  const { id, runId, op, after } = write;
  const { path } = place;
  return { writeId: id, runId, op, at: new Date(write.at), path, title: titleOf(titles, path), value: at(after, path) };
}

/** A person's choice between both sides, as long as the value is still what was chosen. */
function settled({ ctx, row }: Ground, target: string, value: unknown): LineageDecision | null {
  const conflict = row.conflicts.find(({ settledAt, choice }) => settledAt !== null && choice && Object.hasOwn(choice, target));
  const field = conflict?.fields.find((one) => one.field === target);
  const choice = conflict?.choice?.[target];
  if (!conflict?.settledAt || !choice) return null;
  const stands = choice === "own" || !field || same(value, field[choice]);
  return stands ? { kind: "conflict", choice, at: new Date(conflict.settledAt), ...authorOf(ctx, conflict.settledBy ?? "system") } : null;
}

/** Whose value it is: theirs, unless what they say is what we wrote there, or is not what the record has. */
function sideOf({ source, mapped, row }: Ground, target: string, value: unknown, sent: LineageSent | null): "ours" | "theirs" {
  if (row.source === null || !same(at(mapped, target), value)) return "ours";
  return sent && same(at(source, sent.path), sent.value) ? "ours" : "theirs";
}

function decisionOf(ground: Ground, field: FieldMapping, value: unknown, sent: LineageSent | null): LineageDecision | null {
  const { ctx, row, source } = ground;
  const { target } = field;
  const correction = row.corrections.find((one) => one.field === target && one.was === digestReader(field)(source));
  if (correction) return { kind: "correction", at: new Date(correction.at), ...authorOf(ctx, correction.author) };
  if (row.direction !== "two_way" || row.ownId === null) return null;
  const open = row.conflicts.find(({ settledAt, fields }) => settledAt === null && fields.some((one) => one.field === target));
  const both = open?.fields.find((one) => one.field === target);
  if (open && both) return { kind: "open_conflict", ours: both.ours, theirs: both.theirs, since: new Date(open.openedAt) };
  const chosen = settled(ground, target, value);
  if (chosen) return chosen;
  const owner = row.owners?.fields?.[target] ?? row.owners?.default ?? "newest";
  return { kind: "owner", owner, side: sideOf(ground, target, value, sent) };
}

function fieldOf(ground: Ground, field: FieldMapping): LineageField {
  const { row, inForce, say, titles, source, sending, places } = ground;
  const { target } = field;
  const isRead = row.source !== null;
  const value = at(ground.now, target);
  const sent = sentOf(ground, target);
  const [way, place] = [sending.get(target), places.get(target)];
  return {
    ...{ field: target, name: inForce.model.get(target)?.name ?? target, value, sent },
    sources: isRead ? pathsOf(field).map((path) => ({ path, title: titleOf(titles, path), value: at(source, path) })) : [],
    origin: isRead ? sayOrigin(field, titles, say) : null,
    steps: isRead && field.constant === undefined ? saySteps(field, titles, say) : null,
    sending: way?.to && place ? { path: place.path, title: way.to, steps: way.how } : null,
    decision: decisionOf(ground, field, value, sent),
    mapped: mappedBy(ground, field),
  };
}

async function groundOf(ctx: Ctx, row: LineageRow, inForce: InForce): Promise<Ground> {
  const manifest = (await findManifests(ctx, [row]))(row);
  const say = sayTo(ctx);
  const fields = [...inForce.fields.values()];
  const writing = writingOf(manifest, row.object, row.direction);
  const spec: Writable | undefined = writing?.spec;
  const titles = titlesOf(row.sources, manifest?.objects[row.object]?.fields ?? []);
  const source: unknown = row.source === null ? null : JSON.parse(row.source);
  return {
    ...{ ctx, row, inForce, say, titles, source },
    places: new Map(spec ? waysBack({ fields, spec }).back.map(({ key, path, root }) => [key, { path, root }]) : []),
    sending: sendingOf(fields, writing, titles, say),
    mapped: row.source === null ? null : inForce.mapping?.attempt(source).data,
    now: row.data ?? row.ownData,
  };
}

/** Customers are not told the third party's words: they are for developers. */
function waitingOf(ctx: Ctx, { waiting }: LineageRow): Lineage["waiting"] {
  if (!waiting) return null;
  const { state, code, field, message } = waiting;
  const told = state === "held" || state === "unknown" ? state : ("waiting" as const);
  return { state: told, code, field, message: ctx.actor.type === "customer" ? null : message, since: new Date(waiting.since) };
}

/**
 * Where each value of a record comes from: what it is read from, what is done to it, who decided, who made the mapping, and what was written of it. The
 * words are those of whoever asks. `not_found` for a record that is not there, or was deleted.
 */
export async function getLineage(ctx: Ctx, input: WhichRecord): Promise<Lineage> {
  const row = await readLineageRow(ctx, input);
  const inForce = (await readInForce(ctx, [row.streamId])).get(row.streamId);
  if (!inForce) throw new AppError("not_found", "nothing is mapped here any more");
  const ground = await groundOf(ctx, row, inForce);
  const order = [...inForce.model.keys()];
  const place = ({ target }: FieldMapping) => (order.includes(target) ? order.indexOf(target) : order.length);
  const shown = isShown(ctx, row.choices ?? {});
  const { streamId, connectionId, customerId, model, integrationName, direction, externalId, ownId, templateVersion, run } = row;
  return {
    ...{
      recordId: externalId === null ? null : recordId(streamId, externalId),
      streamId,
      connectionId,
      customerId,
      model,
      integrationName,
      direction,
    },
    ...{ externalId, ownId },
    mapping: {
      revision: row.recordRevision,
      isCurrent: row.recordRevision === null || row.recordRevision === row.revision,
      templateVersion,
    },
    changedAt: row.updatedAt ?? row.ownChangedAt ?? ctx.clock.now(),
    run: run && { ...run, startedAt: new Date(run.startedAt) },
    waiting: waitingOf(ctx, row),
    fields: [...inForce.fields.values()]
      .filter(({ target }) => shown(target))
      .sort((one, other) => place(one) - place(other))
      .map((field) => fieldOf(ground, field)),
  };
}
