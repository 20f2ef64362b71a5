import type { ModelField } from "#server/domains/models/schema";
import type { SeenType, SourceField } from "#server/lib/source-field";
import { type Name, NameIndex, readName } from "./names";

/** A source field that a model field may be filled from, and why. `score` 0 to 1. Never applied by itself. */
export type Suggestion = { target: string; path: string; score: number; reasons: string[]; signs: Sign[] };

/** Types that go into each other, some with a transform: 1 as it is, less when something has to be done. */
const FITS: Partial<Record<ModelField["type"], Partial<Record<SeenType, number>>>> = {
  string: { string: 1, number: 0.7, boolean: 0.4, date: 0.7, datetime: 0.6 },
  number: { number: 1, string: 0.5 },
  decimal: { number: 0.9, string: 0.7 },
  money: { number: 0.8, string: 0.6, object: 0.5 },
  boolean: { boolean: 1, string: 0.5, number: 0.4 },
  date: { date: 1, datetime: 0.8, string: 0.4, number: 0.3 },
  datetime: { datetime: 1, date: 0.7, string: 0.4, number: 0.4 },
  enum: { string: 0.9, number: 0.5, boolean: 0.4 },
  reference: { string: 0.9, number: 0.8 },
  object: { object: 1 },
  array: { array: 1, string: 0.3 },
};

const SHAPES: readonly [notion: string, pattern: RegExp][] = [
  ["email", /^[^\s@]+@[^\s@]+\.[^\s@]+$/],
  ["website", /^https?:\/\/\S+$/],
  ["phone", /^\+?[\d\s().-]{7,20}$/],
  ["currency", /^[A-Z]{3}$/],
];

/** What a value looks like speaks for a field of that notion, and against one that the value cannot be. */
function shapeOf(target: Name, example: string | undefined): number {
  if (example === undefined) return 0;
  const wanted = SHAPES.find(([notion]) => target.notions.has(notion));
  if (!wanted) return 0;
  return wanted[1].test(example) ? 1 : -1;
}

/** Types that no address ever becomes, though the type of a text fits them. */
const NO_ADDRESS: ReadonlySet<ModelField["type"]> = new Set(["boolean", "number", "decimal", "money", "date", "datetime"]);

/** The value at hand is an address, of mail or of the web, and the target is something else. */
const cannotBe = (type: ModelField["type"], example = ""): boolean =>
  NO_ADDRESS.has(type) && SHAPES.some(([notion, shape]) => (notion === "email" || notion === "website") && shape.test(example));

/** What speaks for a pair: 0 to 1 each, shape from -1. */
type Signs = { fit: number; letters: number; sense: number; shape: number; values: number };

const sharedValues = (both: readonly string[] = [], known: readonly string[] | undefined): number =>
  both.length > 0 && known ? both.filter((one) => known.includes(one)).length / both.length : 0;

/** Why a field may fit. */
const REASONS = {
  same_name: "the same name",
  same_meaning: "a name that means the same",
  similar_name: "a similar name",
  same_type: "the same type",
  shape: "its values look like it",
  same_values: "the same values",
} as const;
type Sign = keyof typeof REASONS;

function signsFor({ fit, letters, sense, shape, values }: Signs): Sign[] {
  const name = letters >= 0.95 ? "same_name" : sense >= 0.95 ? "same_meaning" : "similar_name";
  return [
    ...(Math.max(letters, sense) >= 0.5 ? [name as Sign] : []),
    ...(fit === 1 ? ["same_type" as const] : []),
    ...(shape > 0 ? ["shape" as const] : []),
    ...(values > 0.5 ? ["same_values" as const] : []),
  ];
}

/** How well it fits; null = not at all. */
function scoreOf({ fit, letters, sense, shape, values }: Signs, emptyShare = 0): number | null {
  const name = Math.max(letters, sense);
  if (fit === 0 || (name < 0.45 && values <= 0.5)) return null;
  const score = name * (0.75 + 0.25 * fit) + 0.1 * shape + 0.2 * values - 0.1 * emptyShare;
  return Math.round(Math.max(0, Math.min(1, score)) * 100) / 100;
}

const ENOUGH = 0.55;
/** Held against each other for one field: a list of a thousand names alike would else be a million pairs. */
const MOST = 20;

type Judged = { source: SourceField; score: number; signs: Signs };
const better = (a: Judged, b: Judged) => b.score - a.score || (a.source.path < b.source.path ? -1 : 1);

/** The source's fields, read once: what of them fits one field of the model, best first. Pure. */
export function suggestionsFrom(sources: readonly SourceField[]): (target: ModelField) => Suggestion[] {
  const keys = new NameIndex(sources.map(({ path }) => path.split(".").at(-1) ?? path));
  const titles = new NameIndex(sources.map(({ title }) => title));
  const [letters, sense] = [new Float64Array(sources.length), new Float64Array(sources.length)];
  return (target) => {
    const key = readName(target.key);
    letters.fill(0);
    sense.fill(0);
    keys.compare(key, letters, sense);
    titles.compare(readName(target.name), letters, sense);
    const found: Judged[] = [];
    for (const [at, source] of sources.entries()) {
      const fit = FITS[target.type]?.[source.type] ?? 0;
      if (fit === 0 || cannotBe(target.type, source.example)) continue;
      const values = sharedValues(source.values, target.values);
      const signs = { fit, letters: letters[at] ?? 0, sense: sense[at] ?? 0, shape: shapeOf(key, source.example), values };
      const score = scoreOf(signs, source.emptyShare);
      if (score !== null && score >= ENOUGH) found.push({ source, score, signs });
    }
    return found
      .sort(better)
      .slice(0, MOST)
      .map(({ source: { path }, score, signs }) => {
        const why = signsFor(signs);
        return { target: target.key, path, score, reasons: why.map((sign) => REASONS[sign]), signs: why };
      });
  };
}

/**
 * For each model field the source field that fits it best, when one does. A source field is suggested once, for the target it
 * fits best. Pure.
 */
export function suggestMapping(targets: readonly ModelField[], sources: readonly SourceField[]): Suggestion[] {
  const all = targets.flatMap(suggestionsFrom(sources)).sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
  const [taken, used] = [new Set<string>(), new Set<string>()];
  return all.filter(({ target, path }) => {
    if (taken.has(target) || used.has(path)) return false;
    taken.add(target);
    used.add(path);
    return true;
  });
}
