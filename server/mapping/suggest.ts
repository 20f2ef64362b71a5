import type { ModelField } from "#server/domains/models/schema";
import type { SeenType, SourceField } from "#server/lib/source-field";

/** A source field that a model field may be filled from, and why. `score` 0 to 1. Never applied by itself. */
export type Suggestion = { target: string; path: string; score: number; reasons: string[]; signs: Sign[] };

/** Words that mean the same in business software. Each group is one notion. */
const SYNONYMS = [
  ["email", "mail", "emailaddress"],
  ["phone", "telephone", "tel", "phonenumber"],
  ["mobile", "cell", "mobilephone", "cellphone"],
  ["first", "given", "firstname", "givenname", "forename"],
  ["last", "family", "surname", "lastname", "familyname"],
  ["company", "organization", "organisation", "account", "business", "org", "employer"],
  ["zip", "postal", "postcode", "zipcode", "postalcode"],
  ["state", "province", "region", "county"],
  ["street", "address1", "line1", "addressline1"],
  ["created", "createdate", "createdat", "creation", "added", "dateadded"],
  ["updated", "modified", "lastmodified", "changed", "updatedat", "modifiedat"],
  ["website", "url", "web", "homepage", "domain"],
  ["title", "jobtitle", "position", "role"],
  ["amount", "total", "sum", "value", "price"],
  ["quantity", "qty", "count", "units"],
  ["sku", "itemcode", "productcode", "partnumber"],
  ["description", "notes", "note", "comment", "memo", "details"],
  ["status", "state", "stage", "phase"],
  ["birthday", "birthdate", "dateofbirth", "dob"],
  ["vat", "vatnumber", "taxid", "taxnumber"],
  ["owner", "assignee", "responsible"],
  ["currency", "currencycode"],
] as const;

const NOTION = new Map<string, string>();
for (const group of SYNONYMS) for (const word of group) if (!NOTION.has(word)) NOTION.set(word, group[0]);

const NOISE = new Set(["properties", "fields", "attributes", "data", "values", "the", "of", "is", "has", "hs", "c", "field"]);

/** The words of a name: `properties.firstName__c` → first, name. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9\u00c0-\uffff]+/)
    .filter((word) => word !== "" && !NOISE.has(word));
}

const notionOf = (word: string) => NOTION.get(word) ?? NOTION.get(word.replace(/s$/, "")) ?? word;

function pairs(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let n = 0; n + 1 < text.length; n++) counts.set(text.slice(n, n + 2), (counts.get(text.slice(n, n + 2)) ?? 0) + 1);
  return counts;
}

/** What is compared of a name, worked out once. */
type Name = { text: string; pairs: ReadonlyMap<string, number>; notions: ReadonlySet<string>; whole: string };

function readName(name: string): Name {
  const words = wordsOf(name);
  const text = words.join("");
  return { text, pairs: pairs(text), notions: new Set(words.map(notionOf)), whole: notionOf(text) };
}

/** How alike two names are by their letters: twice the pairs they share, by all pairs (Dice). 0 to 1. */
function alike(a: Name, b: Name): number {
  if (a.text === "" || b.text === "") return 0;
  if (a.text === b.text) return 1;
  let shared = 0;
  for (const [pair, count] of a.pairs) shared += Math.min(count, b.pairs.get(pair) ?? 0);
  return (2 * shared) / (Math.max(1, a.text.length - 1) + Math.max(1, b.text.length - 1));
}

/** {@link alike} of two names as they are written. */
export const similarity = (one: string, other: string): number => alike(readName(one), readName(other));

/** How alike by meaning: the share of notions that both names hold. */
function meaning(a: Name, b: Name): number {
  if (a.whole === b.whole) return 1;
  let shared = 0;
  for (const notion of a.notions) if (b.notions.has(notion)) shared++;
  return shared / Math.max(1, a.notions.size + b.notions.size - shared);
}

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

/** What speaks for a pair: 0 to 1 each, shape from -1. */
type Signs = { fit: number; letters: number; sense: number; shape: number; values: number };

/** A field with the two names it goes by, worked out once for all pairs. */
type Named<F> = { field: F; key: Name; title: Name };

const namedTarget = (field: ModelField): Named<ModelField> => ({ field, key: readName(field.key), title: readName(field.name) });
const namedSource = (field: SourceField): Named<SourceField> => ({
  field,
  key: readName(field.path.split(".").at(-1) ?? field.path),
  title: readName(field.title),
});

function signsOf(target: Named<ModelField>, source: Named<SourceField>): Signs {
  const both = source.field.values ?? [];
  const known = target.field.values;
  return {
    fit: FITS[target.field.type]?.[source.field.type] ?? 0,
    letters: Math.max(alike(target.key, source.key), alike(target.title, source.title)),
    sense: Math.max(meaning(target.key, source.key), meaning(target.title, source.title)),
    shape: shapeOf(target.key, source.field.example),
    values: both.length > 0 && known ? both.filter((one) => known.includes(one)).length / both.length : 0,
  };
}

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

function judge(named: Named<ModelField>, other: Named<SourceField>): Suggestion | null {
  const signs = signsOf(named, other);
  const [target, source] = [named.field, other.field];
  const { fit, shape, values } = signs;
  const name = Math.max(signs.letters, signs.sense);
  if (fit === 0 || (name < 0.45 && values <= 0.5)) return null;
  const score = name * (0.75 + 0.25 * fit) + 0.1 * shape + 0.2 * values - 0.1 * (source.emptyShare ?? 0);
  return {
    target: target.key,
    path: source.path,
    score: Math.round(Math.max(0, Math.min(1, score)) * 100) / 100,
    reasons: signsFor(signs).map((sign) => REASONS[sign]),
    signs: signsFor(signs),
  };
}

const ENOUGH = 0.55;

/**
 * For each model field the source field that fits it best, when one does. A source field is suggested once, for the target it
 * fits best. Pure.
 */
export function suggestMapping(targets: readonly ModelField[], sources: readonly SourceField[]): Suggestion[] {
  const named = sources.map(namedSource);
  const all = targets
    .map(namedTarget)
    .flatMap((target) => named.flatMap((source) => judge(target, source) ?? []))
    .filter((one) => one.score >= ENOUGH)
    .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
  const [taken, used] = [new Set<string>(), new Set<string>()];
  return all.filter(({ target, path }) => {
    if (taken.has(target) || used.has(path)) return false;
    taken.add(target);
    used.add(path);
    return true;
  });
}
