import type { Manifest } from "#server/runtime/manifest";
import { OPERATIONS } from "#server/runtime/writes/plan";
import type { Bench } from "./bench";
import { goesOn, resumes, scaledJob } from "./job-proofs";
import { endsOf, endsThere, fetchesMany, learnsGone, saysNothing, seesRefusal, takesAlso } from "./outcome-proofs";
import {
  beyondReach,
  changesReading,
  deletions,
  fullReading,
  loopFound,
  readAgain,
  rowsMove,
  scaledCap,
  secondReading,
  staysBelowCap,
} from "./read-proofs";
import { outlivesToken, passesOver, startsAnew } from "./refusal-proofs";
import {
  batches,
  changes,
  counts,
  creates,
  describes,
  givesOne,
  guards,
  refuses,
  removes,
  type Samples,
  survivesLoss,
  upserts,
} from "./write-proofs";

type ObjectSpec = Manifest["objects"][string];

type ObjectProof = {
  name: string;
  title: string;
  claimed(spec: ObjectSpec, manifest: Manifest): boolean;
  run(bench: Bench, object: string, samples: Samples): Promise<unknown>;
  scaled?(manifest: Manifest, object: string): Manifest;
};

const paged = (spec: ObjectSpec, manifest: Manifest): boolean => (spec.pagination ?? manifest.pagination).type !== "none";
const listed = (spec: ObjectSpec): boolean => (spec.list ?? spec.job ?? spec.file) !== undefined;
/** Its listing is asked for page by page. */
const turned = (spec: ObjectSpec): boolean => listed(spec) && spec.job === undefined && spec.file === undefined;

/** Its pages are counted, by rows or by pages. */
const counted = (spec: ObjectSpec, manifest: Manifest): boolean =>
  ["page", "offset", "range"].includes((spec.pagination ?? manifest.pagination).type);

