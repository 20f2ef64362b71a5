import { XMLBuilder, XMLParser } from "fast-xml-parser";
import type { Tree } from "./tree";

// JSON-RPC 2.0 and XML-RPC as the other side speaks them, written anew: what is proven must not be read by the code that is to be proven.

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: false, preserveOrder: true });
const builder = new XMLBuilder({ suppressEmptyNode: false });

/** A call of JSON-RPC: its method and its parameters, or null for what is no call that wants an answer. */
export function jsonRpcCall(text: string): Tree | null {
  const { jsonrpc, id, ...call } = JSON.parse(text) as Tree;
  return jsonrpc === "2.0" && id !== undefined && id !== null && typeof call["method"] === "string" ? call : null;
}

/** What is answered: the result, or the error. A tree that has neither is an answer of nothing. */
export const jsonRpcAnswer = (tree: Tree): string =>
  JSON.stringify({ jsonrpc: "2.0", id: 1, ...(tree["error"] === undefined ? { result: null } : {}), ...tree });

/** Elements in their order: `[{ name: [children] }, …]`, texts as `{ "#text": … }`. */
type Node = Record<string, Node[] | string>;

const nameOf = (node: Node): string => Object.keys(node)[0] ?? "";
const childrenOf = (node: Node): Node[] => Object.values(node)[0] as Node[];
const elements = (nodes: readonly Node[]): Node[] => nodes.filter((node) => nameOf(node) !== "#text");
const textOf = (nodes: readonly Node[]): string => nodes.map((node) => String(node["#text"] ?? "")).join("");
const below = (nodes: readonly Node[], name: string): Node[] | undefined => {
  const found = nodes.find((node) => nameOf(node) === name);
  return found && childrenOf(found);
};

function scalarOf(type: string, text: string): unknown {
  if (type === "int" || type === "i4" || type === "i8" || type === "double") return Number(text);
  return type === "boolean" ? text === "1" : text;
}

/** One `<value>`; without a type it is a text. */
function valueIn(nodes: readonly Node[]): unknown {
  const [typed] = elements(nodes);
  if (!typed) return textOf(nodes);
  const [type, inner] = [nameOf(typed), childrenOf(typed)];
  if (type === "nil") return null;
  if (type === "array") return elements(below(inner, "data") ?? []).map((one) => valueIn(childrenOf(one)));
  if (type !== "struct") return scalarOf(type, textOf(inner));
  return Object.fromEntries(
    elements(inner).map((member) => [textOf(below(childrenOf(member), "name") ?? []), valueIn(below(childrenOf(member), "value") ?? [])]),
  );
}

/** A call of XML-RPC as `{method, params: […]}`, or null for what is none. */
export function xmlRpcCall(text: string): Tree | null {
  const call = below(parser.parse(text) as Node[], "methodCall");
  const method = call && below(call, "methodName");
  if (!call || !method) return null;
  const params = elements(below(call, "params") ?? []).map((param) => valueIn(below(childrenOf(param), "value") ?? []));
  return { method: textOf(method), params };
}

function valueTree(value: unknown): unknown {
  if (value === null || value === undefined) return { nil: "" };
  if (typeof value === "boolean") return { boolean: value ? 1 : 0 };
  if (typeof value === "number") return Number.isInteger(value) ? { int: value } : { double: value };
  if (Array.isArray(value)) return { array: { data: value.length === 0 ? "" : { value: value.map(valueTree) } } };
  if (typeof value !== "object") return { string: String(value) };
  return { struct: { member: Object.entries(value).map(([name, one]) => ({ name, value: valueTree(one) })) } };
}

/** `{result}` or `{fault: {faultCode, faultString}}` as an answer of XML-RPC. */
export function xmlRpcAnswer({ fault, result }: Tree): string {
  const methodResponse = fault === undefined ? { params: { param: { value: valueTree(result) } } } : { fault: { value: valueTree(fault) } };
  return `<?xml version="1.0"?>${builder.build({ methodResponse })}`;
}

/** A call's template as it comes over the wire: parameters given by name come by their place. */
export function xmlRpcTemplate(template: unknown): unknown {
  const { params = [], ...call } = (template ?? {}) as Tree;
  return { ...call, params: Object.values(params as object) };
}
