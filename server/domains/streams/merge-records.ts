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
  /** The own record with what it takes; null = it takes nothing. */
  own: Data | null;
  /** The record as we hold it: what is to be written there, or is for a person, stands in it as ours. */
  held: Data | null;
  /** Something of ours is to be written there. */
  push: boolean;
  clashes: Clash[];
  open: boolean;
};

/** The page shows an older state than the one that we have seen, or written, since: it says nothing. */
export const isStale = (known: Known, theirsAt: number | null): boolean =>
  known.theirsMs !== null && theirsAt !== null && theirsAt < known.theirsMs;

/**
 * Brings a record of the third party and its own record together. Null = it says nothing: the own record is deleted. Pure.
 */
export function mergeOne({ way, fields }: Both, known: Known, { id, data }: Incoming, theirsAt: number | null): MergedRecord | null {
  if (known.deleted) return null;
  const { baseOurs, baseTheirs } = known;
  const ours = way.flat(known.data);
  const { merged, take, push, clashes, base } = mergeRecord({
    base: baseOurs && baseTheirs ? { ours: baseOurs, theirs: baseTheirs } : null,
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
    ...{ ownId: known.ownId, externalId: id, isNew: known.isNew, open: known.open, clashes, push: push.length > 0 },
    ...{ baseOurs: base.ours, baseTheirs: base.theirs, theirsMs: theirsAt === null ? known.theirsMs : Math.floor(theirsAt) },
    own: taken.length > 0 ? way.merged(known.data, pick(taken)) : null,
    held: kept.length > 0 ? way.merged(data, pick(kept)) : null,
  };
}
