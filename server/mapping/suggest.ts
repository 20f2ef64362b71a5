import type { ModelField } from "#server/domains/models/schema";
import type { SeenType, SourceField } from "#server/lib/source-field";

/** A source field that a model field may be filled from, and why. `score` 0 to 1. Never applied by itself. */
export type Suggestion = { target: string; path: string; score: number; reasons: string[] };

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

/** How alike two names are by their letters: twice the pairs they share, by all pairs (Dice). 0 to 1. */
export function similarity(one: string, other: string): number {
  const [a, b] = [wordsOf(one).join(""), wordsOf(other).join("")];
  if (a === "" || b === "") return 0;
  if (a === b) return 1;
  const [x, y] = [pairs(a), pairs(b)];
  let shared = 0;
  for (const [pair, count] of x) shared += Math.min(count, y.get(pair) ?? 0);
  return (2 * shared) / (Math.max(1, a.length - 1) + Math.max(1, b.length - 1));
}

/** How alike by meaning: the share of notions that both names hold. */
function meaning(one: string, other: string): number {
  const whole = (name: string) => notionOf(wordsOf(name).join(""));
  if (whole(one) === whole(other)) return 1;
  const [a, b] = [new Set(wordsOf(one).map(notionOf)), new Set(wordsOf(other).map(notionOf))];
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared / Math.max(1, new Set([...a, ...b]).size);
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
function shapeOf(target: string, example: string | undefined): number {
  if (example === undefined) return 0;
  const notions = new Set(wordsOf(target).map(notionOf));
  const wanted = SHAPES.find(([notion]) => notions.has(notion));
  if (!wanted) return 0;
  return wanted[1].test(example) ? 1 : -1;
}

/** What speaks for a pair: 0 to 1 each, shape from -1. */
type Signs = { fit: number; letters: number; sense: number; shape: number; values: number };

function signsOf(target: ModelField, source: SourceField): Signs {
  const last = source.path.split(".").at(-1) ?? source.path;
  const both = source.values ?? [];
  return {
    fit: FITS[target.type]?.[source.type] ?? 0,
    letters: Math.max(similarity(target.key, last), similarity(target.name, source.title)),
    sense: Math.max(meaning(target.key, last), meaning(target.name, source.title)),
    shape: shapeOf(target.key, source.example),
    values: both.length > 0 && target.values ? both.filter((one) => target.values?.includes(one)).length / both.length : 0,
  };
}

function reasonsOf({ fit, letters, sense, shape, values }: Signs): string[] {
  const name = letters >= 0.95 ? "the same name" : sense >= 0.95 ? "a name that means the same" : "a similar name";
  return [
    ...(Math.max(letters, sense) >= 0.5 ? [name] : []),
    ...(fit === 1 ? ["the same type"] : []),
    ...(shape > 0 ? ["its values look like it"] : []),
    ...(values > 0.5 ? ["the same values"] : []),
  ];
}

function judge(target: ModelField, source: SourceField): Suggestion | null {
  const signs = signsOf(target, source);
  const { fit, shape, values } = signs;
  const name = Math.max(signs.letters, signs.sense);
  if (fit === 0 || (name < 0.45 && values <= 0.5)) return null;
  const score = name * (0.75 + 0.25 * fit) + 0.1 * shape + 0.2 * values - 0.1 * (source.emptyShare ?? 0);
  return {
    target: target.key,
    path: source.path,
    score: Math.round(Math.max(0, Math.min(1, score)) * 100) / 100,
    reasons: reasonsOf(signs),
  };
}

const ENOUGH = 0.55;

/**
 * For each model field the source field that fits it best, when one does. A source field is suggested once, for the target it
 * fits best. Pure.
 */
export function suggestMapping(targets: readonly ModelField[], sources: readonly SourceField[]): Suggestion[] {
  const all = targets
    .flatMap((target) => sources.flatMap((source) => judge(target, source) ?? []))
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
