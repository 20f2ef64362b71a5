import { XMLParser, XMLValidator } from "fast-xml-parser";
import { markElement } from "./elements";

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  textNodeName: "#text",
  cdataPropName: "#cdata",
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  trimValues: false,
});

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The five names and the numbers of XML; there are no others without a DTD, and those are refused. */
export const unescapeXml = (text: string): string =>
  text.includes("&")
    ? text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
        if (name !== undefined) return NAMED[name] ?? whole;
        const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      })
    : text;

const bare = (name: string): string => name.slice(name.indexOf(":") + 1);

type Tree = Record<string, unknown>;

function add(into: Tree, name: string, value: unknown): void {
  if (!Object.hasOwn(into, name)) Object.defineProperty(into, name, { value, enumerable: true, writable: true, configurable: true });
  else if (Array.isArray(into[name])) (into[name] as unknown[]).push(value);
  else into[name] = [into[name], value];
}

const IS_NIL = /^@[\w.-]+:nil$/;
const ABOUT_XML = /^@(?:xmlns$|xmlns:|xsi:)/;

const textIn = (name: string, value: unknown): string => {
  const whole = Array.isArray(value) ? value.join("") : String(value);
  return name === "#cdata" ? whole : unescapeXml(whole);
};

function addPart(tree: Tree, name: string, value: unknown): void {
  if (name.startsWith("@")) add(tree, `@${bare(name.slice(1))}`, plain(value));
  else for (const one of Array.isArray(value) ? value : [value]) add(tree, bare(name), plain(one));
}

/** Prefixes off, what only describes the XML itself (`xmlns`, `xsi:…`) out, texts unescaped, `xsi:nil` = null. */
function plain(node: unknown): unknown {
  if (typeof node === "string") return unescapeXml(node);
  if (typeof node !== "object" || node === null) return node;
  const tree: Tree = {};
  let text = "";
  for (const [name, value] of Object.entries(node)) {
    if (IS_NIL.test(name) && (value === "true" || value === "1")) return null;
    if (name === "#text" || name === "#cdata") text += textIn(name, value);
    else if (!ABOUT_XML.test(name)) addPart(tree, name, value);
  }
  if (Object.keys(tree).length === 0) return text;
  return markElement(text.trim() === "" ? tree : { ...tree, "#text": text });
}

/** XML that cannot be read; `line` counts from 1, null = it is not one line. */
export class XmlError extends Error {
  readonly line: number | null;
  constructor(message: string, line: number | null) {
    super(message);
    this.line = line;
  }
}

/** Throws {@link XmlError} for XML that is cut, not well formed, or brings a DTD along. */
export function checkXml(text: string): void {
  const bare = text.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, (data) => data.replace(/[^\n]/g, " "));
  const dtd = bare.search(/<!(?:DOCTYPE|ENTITY)/i);
  if (dtd >= 0) throw new XmlError("XML with a DTD is not read.", bare.slice(0, dtd).split("\n").length);
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new XmlError(valid.err.msg, valid.err.line);
}

/**
 * XML as a plain value: elements by name without prefix, several of one name as a list, attributes as `@name`, texts as they
 * are. Throws for XML that is cut, not well formed, or brings a DTD along.
 */
export function parseXml(text: string): Tree {
  checkXml(text);
  const tree = plain(parser.parse(text));
  if (typeof tree !== "object" || tree === null) throw new Error("There is no element.");
  return tree as Tree;
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
// biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot carry is taken out
const UNFIT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;
export const escapeXml = (text: string): string => text.replace(UNFIT, "").replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);

/** A plain value as XML: the reverse of reading. A list repeats its element, `@name` is an attribute, null an empty element. */
export function buildXml(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return escapeXml(String(value));
  return Object.entries(value)
    .filter(([name]) => !name.startsWith("@"))
    .map(([name, inner]) => (name === "#text" ? escapeXml(String(inner)) : elements(name, inner)))
    .join("");
}

function elements(name: string, value: unknown): string {
  if (!/^[A-Za-z_][\w.:-]*$/.test(name)) throw new Error(`"${name}" cannot be the name of an element.`);
  if (Array.isArray(value)) return value.map((one) => elements(name, one)).join("");
  const attributes =
    typeof value === "object" && value !== null
      ? Object.entries(value)
          .filter(([key]) => key.startsWith("@"))
          .map(([key, text]) => ` ${key.slice(1)}="${escapeXml(String(text))}"`)
          .join("")
      : "";
  return `<${name}${attributes}>${buildXml(value)}</${name}>`;
}
