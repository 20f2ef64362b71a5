import { buildXml } from "#server/runtime/protocols/xml";
import { type DraftField, titleOf } from "./draft";
import type { Part } from "./xsd";

type Json = unknown;

/** What stands in a part's place, or undefined to leave it out. */
type Filler = (part: Part) => Json | undefined;

/** A part inside an element whose elements are of the namespace `here` by default. */
function inner(part: Part, here: string, value: Json): Json {
  if (part.name.startsWith("@") || part.name === "#text" || part.ns === here) return value;
  const whole = typeof value === "string" && /^\{\w+\}$/.test(value);
  return { "@xmlns": part.ns, [whole && part.simple === null ? "..." : "#text"]: value };
}

/** The element of a SOAP body or header as a manifest's `body` writes it, with its parts as `filler` says. */
export function elementOf(part: Part, filler: Filler): Record<string, Json> {
  const loose = part.parts.some((one) => one.ns === "" && !one.name.startsWith("@")) && part.ns !== "";
  const here = loose ? "" : part.ns;
  const filled: Record<string, Json> = loose ? { "@xmlns:m": part.ns, "@xmlns": "" } : { "@xmlns": part.ns };
  for (const one of part.parts) {
    const value = filler(one);
    if (value !== undefined) filled[one.name] = inner(one, here, value);
  }
  return { [loose ? `m:${part.name}` : part.name]: filled };
}

/** The same as text, with its holes, for a call of an auth block. */
export function envelopeText(version: "1.1" | "1.2", part: Part, filler: Filler): string {
  const ns = version === "1.1" ? "http://schemas.xmlsoap.org/soap/envelope/" : "http://www.w3.org/2003/05/soap-envelope";
  return `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="${ns}"><s:Body>${buildXml(elementOf(part, filler))}</s:Body></s:Envelope>`;
}

/** XML's values are texts, whatever the schema calls them; moments are told apart. */
const typeIn = (part: Part): DraftField["type"] =>
  part.many ? "array" : part.simple === null ? "object" : part.simple === "datetime" || part.simple === "date" ? part.simple : "string";

/** The paths of what a part holds, down to what has no parts of its own. */
export function fieldsIn(part: Part, most: number, depth = 0, above: readonly string[] = []): DraftField[] {
  return part.parts
    .flatMap((one): DraftField[] => {
      const way = [...above, one.name.replaceAll(".", "\\.")];
      if (!one.many && one.simple === null && one.parts.length > 0 && depth < 3) return fieldsIn(one, most, depth + 1, way);
      return [{ path: way.join("."), type: typeIn(one), title: titleOf(way.filter((step) => step !== "#text").join(" ")) }];
    })
    .slice(0, most);
}

/** The first part that repeats and has parts of its own: a list of records. */
export function listIn(output: Part): { path: string; record: Part } | null {
  let level: { way: string[]; part: Part }[] = [{ way: [], part: output }];
  for (let depth = 0; depth < 5 && level.length > 0; depth++) {
    const next = level.flatMap(({ way, part }) => part.parts.map((one) => ({ way: [...way, one.name.replaceAll(".", "\\.")], part: one })));
    const found = next.find(({ part }) => part.many && part.parts.length > 0);
    if (found) return { path: found.way.join("."), record: found.part };
    level = next.filter(({ part }) => !part.many && part.parts.length > 0);
  }
  return null;
}

/** The first part without parts of its own whose name fits, at any depth. */
export function leafNamed(part: Part, pattern: RegExp): Part | null {
  for (const one of part.parts) {
    if (one.simple !== null && pattern.test(one.name)) return one;
    const below = leafNamed(one, pattern);
    if (below) return below;
  }
  return null;
}
