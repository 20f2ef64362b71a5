import { at, textAt } from "../paths";
import { parseExactJson } from "../protocols/exact-json";
import { textOf } from "../protocols/text";
import { parseXml } from "../protocols/xml";
import type { EventSpot, Spot, Value } from "./scheme";

/** A request that came in. `url` is the address as the third party knows it; `raw` its body, byte for byte. */
export type InboundCall = {
  method: string;
  url: string;
  query: URLSearchParams;
  /** By lower-case name. */
  header(name: string): string | null;
  raw: Buffer;
};

/** Names and values of a form body in their order, or null when it is not one. */
export function formOf(call: InboundCall): URLSearchParams | null {
  return /^application\/x-www-form-urlencoded\b/i.test(call.header("content-type") ?? "") ? new URLSearchParams(call.raw.toString()) : null;
}

const bodies = new WeakMap<InboundCall, { value: unknown }>();

/** Whether the body is elements: no JSON begins so, whatever the call says of itself. */
const isXml = (call: InboundCall): boolean => /^[\uFEFF\s]*</.test(call.raw.subarray(0, 200).toString());

/** The body where it is a signed token itself, or null. */
export function tokenBody(call: InboundCall): string | null {
  const text = call.raw.length > 100_000 || call.raw[0] !== 0x65 ? "" : call.raw.toString().trim();
  return /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(text) ? text : null;
}

/** A form's fields, elements, a token's claims, or JSON. */
function readBody(call: InboundCall): unknown {
  const form = formOf(call);
  if (form) return Object.fromEntries(form);
  if (isXml(call)) return parseXml(textOf(call.raw, call.header("content-type") ?? undefined));
  const token = tokenBody(call);
  return parseExactJson(token === null ? call.raw.toString() : Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

/**
 * The body as a value: a form's fields, elements of XML, the claims of a token, or JSON. Throws SyntaxError or XmlError when it is none of
 * them. Parsed once a call.
 */
export function bodyOf(call: InboundCall): unknown {
  const known = bodies.get(call);
  if (known) return known.value;
  const value = readBody(call);
  bodies.set(call, { value });
  return value;
}

/** The body as a value, or undefined when it cannot be read. */
function bodyOrNothing(call: InboundCall): unknown {
  try {
    return bodyOf(call);
  } catch {
    return undefined;
  }
}

/** The text at a place of the call, or null. */
export function spotText(call: InboundCall, spot: Spot): string | null {
  if (spot.in === "header") return call.header(spot.name.toLowerCase());
  if (spot.in === "query") return call.query.get(spot.name);
  return textAt(bodyOrNothing(call), spot.name);
}

/** What stands in the body, as it is signed: nothing where there is none, null for a body that cannot be read or a list there. */
export function valueIn(call: InboundCall, path: string): string | null {
  const body = bodyOrNothing(call);
  if (body === undefined) return null;
  const found = at(body, path) ?? "";
  return typeof found === "object" ? null : String(found);
}

/** {@link spotText}, also of one event of the call. */
export function eventText(call: InboundCall, event: unknown, spot: EventSpot): string | null {
  return spot.in === "event" ? textAt(event, spot.name) : spotText(call, { in: spot.in, name: spot.name });
}

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

function insideOf(text: string, path: string): string | null {
  if (!BASE64.test(text)) return null;
  try {
    return textAt(JSON.parse(Buffer.from(text, "base64").toString()), path);
  } catch {
    return null;
  }
}

/** How many texts one value may give: a header full of signatures must not become a day's work. */
const MOST = 10;

/** The texts of a declared value: none when it is not there or not as declared. */
export function textsOf(call: InboundCall, value: Value): string[] {
  let text = spotText(call, value);
  if (text !== null && value.inside !== undefined) text = insideOf(text, value.inside);
  if (text === null) return [];
  const { list, prefix } = value;
  let texts = [text];
  if (list) {
    const start = `${list.key}${list.pair}`;
    texts = text
      .split(list.separator)
      .map((part) => part.trim())
      .filter((part) => part.startsWith(start))
      .map((part) => part.slice(start.length));
    if (texts.length > MOST) return [];
  }
  if (prefix === undefined) return texts;
  return texts.filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length));
}

/** The events a call brings, as values. Throws SyntaxError when its body cannot be read, TypeError when the list is none. */
export function eventValues(call: InboundCall, list: string | undefined): unknown[] {
  if (list === undefined) return [bodyOrNothing(call)];
  const body = bodyOf(call);
  const found = list === "$" ? body : at(body, list);
  // Elements: one of a kind is a list of one, none at all is none.
  if (isXml(call) && !Array.isArray(found)) return found === undefined || found === null || found === "" ? [] : [found];
  if (!Array.isArray(found)) throw new TypeError(`there is no list of events at "${list}"`);
  return found;
}
