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
export type Name = { text: string; pairs: ReadonlyMap<string, number>; notions: ReadonlySet<string>; whole: string };

export function readName(name: string): Name {
  const words = wordsOf(name);
  const text = words.join("");
  return { text, pairs: pairs(text), notions: new Set(words.map(notionOf)), whole: notionOf(text) };
}

/** How alike by their letters: twice the pairs they share, by all pairs (Dice). 0 to 1. */
function lettersOf(a: Name, b: Name, shared: number): number {
  if (a.text === "" || b.text === "") return 0;
  if (a.text === b.text) return 1;
  return (2 * shared) / (Math.max(1, a.text.length - 1) + Math.max(1, b.text.length - 1));
}

/** How alike by meaning: the share of notions that both names hold. */
const meaningOf = (a: Name, b: Name, shared: number): number =>
  a.whole === b.whole ? 1 : shared / Math.max(1, a.notions.size + b.notions.size - shared);

/** How alike two names are by their letters, as they are written. */
export function similarity(one: string, other: string): number {
  const [a, b] = [readName(one), readName(other)];
  let shared = 0;
  for (const [pair, count] of a.pairs) shared += Math.min(count, b.pairs.get(pair) ?? 0);
  return lettersOf(a, b, shared);
}

type Posting = { at: number; count: number };

function post(index: Map<string, Posting[]>, key: string, at: number, count: number): void {
  const known = index.get(key);
  if (known) known.push({ at, count });
  else index.set(key, [{ at, count }]);
}

/** Many names, by what they are made of: all of them are held against one name in the time that those alike to it take. */
export class NameIndex {
  readonly #names: readonly Name[];
  readonly #pairs = new Map<string, Posting[]>();
  readonly #notions = new Map<string, Posting[]>();
  readonly #shared: { pairs: Uint16Array; notions: Uint16Array };

  constructor(names: readonly string[]) {
    this.#names = names.map(readName);
    this.#shared = { pairs: new Uint16Array(names.length), notions: new Uint16Array(names.length) };
    for (const [at, { pairs: own, notions }] of this.#names.entries()) {
      for (const [pair, count] of own) post(this.#pairs, pair, at, count);
      for (const notion of notions) post(this.#notions, notion, at, 1);
    }
  }

  /** How alike each is to this name, by letters and by meaning: written over what `letters` and `sense` hold where it is more. */
  compare(name: Name, letters: Float64Array, sense: Float64Array): void {
    const { pairs: shared, notions } = this.#shared;
    shared.fill(0);
    notions.fill(0);
    const add = (counts: Uint16Array, key: string, most: number, index: ReadonlyMap<string, readonly Posting[]>) => {
      for (const { at, count } of index.get(key) ?? []) counts[at] = (counts[at] ?? 0) + Math.min(most, count);
    };
    for (const [pair, count] of name.pairs) add(shared, pair, count, this.#pairs);
    for (const notion of name.notions) add(notions, notion, 1, this.#notions);
    for (const [at, other] of this.#names.entries()) {
      letters[at] = Math.max(letters[at] ?? 0, lettersOf(name, other, shared[at] ?? 0));
      sense[at] = Math.max(sense[at] ?? 0, meaningOf(name, other, notions[at] ?? 0));
    }
  }
}