/** What may be claimed of an object. `check` names what a manifest declares, by `claims.ts`. */
export const OBJECT: readonly ObjectProof[] = [
  { name: "list", title: "everything is read, each record once", claimed: listed, run: fullReading },
  {
    name: "again",
    title: "a later reading of everything finds what is there by then",
    claimed: (spec) => listed(spec) && !spec.changes,
    run: secondReading,
  },
  {
    name: "loop",
    title: "pages that lead in a circle are noticed",
    // Rows of a table are known by their place alone: the same ones again look like more. And where the last page comes again by rule,
    // one that comes again is the last.
    claimed: (spec, manifest) =>
      spec.job?.parts !== undefined ||
      (turned(spec) && paged(spec, manifest) && spec.table === undefined && !(spec.pagination ?? manifest.pagination).stop.repeated),
    run: loopFound,
  },
  {
    name: "expired",
    title: "a way on that has run out begins the reading anew",
    claimed: (spec, manifest) => turned(spec) && (spec.pagination ?? manifest.pagination).stop.expired.length > 0,
    run: startsAnew,
  },
  {
    name: "ends",
    title: "an answer that means the end ends the reading",
    claimed: (spec, manifest) => turned(spec) && endsOf(spec, manifest).length > 0,
    run: endsThere,
  },
  {
    name: "none",
    title: "an answer that says there is nothing is no error",
    claimed: (spec) => turned(spec) && !spec.each && (spec.none.length > 0 || (spec.changes?.none ?? []).length > 0),
    run: saysNothing,
  },
  {
    name: "batch",
    title: "records are fetched many at once",
    claimed: ({ get }) => get?.batch !== undefined,
    run: fetchesMany,
  },
  {
    name: "job",
    title: "a file made on demand is gone on with at its row; one that is gone is asked for anew",
    claimed: (spec) => spec.job !== undefined,
    run: resumes,
    scaled: (manifest, object) => scaledJob(manifest, object),
  },
  {
    name: "file",
    title: "a file that is always there is gone on with at its row, and read anew when it has changed",
    claimed: (spec) => spec.file !== undefined,
    run: goesOn,
    scaled: (manifest, object) => scaledJob(manifest, object),
  },
  {
    name: "gone",
    title: "an answer in place of a record that says it is deleted is taken so",
    claimed: ({ get }) => (get?.gone ?? []).length > 0,
    run: learnsGone,
  },
  {
    name: "moved",
    title: "a row removed between two pages takes no other along",
    claimed: (spec, manifest) => turned(spec) && spec.each === undefined && spec.table === undefined && counted(spec, manifest),
    run: rowsMove,
  },
  { name: "skip", title: "who has no such list stops nobody", claimed: ({ parent }) => (parent?.skip ?? []).length > 0, run: passesOver },
  { name: "changes", title: "only what changed is read", claimed: (spec) => spec.changes !== undefined, run: changesReading },
  {
    name: "token",
    title: "a token that is too old makes everything be read anew",
    claimed: (spec) => spec.changes?.token !== undefined,
    run: outlivesToken,
  },
  { name: "deletes", title: "deletions are learned", claimed: (spec) => spec.deletes !== undefined && listed(spec), run: deletions },
  { name: "reread", title: "everything is read again in time", claimed: (spec) => spec.changes?.rereadMs !== undefined, run: readAgain },
  { name: "reach", title: "what is too long ago is read whole", claimed: (spec) => spec.changes?.reachMs !== undefined, run: beyondReach },
  {
    name: "cap",
    title: "a question that gives only so many rows is asked anew in time",
    claimed: (spec) => spec.changes?.windowCap !== undefined,
    run: staysBelowCap,
    scaled: (manifest, object) => scaledCap(manifest, object),
  },
  { name: "count", title: "how many there are is told", claimed: (spec) => (spec.count ?? spec.total) !== undefined, run: counts },
  { name: "one", title: "one record is had by its id", claimed: (spec) => spec.one !== undefined, run: givesOne },
  { name: "describe", title: "the account's own fields are told", claimed: (spec) => spec.describe !== undefined, run: describes },
  { name: "create", title: "a record is made", claimed: ({ writes }) => writes?.create !== undefined, run: creates },
  {
    name: "create.lost",
    title: "a lost answer makes no second record",
    claimed: ({ writes }) => writes?.create !== undefined,
    run: survivesLoss,
  },
  { name: "update", title: "a record is changed", claimed: ({ writes }) => writes?.update !== undefined, run: changes },
  {
    name: "update.guard",
    title: "a change from an old version is refused",
    claimed: ({ writes }) => writes?.update?.guard !== undefined,
    run: guards,
  },
  { name: "upsert", title: "a record is made or changed by its key", claimed: ({ writes }) => writes?.upsert !== undefined, run: upserts },
  { name: "delete", title: "a record is deleted, once and again", claimed: ({ writes }) => writes?.delete !== undefined, run: removes },
  { name: "refused", title: "a refusal is told in the third party's words", claimed: ({ writes }) => writes !== undefined, run: refuses },
  ...OPERATIONS.map((operation) => ({
    name: `${operation}.batch`,
    title: `many at once (${operation}), each with its own result`,
    claimed: ({ writes }: ObjectSpec) => writes?.[operation]?.batch !== undefined,
    run: (bench: Bench, object: string, samples: Samples) => batches(bench, object, operation, samples),
  })),
  ...OPERATIONS.map((operation) => ({
    name: `${operation}.also`,
    title: `an answer that means it is done (${operation}) is taken so`,
    claimed: ({ writes }: ObjectSpec) => (writes?.[operation]?.also ?? []).length > 0,
    run: (bench: Bench, object: string, samples: Samples) => takesAlso(bench, object, operation, samples),
  })),
  ...OPERATIONS.map((operation) => ({
    name: `${operation}.refused`,
    title: `a fine-looking answer that says no (${operation}) is a refusal`,
    claimed: ({ writes }: ObjectSpec) => writes?.[operation]?.refused !== undefined,
    run: (bench: Bench, object: string, samples: Samples) => seesRefusal(bench, object, operation, samples),
  })),
];
