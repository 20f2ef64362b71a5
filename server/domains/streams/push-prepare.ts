import { mergeRecord, type SharedField } from "#server/mapping/merge-record";
import { changeOf } from "#server/runtime/pages";
import { at } from "#server/runtime/paths";
import type { Leg } from "./begin-leg";
import type { TakenWish } from "./outbox";
import { hold, type Look, type Pushing, type Ready, sentBy, settle } from "./push-ready";
import { prepareUndo } from "./push-undo";
import { differing, type Flat } from "./way-back";

const isEmpty = (value: unknown) => value === undefined || value === null || value === "";

/** Which version a write stands on, where the third party refuses one that stands on an older. */
function guardOf({ leg, spec }: Pushing, look: Look): string | null {
  const guard = leg.direction === "two_way" ? spec.writes?.update?.guard : undefined;
  if (!guard || typeof look === "string") return null;
  const version = at(look.value, guard.version);
  return version === undefined || version === null ? null : String(version);
}

type Outgoing = { keys: string[]; agreed: { ours: Flat; theirs: Flat }; shown: { value: unknown } | null };

/** Of ours, what the third party was not told as it is now. What we never told empties nothing there. */
function untold({ way }: Pushing, { baseOurs }: TakenWish, ours: Flat): string[] {
  const base = baseOurs ?? {};
  return way.back
    .map(({ key }) => key)
    .filter((key) => (Object.hasOwn(base, key) ? differing(ours, base, [key]).length > 0 : !isEmpty(ours[key])));
}

/** Whether the record at the third party has to be looked at to know what a wish comes to. */
export function needsLook(push: Pushing, wish: TakenWish): boolean {
  if (wish.externalId === null || wish.again) return false;
  if (wish.op === "delete") return push.leg.settings?.deletes === "propagate";
  return wish.op === "undo" || push.leg.direction === "two_way" || untold(push, wish, push.way.flat(wish.data ?? {})).length > 0;
}

/** Push: what of ours has changed since the third party was last told. */
function changedFields(push: Pushing, wish: TakenWish, ours: Flat, look: Look): Outgoing {
  const { way } = push;
  const changed = untold(push, wish, ours);
  const theirs = typeof look === "string" ? {} : way.fromTheirs(look.value, changed);
  const agreed = changed.filter((key) => Object.hasOwn(theirs, key) && differing(ours, theirs, [key]).length === 0);
  const pick = (from: Flat) => Object.fromEntries(agreed.map((key) => [key, from[key] ?? null]));
  return { keys: changed.filter((key) => !agreed.includes(key)), agreed: { ours: pick(ours), theirs: pick(theirs) }, shown: null };
}

/** The fields that both sides share, with who decides about each. */
export function sharedFields({ leg, way }: { leg: Pick<Leg, "settings" | "fields">; way: Pick<Pushing["way"], "back"> }): SharedField[] {
  const { default: usual = "newest", fields = {} } = leg.settings?.owners ?? {};
  const back = new Set(way.back.map(({ key }) => key));
  return leg.fields.map(({ target }) => ({ key: target, owner: fields[target] ?? usual, back: back.has(target) }));
}

/** The record at the third party as it was looked at, else as it was last read; null = neither. */
const shownTo = (wish: TakenWish, look: Look): unknown =>
  typeof look !== "string" ? look.value : wish.source === null ? null : (JSON.parse(wish.source) as unknown);

/** What was written since the record was last read: what was read says nothing of it. */
const written = ({ unseen, baseTheirs }: TakenWish): Flat =>
  Object.fromEntries(unseen.flatMap((key) => (baseTheirs && Object.hasOwn(baseTheirs, key) ? [[key, baseTheirs[key]]] : [])));

/** When it had changed by their clock, epoch ms; null = nobody knows. */
function seenAt({ spec }: Pushing, wish: TakenWish, look: Look): number | null {
  const value = shownTo(wish, look);
  const ms = value === null ? Number.NaN : changeOf(value, spec);
  return Number.isFinite(ms) ? Math.floor(ms) : null;
}

/** Two-way: what of ours counts against what they say now. What they decide, or a person has to, is left to the reading half. */
function mergedFields(push: Pushing, wish: TakenWish, ours: Flat, look: Look): Outgoing {
  const { way } = push;
  const value = shownTo(wish, look);
  const keys = way.back.map(({ key }) => key);
  const theirs = value === null ? (wish.baseTheirs ?? {}) : { ...way.fromTheirs(value, keys), ...(look === "unread" ? written(wish) : {}) };
  const theirsAt = seenAt(push, wish, look);
  const unseen = wish.echoDue && look !== "unread" ? wish.unseen : [];
  const base = wish.baseOurs && wish.baseTheirs ? { ours: wish.baseOurs, theirs: wish.baseTheirs, unseen } : null;
  const fields = sharedFields(push).filter(({ key }) => keys.includes(key));
  const merged = mergeRecord({
    base,
    ours,
    theirs,
    fields,
    oursAt: wish.changedAtMs,
    theirsAt,
  });
  const agreed = keys.filter((key) => Object.hasOwn(merged.base.ours, key) && !merged.push.includes(key) && !merged.take.includes(key));
  const pick = (from: Flat) => Object.fromEntries(agreed.map((key) => [key, from[key] ?? null]));
  return {
    keys: merged.push,
    agreed: { ours: pick(merged.base.ours), theirs: pick(merged.base.theirs) },
    shown: value !== null && (merged.take.length > 0 || merged.clashes.length > 0) ? { value } : null,
  };
}

