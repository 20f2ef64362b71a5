import { XmlError } from "#server/runtime/protocols/xml";
import { DraftFault } from "./schema";
import { childrenOf, qualified, type XmlNode, xmlTree } from "./xml-tree";
import { type Part, Types, XSD } from "./xsd";

const WSDL = "http://schemas.xmlsoap.org/wsdl/";
const WSDL2 = "http://www.w3.org/ns/wsdl";
const SOAP = { "http://schemas.xmlsoap.org/wsdl/soap/": "1.1", "http://schemas.xmlsoap.org/wsdl/soap12/": "1.2" } as const;
type SoapNs = keyof typeof SOAP;

/** One operation: the elements that go into the SOAP body and come out of it, and those of the header it knows. */
export type WsdlOperation = {
  name: string;
  action: string;
  says: string | null;
  input: Part;
  output: Part;
  headers: Part[];
};
export type Wsdl = {
  service: string;
  address: string | null;
  version: "1.1" | "1.2";
  operations: WsdlOperation[];
  /** What could not be read, in words. */
  notes: string[];
};

const MOST_OPERATIONS = 300;

type Named = Map<string, XmlNode>;
type File = { text: string; types: Types; messages: Named; portTypes: Named; bindings: Named; notes: string[] };

/** The line at which a name is first given. */
function lineOf(text: string, name: string): number | null {
  const at = text.search(new RegExp(`name\\s*=\\s*["']${name.replace(/[^\w-]/g, "\\$&")}["']`));
  return at < 0 ? null : text.slice(0, at).split("\n").length;
}

const byName = (definitions: XmlNode, kind: string): Named => {
  const target = definitions.attributes["targetNamespace"] ?? "";
  return new Map(childrenOf(definitions, WSDL, kind).map((one) => [`{${target}}${one.attributes["name"] ?? ""}`, one]));
};

function rootOf(text: string): XmlNode {
  let root: XmlNode | null;
  try {
    root = xmlTree(text);
  } catch (error) {
    if (error instanceof XmlError) throw new DraftFault(`This is no XML that can be read: ${error.message}`, error.line);
    throw error;
  }
  if (root?.ns === WSDL2) throw new DraftFault("This is WSDL 2.0. Ask the service for WSDL 1.1: it is what nearly all of them offer.", 1);
  if (root?.name === "html") throw new DraftFault("This is a web page, not the WSDL itself. Its address usually ends in ?wsdl.", 1);
  if (root?.ns !== WSDL || root.name !== "definitions")
    throw new DraftFault(`This is no WSDL: its first element is "${root?.name ?? ""}", not "definitions" of ${WSDL}.`, 1);
  return root;
}

type Port = { binding: XmlNode; address: string | null; version: "1.1" | "1.2"; ns: SoapNs; service: string };

const soapChild = (node: XmlNode, name: string): XmlNode | undefined => node.children.find((one) => one.ns in SOAP && one.name === name);

/** The ways into the service by SOAP over HTTP; SOAP 1.1 first, as more servers do that well. */
function portsOf(definitions: XmlNode, file: File): Port[] {
  const ports = childrenOf(definitions, WSDL, "service").flatMap((service) =>
    childrenOf(service, WSDL, "port").flatMap((port): Port[] => {
      const binding = file.bindings.get(qualified(port, port.attributes["binding"] ?? ""));
      const soap = binding && soapChild(binding, "binding");
      if (!binding || !soap) return [];
      const ns = soap.ns as SoapNs;
      const address = soapChild(port, "address")?.attributes["location"] ?? null;
      return [{ binding, address, version: SOAP[ns], ns, service: service.attributes["name"] ?? "Service" }];
    }),
  );
  return ports.sort((a, b) => a.version.localeCompare(b.version));
}

const bare = (name: string): Part => ({ name, ns: "", simple: null, parts: [], many: false, required: true, values: [] });

function partOf(file: File, node: XmlNode): Part | null {
  const { element, type, name = "" } = node.attributes;
  if (element !== undefined) return file.types.element(qualified(node, element));
  return type === undefined ? null : file.types.typed(name, qualified(node, type));
}

type Side = { operation: string; message: XmlNode | undefined; bound: XmlNode | undefined; rpc: boolean; wrapper: string };

