// Paths into JSON trees, written anew: what is proven here must not be read by the very code that is to be proven.

export type Tree = Record<string, unknown>;

const namesOf = (path: string): string[] =>
  path === "$" || path === "" ? [] : path.split(/(?<!\\)\./).map((name) => name.replaceAll("\\.", "."));

const CHOSEN = /^\[([^=\]]+)=([^\]]*)\]$/;
const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null;

/** What stands at a path, or undefined. `$` is the value itself, `*` each of a list, `[a=b]` the first whose `a` is `b`. */
export function look(value: unknown, path: string): unknown {
  const [name, ...rest] = namesOf(path);
  if (name === undefined) return value;
  if (!isTree(value)) return undefined;
  const further = rest.map((one) => one.replaceAll(".", "\\.")).join(".");
  if (name === "*")
    return Object.values(value)
      .map((one) => look(one, further || "$"))
      .filter((one) => one !== undefined);
  const [, field, wanted] = CHOSEN.exec(name) ?? [];
  const inner =
    field === undefined
      ? Object.hasOwn(value, name)
        ? value[name]
        : undefined
      : Object.values(value).find((one) => String(look(one, field)) === wanted);
  return rest.length === 0 ? inner : look(inner, further);
}

/** The entry of a list whose field holds a value; made where there is none. */
function chosenOf(list: unknown, field: string, value: string): Tree {
  const entries = list as Tree[];
  const known = entries.find((one) => String(one[field]) === value);
  if (known) return known;
  const made: Tree = { [field]: value };
  entries.push(made);
  return made;
}

const pathOf = (names: readonly string[]): string => names.map((one) => one.replaceAll(".", "\\.")).join(".") || "$";

/** Each of a list at its own place in one entry; of entries that are there, the look is kept. Of a list that was keyed, the keys are. */
function entriesWith(entries: unknown, path: string, values: readonly unknown[]): unknown {
  const looks = isTree(entries) ? Object.values(entries) : [];
  const made = values.map((value, n) => plant(copy(looks[n % looks.length] ?? {}), path, value));
  if (Array.isArray(entries) || !isTree(entries)) return made;
  const keys = Object.keys(entries);
  return Object.fromEntries(made.map((one, n) => [keys[n] ?? `entry${n + 1}`, one]));
}

/** Sets what stands at a path that leads into each of some entries: a list is dealt out among them, anything else is in the only one. */
function plantEach(tree: unknown, names: readonly string[], value: unknown): unknown {
  const every = names.indexOf("*");
  const above = pathOf(names.slice(0, every));
  const values = Array.isArray(value) ? value : [value];
  return plant(tree, above, entriesWith(look(tree, above), pathOf(names.slice(every + 1)), values));
}

/**
 * Sets what stands at a path, in place; missing steps become lists where the next name is a number. Returns the tree, which is another one
 * where the path begins with `*`.
 */
export function plant(tree: unknown, path: string, value: unknown): unknown {
  const names = namesOf(path);
  if (names.includes("*")) return plantEach(tree, names, value);
  const last = names.pop();
  if (last === undefined) return value;
  let here = tree as Tree;
  for (const [n, name] of names.entries()) {
    const [chosen, field = "", wanted = ""] = CHOSEN.exec(name) ?? [];
    if (chosen === undefined && !isTree(here[name])) here[name] = /^\d+$|^\[/.test(names[n + 1] ?? last) ? [] : {};
    here = chosen === undefined ? (here[name] as Tree) : chosenOf(here, field, wanted);
  }
  here[last] = value;
  return tree;
}

/** Takes away what stands at a path, in place; of what is in each of some entries, the entries. */
export function uproot(tree: unknown, path: string): void {
  const names = namesOf(path);
  const every = names.indexOf("*");
  const kept = every < 0 ? names : names.slice(0, every);
  const last = kept.pop();
  const holder = look(tree, pathOf(kept));
  if (last !== undefined && isTree(holder)) delete holder[last];
}

export const copy = <T>(value: T): T => structuredClone(value);
