/** The value at a dotted path, or undefined. Reads own properties only. */
export function at(value: unknown, path: string): unknown {
  let here = value;
  for (const name of path.split(".")) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, name)) return undefined;
    here = (here as Record<string, unknown>)[name];
  }
  return here;
}

/** Text at a path; numbers count as text, because ids often are. Null when absent, empty or something else. */
export function textAt(value: unknown, path: string): string | null {
  const found = at(value, path);
  if (typeof found === "number" && Number.isFinite(found)) return String(found);
  return typeof found === "string" && found !== "" ? found : null;
}

/** Sets a value in a JSON tree of our own; what is missing on the way becomes an object. */
export function put(tree: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split(".");
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
