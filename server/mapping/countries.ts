import { COUNTRY_TABLE } from "./tables/country-table";

/** `trunk` is what is dialled before a national number and left out after the calling code; null when nothing is. */
export type Country = { alpha2: string; alpha3: string; name: string; callingCode: string; trunk: string | null };

/** Names compare without case, accents, punctuation, "and" and "the". */
const plain = (name: string) =>
  name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/&/g, " and ")
    .replace(/\b(the|and|of)\b/g, " ")
    .replace(/\bst\b/g, "saint")
    .replace(/[^\p{L}\p{N}]/gu, "");

function build(): Map<string, Country> {
  const table = new Map<string, Country>();
  for (const line of COUNTRY_TABLE.trim().split("\n")) {
    const [alpha2 = "", alpha3 = "", callingCode = "", trunk = "", ...words] = line.split(" ");
    const names = words.join(" ").split("|");
    const country = {
      alpha2,
      alpha3,
      name: names[0] ?? alpha2,
      callingCode: callingCode === "-" ? "" : callingCode,
      trunk: trunk === "-" ? null : trunk,
    };
    for (const key of [alpha2, alpha3, ...names]) if (!table.has(plain(key))) table.set(plain(key), country);
  }
  return table;
}

let table: Map<string, Country> | null = null;

// Records say the same few countries over and over, spelled alike.
const asked = new Map<string, Country | null>();

/** A country by its name (English, its own, and common others) or ISO code, in any case; null when it is not known. */
export function findCountry(text: string): Country | null {
  if (text.length > 100) return null;
  const known = asked.get(text);
  if (known !== undefined) return known;
  table ??= build();
  const found = table.get(plain(text)) ?? null;
  if (asked.size >= 2_000) asked.clear();
  asked.set(text, found);
  return found;
}
