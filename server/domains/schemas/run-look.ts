import { z } from "zod";
import type { Ctx } from "#server/lib/context";
import { type ErrorCode, toAppError } from "#server/lib/errors";
import type { ConnectionId } from "#server/lib/ids";
import type { SourceField, StoredSample } from "#server/lib/source-field";
import { type CompiledMapping, compileMapping } from "#server/mapping/compile";
import { ensureExpressions } from "#server/mapping/expression-slot";
import { inferFields } from "#server/mapping/infer";
import { readsOf } from "#server/mapping/reads";
import type { Manifest } from "#server/runtime/manifest";
import { textAt } from "#server/runtime/paths";
import { openSource, type Source, type SourceRecord } from "#server/runtime/source";
import { placeOf } from "../actions/internal";
import { chooseSamples } from "./choose-samples";
import { type MappingOver, mappingsOver } from "./internal";
import { lookAtSchema } from "./look-at-schema";
import { patiently } from "./patiently";

/** Records read of one object, at most, and in how many pages. */
const RECORDS = 200;
const PAGES = 5;
/** Of the whole look, so that it fits an attempt of its activity. */
const LOOK_MS = 60_000;
/** Names of fields asked for where a source gives only those that are asked for: they may have to fit into an address. */
const NAMES = 3_000;

/** How the look at one object went. What was learned before a failure is kept. */
export type ObjectLook = { object: string; ok: boolean; code: ErrorCode | null; detail: string | null };
export type LookResult = { objects: ObjectLook[] };

/** What a look was asked for with: one object, and fields of it that somebody picks just now. */
const LookContent = z.object({
  drafts: z.boolean().default(false),
  object: z.string().optional(),
  paths: z.array(z.string()).default([]),
});

type Work = { connectionId: ConnectionId; content: Record<string, unknown> };
type Looking = { ctx: Ctx; connectionId: ConnectionId; manifest: Manifest; signal: AbortSignal };

/** Worker: takes stock of every object of an account that templates read: its fields, and records to try mappings on. */
export async function runLook(ctx: Ctx, { connectionId, content }: Work, signal?: AbortSignal): Promise<LookResult> {
  const { manifest } = await placeOf(ctx, connectionId);
  const { drafts, object: one, paths: picked } = LookContent.parse(content);
  const over = await mappingsOver(ctx, connectionId, { drafts, object: one ?? null });
  const wanted = [...new Set(over.map((one) => one.object))].filter((object) => Object.hasOwn(manifest.objects, object));
  const timeUp = AbortSignal.timeout(LOOK_MS);
  const looking = { ctx, connectionId, manifest, signal: signal ? AbortSignal.any([signal, timeUp]) : timeUp };
  const objects: ObjectLook[] = [];
  // One after the other: each is shown as soon as it is there, and the account's limits are its owner's.
  for (const object of wanted) {
    const mappings = over.filter((one) => one.object === object);
    objects.push(await lookAt(looking, object, mappings, picked).catch((error: unknown) => failed(looking, object, error)));
    signal?.throwIfAborted();
  }
  return { objects };
}

function failed({ ctx, signal }: Looking, object: string, error: unknown): ObjectLook {
  if (signal.aborted) return { object, ok: false, code: "provider_unavailable", detail: "The third party took too long." };
  const { code, message } = toAppError(error);
  if (code === "platform_error") ctx.log.error({ err: error, object }, "an account's fields could not be looked at");
  return { object, ok: false, code, detail: message.slice(0, 500) };
}

async function lookAt(looking: Looking, object: string, over: readonly MappingOver[], picked: readonly string[]): Promise<ObjectLook> {
  const { ctx, connectionId, manifest, signal } = looking;
  let trouble: ObjectLook | null = null;
  const plain = await open(looking, object, []);
  const described = await patiently(signal, async () => (await plain.describe?.()) ?? null).catch((error: unknown) => {
    trouble = failed(looking, object, error);
    return null;
  });
  const there = new Set(described?.fields.map((field) => field.path));
  const reading = [...new Set([...picked.filter((path) => there.has(path)), ...over.flatMap(readsOf)])];
  const asked = namesToAsk(reading, described?.fields ?? []);
  const source = await open(looking, object, asked);
  const fresh = await readSome(source, signal).catch((error: unknown) => {
    trouble = failed(looking, object, error);
    return null;
  });
  if (described === null && fresh === null && trouble) return trouble;
  const spec = manifest.objects[object];
  const updatedAt = spec?.updatedAt;
  const samples = chooseSamples(fresh ?? [], {
    changedAt: (value) => (updatedAt === undefined ? null : textAt(value, updatedAt)),
    fails: await failingFor(over),
    keep: reading,
  });
  const prefixes = [spec?.select, spec?.changes?.select].flatMap((select) => (select ? [select.prefix] : []));
  const known = new Set([...asked, ...(spec?.fields ?? []).map((field) => field.path)]);
  const lost = new Set(lostIn(samples, fresh ?? []));
  const unread = (path: string) => lost.has(path) || (!known.has(path) && prefixes.some((prefix) => path.startsWith(prefix)));
  await lookAtSchema(ctx, {
    connectionId,
    object,
    described,
    ...(fresh ? { fresh: fresh.map((record) => record.value), samples, unread } : {}),
  });
  return trouble ?? { object, ok: true, code: null, detail: null };
}

const open = ({ ctx, connectionId }: Looking, object: string, paths: readonly string[]): Promise<Source> => {
  const { vendorId, environmentId, customerId = "" } = ctx.scope;
  return openSource(ctx, { vendorId, environmentId, customerId, connectionId, object, phase: "incremental", interactive: true, paths });
};

/** Fields that stand in a record and, for it was too long, not in the sample made of it. */
function lostIn(samples: readonly StoredSample[], records: readonly SourceRecord[]): string[] {
  const whole = new Map(records.map(({ id, value }) => [id.slice(0, 500), value]));
  const filledIn = (value: unknown) => inferFields([value]).flatMap(({ path, emptyShare }) => (emptyShare === 1 ? [] : [path]));
  return samples.flatMap(({ id, source, cut }) => {
    if (!cut) return [];
    const shown = new Set(filledIn(source));
    return filledIn(whole.get(id)).filter((path) => !shown.has(path));
  });
}

/** What somebody reads, then the account's own fields, then the others, as long as the names are short enough to be asked for. */
function namesToAsk(reading: readonly string[], described: readonly SourceField[]): string[] {
  const own = described.filter((field) => field.custom);
  const others = described.filter((field) => !field.custom);
  const names = new Set([...reading, ...[...own, ...others].map((field) => field.path)]);
  let room = NAMES;
  return [...names].filter((name) => {
    room -= name.length + 1;
    return room >= 0;
  });
}

async function readSome(source: Source, signal: AbortSignal): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  let cursor: string | null = null;
  for (let n = 0; n < PAGES && records.length < RECORDS; n++) {
    const page = await patiently(signal, () => source.readPage(cursor, signal));
    records.push(...page.records);
    cursor = page.cursor;
    if (page.done) break;
  }
  return records.slice(0, RECORDS);
}

/** Whether one of the mappings holds a record back. One that does not compile is told of elsewhere. */
async function failingFor(over: readonly MappingOver[]): Promise<(value: unknown) => boolean> {
  const compiled: CompiledMapping[] = [];
  for (const { fields, model } of over) {
    try {
      await ensureExpressions(fields);
      compiled.push(compileMapping(fields, model));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return (value) => compiled.some((mapping) => !mapping.apply(value).ok);
}
