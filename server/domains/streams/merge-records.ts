import { type Clash, mergeRecord } from "#server/mapping/merge-record";
import type { Both } from "./both-ways";
import type { Incoming, Known } from "./merge-known";
import { differing } from "./way-back";

type Data = Record<string, unknown>;

/** What a record of a page and its own record come to together. */
export type MergedRecord = {
  ownId: string;
  externalId: string;
  isNew: boolean;
  baseOurs: Data;
  baseTheirs: Data;
  theirsMs: number | null;
  /** As on the link: nothing of it, once a page has shown what became of what we wrote. */
  unseen: string[];
  echoDue: boolean;
  /** The own record with what it takes; null = it takes nothing. */
  own: Data | null;
  /** The record as we hold it: what is to be written there, or is for a person, stands in it as ours. */
  held: Data | null;
  /** Something of ours is to be written there. */
  push: boolean;
  clashes: Clash[];
  open: boolean;
};

const plain = (hash: string) => hash.replaceAll("-", "");

/**
 * The page shows an older state than the one that we have seen, or written, since: it says nothing. Where our write was not answered with the
 * record, that is also what is as it was before it, for an hour: whoever shows that for longer does not do what he is asked.
 */
export function isStale({ theirsMs, echoDue, lately, hash }: Known, theirsAt: number | null, pageHash: string): boolean {
  const told = theirsMs !== null && theirsAt !== null;
  if (told && theirsAt < theirsMs) return true;
  return echoDue && lately && ((told && theirsAt === theirsMs) || (hash !== null && plain(hash) === plain(pageHash)));
}

/** What a record that is stored here says now: nothing of fields that were written there since it was read. */
function asWritten(way: Both["way"], { unseen, baseTheirs }: Known, data: Data): Data {
  const known = unseen.filter((key) => baseTheirs !== null && Object.hasOwn(baseTheirs, key));
  return known.length === 0 ? data : way.merged(data, Object.fromEntries(known.map((key) => [key, baseTheirs?.[key] ?? null])));
}

const newer = (before: number | null, theirsAt: number | null) => (theirsAt === null ? before : Math.floor(theirsAt));

/** When a record of a page changed by their clock, and whether it is one that is stored here, from before what was written since. */
type State = { theirsAt: number | null; stored: boolean };

/** What is stored here is from before our write, unless it says that it changed later. */
export const stateOf = ({ theirsMs }: Known, theirsAt: number | null, stored: boolean): State => ({
  theirsAt,
  stored: stored && !(theirsAt !== null && theirsMs !== null && theirsAt > theirsMs),
});

/**
 * Brings a record of the third party and its own record together. Null = it says nothing: the own record is deleted. Pure.
 */
export function mergeOne({ way, fields }: Both, known: Known, incoming: Incoming, { theirsAt, stored }: State): MergedRecord | null {
  if (known.deleted) return null;
  const { baseOurs, baseTheirs, unseen, echoDue } = known;
  const data = stored ? asWritten(way, known, incoming.data) : incoming.data;
  const ours = way.flat(known.data);
  const { merged, take, push, clashes, base } = mergeRecord({
    base: baseOurs && baseTheirs ? { ours: baseOurs, theirs: baseTheirs, unseen: echoDue && !stored ? unseen : [] } : null,
    ours,
    theirs: way.flat(data),
    fields,
    oursAt: known.changedAtMs,
    theirsAt,
  });
  const pick = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, merged[key] ?? null]));
  const taken = differing(ours, merged, take);
  const kept = [...push, ...clashes.map(({ field }) => field)];
  return {
    ...{ ownId: known.ownId, externalId: incoming.id, isNew: known.isNew, open: known.open, clashes, push: push.length > 0 },
    ...{ baseOurs: base.ours, baseTheirs: base.theirs, unseen: stored ? unseen : [], echoDue: stored && echoDue },
    theirsMs: stored ? (known.theirsMs ?? newer(null, theirsAt)) : newer(known.theirsMs, theirsAt),
    own: taken.length > 0 ? way.merged(known.data, pick(taken)) : null,
    held: kept.length > 0 ? way.merged(data, pick(kept)) : data === incoming.data ? null : data,
  };
}