function prepareUpdate(push: Pushing, wish: TakenWish, data: Flat, look: Look): Ready {
  const { way, spec, leg, manifest } = push;
  const externalId = wish.externalId ?? "";
  if (look === "gone") {
    const message = `it was deleted at ${manifest.name}; try again to have it made anew`;
    return hold(wish, "conflict", message, null, { unlink: true });
  }
  if (!spec.writes?.update) return hold(wish, "config_invalid", `${manifest.name} cannot change records of this kind`);
  const ours = way.flat(data);
  const { keys, agreed, shown } = (leg.direction === "two_way" ? mergedFields : changedFields)(push, wish, ours, look);
  const link = { externalId, baseOurs: agreed.ours, baseTheirs: agreed.theirs };
  const more = shown ? { shown: { id: externalId, ...shown } } : {};
  if (keys.length === 0) return settle(wish, { result: "done", link, ...more });
  const all = way.widen(keys);
  const back = way.toTheirs(data, all);
  if (!back.ok) return misfit(push, wish, back.faults);
  const before = typeof look === "string" ? null : way.parts(look.value, all);
  const pushed = Object.fromEntries(all.map((key) => [key, ours[key] ?? null]));
  const sent = sentBy(wish, { operation: "update", externalId, data: back.data, ours: pushed, guard: guardOf(push, look), before });
  return { kind: "send", wish, sent, more: { link, ...more } };
}

function misfit({ way }: Pushing, wish: TakenWish, faults: readonly { field: string; message: string }[]): Ready {
  const [first] = faults;
  const key = first ? way.keyAt(first.field) : null;
  return hold(wish, "mapping_failed", first?.message ?? "the mapping backwards failed", key);
}

function prepareCreate({ way, spec, manifest, ...rest }: Pushing, wish: TakenWish, data: Flat): Ready {
  const operation = spec.writes?.create ? "create" : spec.writes?.upsert ? "upsert" : null;
  if (operation === null) return hold(wish, "config_invalid", `${manifest.name} cannot create records of this kind`);
  const ours = way.flat(data);
  const keys = way.back.map(({ key }) => key).filter((key) => !isEmpty(ours[key]));
  const back = way.toTheirs(data, keys);
  if (!back.ok) return misfit({ way, spec, manifest, ...rest }, wish, back.faults);
  const pushed = Object.fromEntries(keys.map((key) => [key, ours[key] ?? null]));
  return { kind: "send", wish, sent: sentBy(wish, { operation, externalId: null, data: back.data, ours: pushed }), more: {} };
}

function prepareDelete({ leg, spec, way, manifest }: Pushing, wish: TakenWish, look: Look): Ready {
  if (leg.settings?.deletes !== "propagate" || wish.externalId === null) return settle(wish, { result: "done" });
  if (look === "gone") return settle(wish, { result: "done", unlink: true });
  if (!spec.writes?.delete) return hold(wish, "config_invalid", `${manifest.name} cannot delete records of this kind`);
  const keys = way.back.map(({ key }) => key);
  const before = typeof look === "string" ? null : way.parts(look.value, keys);
  return { kind: "send", wish, sent: sentBy(wish, { operation: "delete", before }), more: {} };
}

/** What a wish comes to, given its record at the third party as it is now. Pure. */
export function prepare(push: Pushing, wish: TakenWish, look: Look): Ready {
  const ready = comesTo(push, wish, look);
  return ready.kind === "send" ? { ...ready, seenMs: seenAt(push, wish, look) } : ready;
}

function comesTo(push: Pushing, wish: TakenWish, look: Look): Ready {
  if (wish.again && wish.sent) return { kind: "send", wish, sent: wish.sent, more: {} }; // to the letter
  if (wish.op === "undo") return prepareUndo(push, wish, look);
  if (wish.op === "delete") return prepareDelete(push, wish, look);
  if (wish.deleted || wish.data === null) return settle(wish, { result: "done" });
  return wish.externalId === null ? prepareCreate(push, wish, wish.data) : prepareUpdate(push, wish, wish.data, look);
}
