import { isElement } from "./protocols/elements";

/** One step of a path: a name, every element (`*`), or the first element whose field holds a value (`[rel=next]`). */
type Step = { name: string; index: boolean } | { every: true } | { field: string; equals: string };

const compiled = new Map<string, Step[]>();
const CACHE_SIZE = 10_000;

const plain = (text: string): string => text.replaceAll("\\.", ".");

function stepOf(text: string): Step {
  if (text === "*") return { every: true };
  const chosen = /^\[([^=\]]+)=([^\]]*)\]$/.exec(text);
  if (chosen) return { field: plain(chosen[1] ?? ""), equals: plain(chosen[2] ?? "") };
  return { name: plain(text), index: /^\d+$/.test(text) };
}

function stepsOf(path: string): Step[] {
  const known = compiled.get(path);
  if (known) return known;
  const steps = path === "$" ? [] : path.split(/(?<!\\)\./).map(stepOf);
  if (compiled.size >= CACHE_SIZE) compiled.clear();
  compiled.set(path, steps);
  return steps;
}

const own = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;

/** `markup`: one element counts as a list of one. */
function named(here: unknown, { name, index }: { name: string; index: boolean }, markup: boolean): unknown {
  if (!markup || !index || Array.isArray(here)) return own(here, name);
  return name === "0" ? here : undefined;
}

const chosen = (here: unknown, { field, equals }: { field: string; equals: string }): unknown =>
  (Array.isArray(here) ? here : [here]).find((one) => String(own(one, field)) === equals);

/** `among`: what is here stands among elements. */
function follow(value: unknown, steps: readonly Step[], from: number, among = false): unknown {
  let here = value;
  let markup = among || isElement(value);
  for (let n = from; n < steps.length; n++) {
    const step = steps[n] as Step;
    if ("every" in step) return markup && !Array.isArray(here) ? followLone(here, steps, n + 1) : followEach(here, steps, n + 1, markup);
    here = "name" in step ? named(here, step, markup) : chosen(here, step);
    if (here === undefined) return undefined;
    markup ||= isElement(here);
  }
  return here;
}

function followEach(value: unknown, steps: readonly Step[], from: number, markup: boolean): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const found = Object.values(value).map((one) => follow(one, steps, from, markup));
  const lists = steps.slice(from).some((later) => "every" in later);
  return lists ? found.filter((one) => one !== undefined).flat() : found;
}

/** Of one element: it is the list, unless only what is in it can be meant. */
function followLone(value: unknown, steps: readonly Step[], from: number): unknown {
  if (value === null || value === "") return [];
  const found = follow(value, steps, from, true);
  if (found === undefined) return followEach(value, steps, from, true);
  return steps.slice(from).some((later) => "every" in later) ? found : [found];
}

/**
 * The value at a dotted path, or undefined. `$` is the value itself, `*` every element (the result is then a list),
 * `[rel=next]` the first element with that field, `\.` a dot in a name. Of markup one element counts as a list of one. Reads own
 * properties only.
 */
export function at(value: unknown, path: string): unknown {
  return follow(value, stepsOf(path), 0);
}

/** Text at a path; numbers count as text, because ids often are. Null when absent, empty or something else. */
export function textAt(value: unknown, path: string): string | null {
  const found = at(value, path);
  if (typeof found === "number" && Number.isFinite(found)) return String(found);
  return typeof found === "string" && found !== "" ? found : null;
}

/** Sets a value in a JSON tree of our own; what is missing on the way becomes an object. */
export function put(tree: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split(/(?<!\\)\./).map((name) => name.replaceAll("\\.", "."));
  const last = names.pop() as string;
  let here = tree;
  for (const name of names) {
    const next = here[name];
    const inner = typeof next === "object" && next !== null ? next : {};
    here[name] = inner;
    here = inner as Record<string, unknown>;
  }
  here[last] = value;
}

/** Fills `{name}` holes. A name without a value stays empty, which the third party will refuse rather than we guess. */
export function fill(
  template: string,
  values: Readonly<Record<string, string>>,
  encode: (text: string) => string = (text) => text,
): string {
  if (!template.includes("{")) return template;
  return template.replace(/\{([A-Za-z][\w]*)\}/g, (_, name: string) => (Object.hasOwn(values, name) ? encode(values[name] ?? "") : ""));
}

/** Fills only the holes that have a value, `{row.type}` among them, and leaves every other brace as it is. */
export function fillKnown(
  template: string,
  values: Readonly<Record<string, string>>,
  encode: (text: string) => string = (text) => text,
): string {
  if (!template.includes("{")) return template;
  return template.replace(/\{([A-Za-z]\w*(?:\.[^{}|\s"',:]+)?)\}/g, (hole, name: string) =>
    Object.hasOwn(values, name) ? encode(values[name] ?? "") : hole,
  );
}
