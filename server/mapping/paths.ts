/** Reads and writes nested values by path. Own properties only; prototype names are refused when a path is compiled. */

const FORBIDDEN = new Set(["__proto__", "prototype", "constructor"]);

/** Splits `a.b.0.c`. Throws RangeError for names that could reach a prototype. */
export function parsePath(path: string): string[] {
  const parts = path.split(".");
  for (const part of parts) {
    if (part === "" || FORBIDDEN.has(part)) throw new RangeError(`"${path}" is not a usable path`);
  }
  return parts;
}

const child = (value: unknown, key: string): unknown =>
  value !== null && typeof value === "object" && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;

/** A reader of one path; `undefined` when any step is missing. */
export function compileReader(path: string): (source: unknown) => unknown {
  const parts = parsePath(path);
  const [first, second] = parts;
  if (first !== undefined && parts.length === 1) return (source) => child(source, first);
  if (first !== undefined && second !== undefined && parts.length === 2) return (source) => child(child(source, first), second);
  return (source) => {
    let value = source;
    for (const part of parts) value = child(value, part);
    return value;
  };
}

/** A writer of one path into a record being built; makes the objects on the way. */
export function compileWriter(path: string): (target: Record<string, unknown>, value: unknown) => void {
  const parts = parsePath(path);
  const last = parts.pop() as string;
  if (parts.length === 0) {
    return (target, value) => {
      target[last] = value;
    };
  }
  return (target, value) => {
    let place = target;
    for (const part of parts) {
      const next = Object.hasOwn(place, part) ? place[part] : undefined;
      if (next !== null && typeof next === "object" && !Array.isArray(next)) place = next as Record<string, unknown>;
      else {
        const made: Record<string, unknown> = {};
        place[part] = made;
        place = made;
      }
    }
    place[last] = value;
  };
}

/** A text with `{path}` holes as a function; a missing value leaves its hole empty and the spaces around are folded. */
export function compileTemplate(template: string): (source: unknown) => string | undefined {
  const pieces = template.split(/\{([^{}]+)\}/);
  const parts = pieces.map((piece, index) => (index % 2 === 0 ? piece : compileReader(piece.trim())));
  return (source) => {
    let text = "";
    let filled = false;
    for (const part of parts) {
      if (typeof part === "string") text += part;
      else {
        const value = part(source);
        if (value !== undefined && value !== null && typeof value !== "object") {
          text += String(value);
          filled = true;
        }
      }
    }
    return filled || parts.length === 1 ? text.replace(/\s+/g, " ").trim() : undefined;
  };
}