/** The element that one message puts into the SOAP body. */
function bodyOf(file: File, { operation, message, bound, rpc, wrapper }: Side): Part {
  const soap = bound && soapChild(bound, "body");
  const chosen = soap?.attributes["parts"]?.split(/\s+/);
  const all = message ? childrenOf(message, WSDL, "part") : [];
  const parts = chosen ? all.filter((one) => chosen.includes(one.attributes["name"] ?? "")) : all;
  const found = parts.flatMap((one) => {
    const part = partOf(file, one);
    const what = one.attributes["element"] ?? "";
    if (!part)
      throw new DraftFault(
        `The operation "${operation}" uses the element "${what}", which is in none of this file's schemas.`,
        lineOf(file.text, operation),
      );
    return [part];
  });
  if (rpc) return { ...bare(wrapper), ns: soap?.attributes["namespace"] ?? "", parts: found };
  return found[0] ?? bare(wrapper);
}

function headersOf(file: File, input: XmlNode | undefined): Part[] {
  const declared = input?.children.filter((one) => one.ns in SOAP && one.name === "header") ?? [];
  return declared.flatMap((one) => {
    const message = file.messages.get(qualified(one, one.attributes["message"] ?? ""));
    const part = message && childrenOf(message, WSDL, "part").find(({ attributes }) => attributes["name"] === one.attributes["part"]);
    return (part && partOf(file, part)) ?? [];
  });
}

function operationOf(file: File, port: Port, bound: XmlNode, portType: XmlNode): WsdlOperation {
  const name = bound.attributes["name"] ?? "";
  const declared = childrenOf(portType, WSDL, "operation").find((one) => one.attributes["name"] === name);
  if (!declared) throw new DraftFault(`The operation "${name}" is bound and declared nowhere.`, lineOf(file.text, name));
  const soap = soapChild(bound, "operation");
  const style = soap?.attributes["style"] ?? soapChild(port.binding, "binding")?.attributes["style"];
  const side = (kind: "input" | "output", wrapper: string): Part => {
    const [said] = childrenOf(declared, WSDL, kind);
    const message = said && file.messages.get(qualified(said, said.attributes["message"] ?? ""));
    if (said && !message)
      throw new DraftFault(`The ${kind} of the operation "${name}" is a message that is not in this file.`, lineOf(file.text, name));
    return bodyOf(file, { operation: name, message, bound: childrenOf(bound, WSDL, kind)[0], rpc: style === "rpc", wrapper });
  };
  return {
    name,
    action: soap?.attributes["soapAction"] ?? "",
    says: childrenOf(declared, WSDL, "documentation")[0]?.text.replace(/\s+/g, " ").slice(0, 300) || null,
    input: side("input", name),
    output: side("output", `${name}Response`),
    headers: headersOf(file, childrenOf(bound, WSDL, "input")[0]),
  };
}

/** A WSDL 1.1 file as its operations over SOAP, with the elements they send and get. Throws {@link DraftFault}. */
export function readWsdl(text: string): Wsdl {
  const root = rootOf(text);
  const types = new Types();
  for (const all of childrenOf(root, WSDL, "types")) for (const schema of childrenOf(all, XSD, "schema")) types.add(schema);
  const [messages, portTypes, bindings] = [byName(root, "message"), byName(root, "portType"), byName(root, "binding")];
  const file: File = { text, types, messages, portTypes, bindings, notes: [] };
  const imports = childrenOf(root, WSDL, "import").flatMap((one) => one.attributes["location"] ?? []);
  const port = portsOf(root, file)[0];
  if (!port) {
    const elsewhere = imports.length > 0 ? ` It points to ${imports.join(", ")}: ask for one file with everything, often ?singleWsdl.` : "";
    throw new DraftFault(`There is no service with a SOAP address in this file.${elsewhere}`, lineOf(text, root.attributes["name"] ?? ""));
  }
  const portType = portTypes.get(qualified(port.binding, port.binding.attributes["type"] ?? ""));
  if (!portType)
    throw new DraftFault("The operations of the SOAP binding are not in this file.", lineOf(text, port.binding.attributes["name"] ?? ""));
  const bound = childrenOf(port.binding, WSDL, "operation");
  if (bound.length === 0) throw new DraftFault("The SOAP binding has no operations.", lineOf(text, port.binding.attributes["name"] ?? ""));
  if (types.absent.length > 0) file.notes.push(`Schemas that are not in this file were left out: ${types.absent.slice(0, 5).join(", ")}.`);
  if (bound.length > MOST_OPERATIONS) file.notes.push(`Only the first ${MOST_OPERATIONS} of ${bound.length} operations were looked at.`);
  const operations = bound.slice(0, MOST_OPERATIONS).map((one) => operationOf(file, port, one, portType));
  return { service: port.service, address: port.address, version: port.version, operations, notes: file.notes };
}
