import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { XMLParser } from "fast-xml-parser";

type Node = { name: string; attributes: Record<string, string>; children: Node[] };
type Complex = { base: string | null; names: Map<string, string | Node | null>; required: string[]; open: boolean };
/** What schemas say of elements and types, by their bare names. */
export type XmlSchema = { types: Map<string, Complex>; elements: Map<string, Complex | string> };

const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", removeNSPrefix: true, preserveOrder: true });

function nodesOf(tree: unknown): Node[] {
  if (!Array.isArray(tree)) return [];
  return tree.flatMap((entry) => {
    const { ":@": attributes = {}, ...rest } = entry as { ":@"?: Record<string, string> } & Record<string, unknown>;
    const [name] = Object.keys(rest);
    return name === undefined || name === "#text" ? [] : [{ name, attributes, children: nodesOf(rest[name]) }];
  });
}

const bare = (text: string | undefined): string => (text ?? "").replace(/^.*:/, "");

function addName(complex: Complex, node: Node, above: Node): void {
  const { name: kind, attributes } = node;
  const name = attributes["name"] ?? bare(attributes["ref"]);
  complex.names.set(name, attributes["type"] === undefined ? node : bare(attributes["type"]));
  if (kind === "element" && above.name === "sequence" && attributes["minOccurs"] !== "0") complex.required.push(name);
}

/** Elements and attributes within a type, in order; types within it are not gone into. */
function fill(complex: Complex, node: Node): void {
  for (const one of node.children) {
    if (one.name === "extension" || one.name === "restriction") complex.base = bare(one.attributes["base"]);
    if (one.name === "any") complex.open = true;
    if (one.name === "element" || one.name === "attribute") addName(complex, one, node);
    else fill(complex, one);
  }
}

const complexOf = (node: Node): Complex => {
  const complex: Complex = { base: null, names: new Map(), required: [], open: false };
  fill(complex, node);
  return complex;
};

/** Reads gzipped XML Schemas, or those within a WSDL. */
export function readSchemas(files: readonly string[]): XmlSchema {
  const schema: XmlSchema = { types: new Map(), elements: new Map() };
  const take = (node: Node) => {
    for (const one of node.children) {
      const name = one.attributes["name"];
      if (one.name === "complexType" && name !== undefined) schema.types.set(name, complexOf(one));
      if (one.name !== "element" || name === undefined) continue;
      const inner = one.children.find((child) => child.name === "complexType");
      schema.elements.set(name, inner ? complexOf(inner) : bare(one.attributes["type"]));
    }
  };
  const search = (nodes: Node[]): void => {
    for (const node of nodes) {
      if (node.name === "schema") take(node);
      else search(node.children);
    }
  };
  for (const file of files) search(nodesOf(parser.parse(gunzipSync(readFileSync(file)).toString())));
  return schema;
}

/** A type with all it is derived from. */
export function wholeType(schema: XmlSchema, name: string): Complex | null {
  const own = schema.types.get(name);
  if (!own) return null;
  const above = own.base === null ? null : wholeType(schema, own.base);
  if (!above) return own;
  return {
    ...own,
    names: new Map([...above.names, ...own.names]),
    required: [...above.required, ...own.required],
    open: own.open || above.open,
  };
}

const typeOf = (schema: XmlSchema, held: string | Node | null | undefined): string => {
  if (typeof held === "string") return held;
  const referred = held?.attributes["ref"];
  const element = referred === undefined ? undefined : schema.elements.get(bare(referred));
  return typeof element === "string" ? element : "";
};

/** Names in a value that its type does not know. */
export function strangers(schema: XmlSchema, type: string, value: unknown, at = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => strangers(schema, type, one, at));
  if (typeof value !== "object" || value === null) return [];
  const whole = wholeType(schema, type);
  if (!whole || whole.names.size === 0) return [];
  // An element that holds a text and attributes: in JSON the text is called `value`.
  const textual = whole.base !== null && !schema.types.has(whole.base);
  return Object.entries(value).flatMap(([name, one]) => {
    if (textual && name === "value") return [];
    if (!whole.names.has(name)) return whole.open ? [] : [`${at}.${name} is unknown to ${type}`];
    return strangers(schema, typeOf(schema, whole.names.get(name)), one, `${at}.${name}`);
  });
}

/** How the elements of an operation differ from its declaration: unknown ones, missing ones, another order. */
export function operationFaults(schema: XmlSchema, name: string, body: unknown): string[] {
  const found = schema.elements.get(name);
  const complex = typeof found === "string" ? wholeType(schema, found) : found;
  if (!complex) return [`there is no operation "${name}"`];
  const known = [...complex.names.keys()];
  const sent = typeof body === "object" && body !== null ? Object.keys(body) : [];
  const strange = sent.filter((one) => !known.includes(one)).map((one) => `${name} has no "${one}"`);
  const missing = complex.required.filter((one) => !sent.includes(one)).map((one) => `${name} lacks "${one}"`);
  const places = sent.map((one) => known.indexOf(one));
  return [
    ...strange,
    ...missing,
    ...(places.some((place, n) => n > 0 && place < (places[n - 1] ?? 0)) ? [`${name} is in another order`] : []),
  ];
}
