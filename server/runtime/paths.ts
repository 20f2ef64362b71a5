/** One step of a path: a name, every element (`*`), or the first element whose field holds a value (`[rel=next]`). */
type Step = { name: string } | { every: true } | { field: string; equals: string };

const compiled = new Map<string, Step[]>();
const CACHE_SIZE = 10_000;

function stepOf(text: string): Step {
  if (text === "*") return { every: true };
  const chosen = /^\[([^=\]]+)=([^\]]*)\]$/.exec(text);
  if (chosen) return { field: chosen[1] ?? "", equals: chosen[2] ?? "" };
  return { name: text.replaceAll("\\.", ".") };
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

function follow(value: unknown, steps: readonly Step[], from: number): unknown {
  let here = value;
  for (let n = from; n < steps.length; n++) {
    const step = steps[n] as Step;
    if ("name" in step) {
      here = own(here, step.name);
    } else if ("field" in step) {
      here = Array.isArray(here) ? here.find((one) => String(own(one, step.field)) === step.equals) : undefined;
    } else {
      return followEach(here, steps, n + 1);
    }
    if (here === undefined) return undefined;
  }
  return here;
}

function followEach(value: unknown, steps: readonly Step[], from: number): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const found = Object.values(value).map((one) => follow(one, steps, from));
  return steps.slice(from).some((later) => "every" in later) ? found.flat() : found;
}

/**
 * The value at a dotted path, or undefined. `$` is the value itself, `*` every element (the result is then a list),
 * `[rel=next]` the first element with that field, `\.` a dot in a name. Reads own properties only.
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

/** Fills only the holes that have a value, and leaves every other brace as it is. */
export function fillKnown(
  template: string,
  values: Readonly<Record<string, string>>,
  encode: (text: string) => string = (text) => text,
): string {
  if (!template.includes("{")) return template;
  return template.replace(/\{([A-Za-z][\w]*)\}/g, (hole, name: string) =>
    Object.hasOwn(values, name) ? encode(values[name] ?? "") : hole,
  );
}
