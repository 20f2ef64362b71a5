import { RE2JS } from "re2js";
import { copy, look, plant, type Tree, uproot } from "./tree";

/** What a request told: our holes by their names. */
export type Told = Map<string, unknown>;

const HOLE = /\{(\+?[A-Za-z][^{}|\s"',:]*)((?:\|[a-z0-9_]+)*)\}/g;
const WHOLE = /^\{([A-Za-z][^{}|\s"',:]*)((?:\|[a-z0-9_]+)*)\}$/;
const SPREAD = "...";

const rootOf = (name: string): string => name.split(".", 1)[0] ?? "";

/** A template with what is known of the connection filled in; `own` are the holes that each request fills. */
export function settled<T>(template: T, known: Readonly<Record<string, string>>, own: ReadonlySet<string>): T {
  if (typeof template === "string")
    return template.replace(HOLE, (hole, name: string) => {
      const bare = name.replace("+", "");
      return own.has(rootOf(bare)) || !Object.hasOwn(known, bare) ? hole : (known[bare] ?? "");
    }) as T;
  if (Array.isArray(template)) return template.map((one) => settled(one, known, own)) as T;
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, one]) => [settled(name, known, own), settled(one, known, own)])) as T;
}

const UNDO: Record<string, (text: string) => unknown> = {
  quoted: (text) => text.replace(/\\([\\'"])/g, "$1"),
  doubled: (text) => text.replaceAll("''", "'"),
  json: (text) => JSON.parse(text),
  base64: (text) => Buffer.from(text, "base64").toString(),
};

function take(told: Told, name: string, filters: string, value: unknown): void {
  const undone = filters
    .split("|")
    .filter((one) => one !== "")
    .reduceRight<unknown>((now, one) => (typeof now === "string" && UNDO[one] ? UNDO[one](now) : now), value);
  told.set(name, undone);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The groups of a whole match. Many holes in one text are looked for in time that does not grow with their number. */
function groupsOf(pattern: string, text: string, holes: number): string[] | null {
  if (holes < 3) return new RegExp(`^${pattern}$`).exec(text)?.slice(1) ?? null;
  const matcher = RE2JS.compile(pattern).matcher(text);
  return matcher.matches() ? Array.from({ length: holes }, (_, n) => matcher.group(n + 1) ?? "") : null;
}

/** Whether a text is the template with its holes filled; what they were filled with is noted. */
export function fitsText(template: string, text: string, told: Told, { part = "[\\s\\S]*?", decode = (one: string) => one } = {}): boolean {
  const names: [string, string][] = [];
  let [pattern, from] = ["", 0];
  for (const match of template.matchAll(HOLE)) {
    const [, name = "", filters = ""] = match;
    // `{+way}` may have several parts.
    pattern += `${escaped(template.slice(from, match.index))}(${name.startsWith("+") ? "[\\s\\S]*?" : part})`;
    names.push([name.replace("+", ""), filters]);
    from = match.index + match[0].length;
  }
  const found = groupsOf(`${pattern}${escaped(template.slice(from))}`, text, names.length);
  if (!found) return false;
  for (const [n, [name, filters]] of names.entries()) take(told, name, filters, decode(found[n] ?? ""));
  return true;
}

export const hasHole = (template: unknown): boolean => JSON.stringify(template ?? null).search(HOLE) >= 0;

/** Numbers and booleans lose their type on the way in forms and XML. */
type How = { loose: boolean };

/** Whether a value is the template with its holes filled. Parts whose holes have no value may be missing; nothing may be there that the template lacks. */
export function fitsValue(template: unknown, value: unknown, told: Told, how: How): boolean {
  if (typeof template === "string") return fitsString(template, value, told, how);
  if (Array.isArray(template)) return fitsList(template, value, told, how);
  if (typeof template === "object" && template !== null) return fitsTree(template as Tree, value, told, how);
  return how.loose ? String(template ?? "") === String(value ?? "") : template === value;
}

function fitsString(template: string, value: unknown, told: Told, { loose }: How): boolean {
  const [, name, filters = ""] = WHOLE.exec(template) ?? [];
  if (name !== undefined) {
    take(told, name, filters, value);
    return true;
  }
  if (typeof value === "object" || value === undefined) return false;
  if (!loose && typeof value !== "string") return false;
  return fitsText(template, String(value), told);
}

function fitsList(template: unknown[], value: unknown, told: Told, how: How): boolean {
  const list = Array.isArray(value) ? value : how.loose && value !== undefined && value !== "" ? [value] : null;
  if (list === null) return false;
  if (list.length === template.length) return template.every((one, n) => fitsValue(one, list[n], told, how));
  return fitsSome(template, list, told, how);
}

/** A list some of whose parts had no value, and were left out. The others come in their order. */
function fitsSome(template: unknown[], list: unknown[], told: Told, how: How): boolean {
  let next = 0;
  for (const value of list) {
    while (next < template.length && !fitsValue(template[next], value, told, how)) {
      if (!hasHole(template[next])) return false;
      next++;
    }
    if (next++ >= template.length) return false;
  }
  return template.slice(next).every(hasHole);
}

const isEmptied = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.values(value).every((one) => isEmptied(one));

/** Whether each declared name is there as declared; one without a value may be missing. */
const fitsNames = (template: Tree, tree: Tree, told: Told, how: How): boolean =>
  Object.entries(template)
    .filter(([name]) => name !== SPREAD)
    .every(([name, one]) => (Object.hasOwn(tree, name) ? fitsValue(one, tree[name], told, how) : hasHole(one) || isEmptied(one)));

function fitsTree(template: Tree, value: unknown, told: Told, how: How): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return how.loose && value === "" && (hasHole(template) || isEmptied(template));
  const tree = value as Tree;
  if (!fitsNames(template, tree, told, how)) return false;
  const more = Object.entries(tree).filter(([name]) => !Object.hasOwn(template, name));
  if (Object.hasOwn(template, SPREAD)) return fitsValue(template[SPREAD], Object.fromEntries(more), told, how);
  return more.every(([, one]) => isEmptied(one));
}

/** Takes what stands at these paths out of a body, and out of its template, so that the rest can be compared. */
export function without(template: unknown, value: unknown, paths: readonly string[]): { template: unknown; value: unknown; taken: Tree } {
  const [left, right, taken] = [copy(template), copy(value), {} as Tree];
  for (const path of paths) {
    taken[path] = look(right, path);
    uproot(right, path);
    uproot(left, path);
  }
  return { template: left, value: right, taken };
}

/** What a request said of the data to write: `{data.a}` and `{data}` put together again. */
export function dataIn(told: Told): Tree | undefined {
  const whole = told.get("data");
  const data = (typeof whole === "object" && whole !== null ? copy(whole) : {}) as Tree;
  for (const [name, value] of told) if (name.startsWith("data.")) plant(data, name.slice("data.".length), value);
  const rest = told.get("rest");
  if (typeof rest === "object" && rest !== null) Object.assign(data, rest);
  return Object.keys(data).length > 0 ? data : undefined;
}
