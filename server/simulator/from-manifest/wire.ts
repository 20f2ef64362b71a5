import { XMLBuilder, XMLParser } from "fast-xml-parser";
import type { Manifest } from "#server/runtime/manifest";
import { jsonRpcAnswer, jsonRpcCall, xmlRpcAnswer, xmlRpcCall, xmlRpcTemplate } from "./rpc";
import type { Tree } from "./tree";

export type Protocol = Manifest["http"]["protocol"];

/** Calls of procedures: an error is an answer like any other. */
export const isRpc = ({ type }: Protocol): boolean => type === "jsonrpc" || type === "xmlrpc";

/** What is written without types: forms, and elements. */
export const isLoose = ({ type }: Protocol): boolean => type === "form" || type === "xml" || type === "soap";

const parser = new XMLParser({ ignoreAttributes: true, removeNSPrefix: true, parseTagValue: false, trimValues: false, htmlEntities: true });
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: "@", suppressEmptyNode: false });

/** `a[b][0]=c` as a tree. */
export function formTree(text: string): Tree {
  const tree: Tree = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const steps = [...name.matchAll(/[^[\]]+/g)].map(([step]) => step);
    let here = tree;
    for (const [n, step] of steps.entries()) {
      if (n === steps.length - 1) here[step] = value;
      else {
        here[step] ??= /^\d+$/.test(steps[n + 1] ?? "") ? [] : {};
        here = here[step] as Tree;
      }
    }
  }
  return tree;
}

type Read = { body: unknown; header?: unknown } | null;

function readSoap(text: string): Read {
  const envelope = (parser.parse(text) as { Envelope?: { Body?: unknown; Header?: unknown } }).Envelope;
  return envelope ? { body: envelope.Body, header: envelope.Header } : null;
}

function readCall(call: Tree | null): Read {
  return call && { body: call };
}

/** By protocol: what the type of a body has to be, and how it is read. Everything else is JSON. */
const READERS: Partial<Record<Protocol["type"], { type: RegExp; read: (text: string) => Read }>> = {
  form: { type: /x-www-form-urlencoded/, read: (text) => ({ body: formTree(text) }) },
  xml: { type: /xml/, read: (text) => ({ body: parser.parse(text) }) },
  soap: { type: /xml/, read: readSoap },
  jsonrpc: { type: /json/, read: (text) => readCall(jsonRpcCall(text)) },
  xmlrpc: { type: /xml/, read: (text) => readCall(xmlRpcCall(text)) },
};
const JSON_READER = { type: /json|octet-stream/, read: (text: string): Read => ({ body: JSON.parse(text) }) };

/** What a request's body says: null for a body that is not in the protocol, undefined where there is none. `header` is that of SOAP. */
export function readBody(protocol: Protocol, text: string, type: string): Read {
  if (text === "") return { body: undefined };
  const reader = READERS[protocol.type] ?? JSON_READER;
  try {
    return reader.type.test(type) ? reader.read(text) : null;
  } catch {
    return null;
  }
}

/** A body's template as it comes over the wire: elements without prefixes and attributes. */
export function wireTemplate(protocol: Protocol, template: unknown): unknown {
  if (protocol.type === "xmlrpc") return xmlRpcTemplate(template);
  if (protocol.type !== "xml" && protocol.type !== "soap") return template;
  if (Array.isArray(template)) return template.map((one) => wireTemplate(protocol, one));
  if (typeof template !== "object" || template === null) return template ?? "";
  return Object.fromEntries(
    Object.entries(template)
      .filter(([name]) => !name.startsWith("@"))
      .map(([name, one]) => [name.slice(name.indexOf(":") + 1), wireTemplate(protocol, one)]),
  );
}

const csvCell = (value: unknown, separator: string): string => {
  const text = value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

function csvText(rows: Tree[], { separator, columns }: { separator: string; columns?: string[] | undefined }): string {
  const names = columns ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => names.map((name) => csvCell(row[name], separator)).join(separator));
  return [...(columns ? [] : [names.join(separator)]), ...lines].join("\n");
}

/** Nulls are left out of elements, as most services do. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => one !== null).map(bare);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null && one !== undefined)
      .map(([name, one]) => [name, bare(one)]),
  );
}

function soapText(protocol: Extract<Protocol, { type: "soap" }>, tree: Tree): string {
  const space = protocol.version === "1.1" ? "http://schemas.xmlsoap.org/soap/envelope/" : "http://www.w3.org/2003/05/soap-envelope";
  const whole = (tree["Envelope"] as { Body?: unknown } | undefined)?.Body;
  const body = whole ?? (protocol.unwrap ? { answer: tree } : tree);
  return `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="${space}"><s:Body>${builder.build(bare(body))}</s:Body></s:Envelope>`;
}

/** An answer's tree as text, with its content type. */
export function writeAnswer(protocol: Protocol, tree: unknown): { text: string; type: string } {
  const rows = (tree as { rows?: Tree[] } | null)?.rows ?? [];
  switch (protocol.type) {
    case "xml":
      return { text: builder.build(bare(tree)) || "<answer/>", type: "application/xml" };
    case "soap":
      return { text: soapText(protocol, (tree ?? {}) as Tree), type: "text/xml; charset=utf-8" };
    case "jsonrpc":
      return { text: jsonRpcAnswer((tree ?? {}) as Tree), type: "application/json" };
    case "xmlrpc":
      return { text: xmlRpcAnswer((tree ?? {}) as Tree), type: "text/xml; charset=utf-8" };
    case "csv":
      return { text: csvText(rows, protocol), type: "text/csv" };
    case "ndjson":
      return { text: rows.map((row) => JSON.stringify(row)).join("\n"), type: "application/x-ndjson" };
    default:
      return { text: JSON.stringify(tree), type: "application/json; charset=utf-8" };
  }
}
