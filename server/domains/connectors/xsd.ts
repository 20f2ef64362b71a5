import { childrenOf, qualified, type XmlNode } from "./xml-tree";

export const XSD = "http://www.w3.org/2001/XMLSchema";
const WSDL = "http://schemas.xmlsoap.org/wsdl/";

export type SimpleType = "string" | "number" | "boolean" | "datetime" | "date";
/**
 * An element of a message as its schema says. `ns` "" = it stands without namespace. `simple` null = it has elements of its own,
 * as far as they are known. `many` = it may repeat.
 */
export type Part = {
  name: string;
  ns: string;
  simple: SimpleType | null;
  parts: Part[];
  many: boolean;
  required: boolean;
  values: string[];
};

const NUMBERS =
  /^(?:byte|short|int|integer|long|decimal|float|double|(?:unsigned(?:Byte|Short|Int|Long))|(?:non)?(?:positive|negative)Integer)$/i;
/** How deep messages are followed, and how many elements one message is taken to have: types may hold themselves. */
const MAX_DEPTH = 6;
const MAX_PARTS = 1_000;

const simpleNamed = (name: string): SimpleType => {
  if (NUMBERS.test(name)) return "number";
  if (name === "boolean" || name === "date") return name;
  return name === "dateTime" ? "datetime" : "string";
};

type Schema = { target: string; qualified: boolean };
type Known = { node: XmlNode; schema: Schema };
type Kind = "element" | "complexType" | "simpleType" | "group" | "attributeGroup";

/** All that a WSDL's schemas declare, by kind and `{namespace}name`. */
export class Types {
  private readonly known = new Map<string, Known>();
  /** Schemas that are pointed to and are not in the file. */
  readonly absent: string[] = [];
  private left = MAX_PARTS;

  add(schema: XmlNode): void {
    const about: Schema = {
      target: schema.attributes["targetNamespace"] ?? "",
      qualified: schema.attributes["elementFormDefault"] === "qualified",
    };
    for (const node of schema.children) {
      const place = node.attributes["schemaLocation"];
      if ((node.name === "import" || node.name === "include") && place) this.absent.push(place);
      const name = node.attributes["name"];
      if (node.ns === XSD && name !== undefined) this.known.set(`${node.name} {${about.target}}${name}`, { node, schema: about });
    }
  }

  /** A message's element by its `{namespace}name`, with all below it. */
  element(name: string): Part | null {
    this.left = MAX_PARTS;
    const found = this.find("element", name);
    return found ? this.part(found.node, found.schema, true, 0, []) : null;
  }

  /** A part of a message that has a type and no element, under a name of its own. */
  typed(name: string, type: string): Part {
    this.left = MAX_PARTS;
    return { name, ns: "", many: false, required: true, ...this.content(type, 0, []) };
  }

  private find(kind: Kind, name: string): Known | undefined {
    return this.known.get(`${kind} ${name}`);
  }

  private part(node: XmlNode, schema: Schema, global: boolean, depth: number, way: readonly string[]): Part {
    const { ref, type, name = "", minOccurs = "1", maxOccurs = "1", form } = node.attributes;
    const many = maxOccurs === "unbounded" || Number(maxOccurs) > 1;
    const required = minOccurs !== "0";
    if (ref !== undefined) {
      const found = this.find("element", qualified(node, ref));
      if (found) return { ...this.part(found.node, found.schema, true, depth, way), many, required };
      return { name: ref.replace(/^.*:/, ""), ns: "", simple: "string", parts: [], values: [], many, required };
    }
    const ns = global || (form === undefined ? schema.qualified : form === "qualified") ? schema.target : "";
    const own = node.children.find((one) => one.ns === XSD && (one.name === "complexType" || one.name === "simpleType"));
    const content = own
      ? this.inside(own, schema, depth, way)
      : type === undefined
        ? { simple: "string" as const, parts: [], values: [] }
        : this.content(qualified(node, type), depth, way);
    return { name, ns, many, required, ...content };
  }

  /** What a named type holds. */
  private content(type: string, depth: number, way: readonly string[]): Pick<Part, "simple" | "parts" | "values"> {
    const name = type.slice(type.indexOf("}") + 1);
    if (type.startsWith(`{${XSD}}`)) return { simple: simpleNamed(name), parts: [], values: [] };
    const found = this.find("complexType", type) ?? this.find("simpleType", type);
    // A type that is not here, holds itself, or lies too deep is taken as it comes.
    if (!found || way.includes(type) || depth > MAX_DEPTH) return { simple: found ? null : "string", parts: [], values: [] };
    return this.inside(found.node, found.schema, depth, [...way, type]);
  }

