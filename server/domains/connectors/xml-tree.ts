import { XMLParser } from "fast-xml-parser";
import { checkXml, unescapeXml } from "#server/runtime/protocols/xml";

/** An element with its namespace; `scope` = what prefixes mean here, "" being the default. Attributes by name as written. */
export type XmlNode = {
  ns: string;
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: readonly XmlNode[];
  text: string;
  scope: Readonly<Record<string, string>>;
};

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

const MAX_DEPTH = 60;

type Raw = { [name: string]: Raw[] | Record<string, string> | string };

function nodeOf(raw: Raw, above: Readonly<Record<string, string>>, depth: number): XmlNode | null {
  const tag = Object.keys(raw).find((name) => name !== ":@");
  if (tag === undefined || tag.startsWith("#") || depth > MAX_DEPTH) return null;
  const given = (raw[":@"] ?? {}) as Record<string, string>;
  const attributes = Object.fromEntries(Object.entries(given).map(([name, text]) => [name, unescapeXml(text)]));
  const scope = { ...above };
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "xmlns") scope[""] = value;
    else if (name.startsWith("xmlns:")) scope[name.slice(6)] = value;
  }
  const [prefix, name] = tag.includes(":") ? [tag.slice(0, tag.indexOf(":")), tag.slice(tag.indexOf(":") + 1)] : ["", tag];
  const inner = (raw[tag] ?? []) as Raw[];
  const children = inner.flatMap((one) => nodeOf(one, scope, depth + 1) ?? []);
  const text = inner.map((one) => (typeof one["#text"] === "string" ? one["#text"] : "")).join("");
  return { ns: scope[prefix] ?? "", name, attributes, children, text: unescapeXml(text).trim(), scope };
}

/** The one element of an XML document, with namespaces and order kept. Throws `XmlError`. */
export function xmlTree(text: string): XmlNode | null {
  checkXml(text);
  for (const raw of parser.parse(text) as Raw[]) {
    const node = nodeOf(raw, { xml: "http://www.w3.org/XML/1998/namespace" }, 0);
    if (node) return node;
  }
  return null;
}

/** `{namespace}name` of a prefixed name in an attribute. Without prefix it is of the default namespace. */
export function qualified(node: XmlNode, text: string): string {
  const at = text.indexOf(":");
  const [prefix, name] = at < 0 ? ["", text] : [text.slice(0, at), text.slice(at + 1)];
  return `{${node.scope[prefix] ?? ""}}${name}`;
}

export const childrenOf = (node: XmlNode, ns: string, name: string): XmlNode[] =>
  node.children.filter((one) => one.ns === ns && one.name === name);
