import { invertMapping } from "./invert";
import type { FieldMapping } from "./schema";

/** What of an object can be written at the third party: the part of its manifest that says so. */
export type Writable = {
  writes?: { fields: readonly { path: string; title: string; required: boolean }[]; open: boolean } | undefined;
  fields: readonly { path: string }[];
};

/** A field of the model with its way back. `root`: what is written at the third party when it changes, which may hold other fields too. */
type BackField = { key: string; path: string; root: string };

/** Which fields of a mapping can be written at the third party, and why the others cannot. */
export type Ways = {
  back: BackField[];
  readOnly: { target: string; reason: string }[];
  /** Titles of fields that a new record needs there and no field of the mapping fills. */
  unfilled: { path: string; title: string }[];
};

const covers = (outer: string, path: string): boolean => path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);

/** The writable field that holds the path; null when it may not be written. A list is always written whole. */
function rootOf(path: string, { writes, fields }: Writable): string | null {
  const known = writes?.fields.find((field) => covers(field.path, path));
  const [whole = path] = path.split("[");
  if (known) return known.path;
  const declared = fields.some((field) => covers(field.path, path));
  return writes?.open && !declared ? whole : null;
}

/** What of a mapping goes back. Pure; for publishing, for screens, and for the push itself. */
export function waysBack({ fields, spec }: { fields: readonly FieldMapping[]; spec: Writable }): Ways {
  const { fields: inverted, oneWay } = invertMapping(fields);
  const ways: Ways = { back: [], readOnly: [...oneWay], unfilled: [] };
  for (const { target: path, from } of inverted) {
    const key = from ?? "";
    const root = rootOf(path, spec);
    if (root === null) ways.readOnly.push({ target: key, reason: `"${path}" cannot be changed there` });
    else ways.back.push({ key, path, root });
  }
  ways.unfilled = (spec.writes?.fields ?? [])
    .filter((field) => field.required && !ways.back.some(({ path }) => covers(field.path, path)))
    .map(({ path, title }) => ({ path, title }));
  return ways;
}