  private inside(type: XmlNode, schema: Schema, depth: number, way: readonly string[]): Pick<Part, "simple" | "parts" | "values"> {
    if (type.name === "simpleType") return this.simple(type, depth, way);
    const parts = this.members(type, schema, false, depth, way);
    const base = childrenOf(type, XSD, "simpleContent")[0]?.children.find((one) => one.attributes["base"] !== undefined);
    if (base) parts.unshift({ name: "#text", ns: "", simple: "string", parts: [], many: false, required: true, values: [] });
    return { simple: null, parts, values: [] };
  }

  private simple(type: XmlNode, depth: number, way: readonly string[]): Pick<Part, "simple" | "parts" | "values"> {
    const [restriction] = childrenOf(type, XSD, "restriction");
    const base = restriction?.attributes["base"];
    if (!restriction || base === undefined) return { simple: "string", parts: [], values: [] };
    const values = childrenOf(restriction, XSD, "enumeration").flatMap((one) => one.attributes["value"] ?? []);
    return { simple: this.content(qualified(restriction, base), depth + 1, way).simple ?? "string", parts: [], values };
  }

  /** The elements and attributes of a type, in order, with those of what it extends. */
  private members(node: XmlNode, schema: Schema, optional: boolean, depth: number, way: readonly string[]): Part[] {
    return node.children.flatMap((one): Part[] => {
      if (one.ns !== XSD || this.left <= 0) return [];
      this.left--;
      const loose = optional || one.attributes["minOccurs"] === "0";
      switch (one.name) {
        case "element": {
          const part = this.part(one, schema, false, depth + 1, way);
          return [optional ? { ...part, required: false } : part];
        }
        case "sequence":
        case "all": {
          const repeats = one.attributes["maxOccurs"] === "unbounded";
          const parts = this.members(one, schema, loose, depth, way);
          return repeats ? parts.map((part) => ({ ...part, many: true })) : parts;
        }
        case "choice":
          return this.members(one, schema, true, depth, way);
        case "complexContent":
        case "simpleContent":
          return this.members(one, schema, optional, depth, way);
        case "extension":
          return [...this.baseOf(one, depth, way), ...this.members(one, schema, optional, depth, way)];
        case "restriction":
          return this.restricted(one, schema, depth, way);
        case "group":
          return this.grouped("group", one, loose, depth, way);
        case "attributeGroup":
          return this.grouped("attributeGroup", one, true, depth, way);
        case "attribute":
          return attribute(one);
        default:
          return [];
      }
    });
  }

  private baseOf(extension: XmlNode, depth: number, way: readonly string[]): Part[] {
    const base = extension.attributes["base"];
    return base === undefined ? [] : this.content(qualified(extension, base), depth, way).parts;
  }

  private grouped(kind: "group" | "attributeGroup", node: XmlNode, optional: boolean, depth: number, way: readonly string[]): Part[] {
    const ref = node.attributes["ref"];
    const name = ref === undefined ? "" : `${kind} ${qualified(node, ref)}`;
    const found = this.known.get(name);
    return found && !way.includes(name) ? this.members(found.node, found.schema, optional, depth, [...way, name]) : [];
  }

  /** An array as SOAP encodes it says what it holds in an attribute; any other restriction says what is left. */
  private restricted(node: XmlNode, schema: Schema, depth: number, way: readonly string[]): Part[] {
    const arrays = childrenOf(node, XSD, "attribute").flatMap((one) =>
      Object.entries(one.attributes).flatMap(([name, value]) => {
        const at = name.indexOf(":");
        return name.slice(at + 1) === "arrayType" && one.scope[name.slice(0, at)] === WSDL
          ? [qualified(one, value.replace(/\[.*$/, ""))]
          : [];
      }),
    );
    const [type] = arrays;
    if (type === undefined) return this.members(node, schema, false, depth, way);
    return [{ name: "item", ns: "", many: true, required: false, ...this.content(type, depth + 1, way) }];
  }
}

function attribute({ attributes: { name, type = "", use } }: XmlNode): Part[] {
  if (name === undefined) return [];
  const simple = simpleNamed(type.replace(/^.*:/, ""));
  return [{ name: `@${name}`, ns: "", simple, parts: [], many: false, required: use === "required", values: [] }];
}
