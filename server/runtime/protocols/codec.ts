import { AppError } from "#server/lib/errors";
import { parseJson } from "../classify";
import type { Manifest } from "../manifest";
import { writeExactJson } from "./exact-json";
import { formOf } from "./form";
import { hasRows, readRows } from "./rows";
import type { Protocol } from "./schema";
import { soapRequest } from "./soap";
import { textOf } from "./text";
import { buildXml, parseXml } from "./xml";
import { readXmlRpc, xmlRpcCall } from "./xmlrpc";

type Values = Readonly<Record<string, string>>;
export type Encoded = { text: string; headers: Record<string, string> };

/** What is written as elements: one of a kind cannot be told from a list of one. */
export const isMarkup = ({ type }: Protocol): boolean => type === "xml" || type === "soap";

const ACCEPT: Partial<Record<Protocol["type"], string>> = {
  xml: "application/xml, text/xml;q=0.9",
  xmlrpc: "text/xml, application/xml",
  soap: "text/xml, application/soap+xml, application/xml",
  csv: "text/csv, text/plain;q=0.5, application/octet-stream;q=0.1",
  ndjson: "application/x-ndjson, application/jsonl, application/json;q=0.5, text/plain;q=0.5",
};
export const acceptOf = ({ type }: Protocol): string => ACCEPT[type] ?? "application/json";

const JSON_TYPE = { "content-type": "application/json" };

const LINES_TYPE = { "content-type": "application/x-ndjson" };

/** A line for each entry; an entry that is a list has one for each of its parts (an action and what it is done with). */
const linesOf = (entries: readonly unknown[]): string =>
  entries
    .flat(1)
    .map((one) => `${writeExactJson(one)}\n`)
    .join("");

/** A request's body as text, with the headers that go with it. */
export function encodeBody(protocol: Protocol, body: unknown, values: Values): Encoded {
  switch (protocol.type) {
    case "form":
      return { text: formOf(body), headers: { "content-type": "application/x-www-form-urlencoded" } };
    case "xml":
      return { text: buildXml(body), headers: { "content-type": "application/xml; charset=utf-8" } };
    case "soap":
      return soapRequest(protocol, body, values);
    case "jsonrpc":
      return { text: writeExactJson({ jsonrpc: "2.0", id: 1, ...(body as object) }), headers: JSON_TYPE };
    case "xmlrpc":
      return { text: xmlRpcCall(body), headers: { "content-type": "text/xml; charset=utf-8" } };
    case "ndjson":
      // What asks for lines is no lines itself.
      return Array.isArray(body) ? { text: linesOf(body), headers: LINES_TYPE } : { text: writeExactJson(body), headers: JSON_TYPE };
    default:
      return { text: writeExactJson(body), headers: JSON_TYPE };
  }
}

const inner = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;

/** What the one element of a SOAP body holds; a fault as it is. Throws for what is no envelope around one element. */
function unwrapped(tree: unknown): unknown {
  const body = inner(inner(tree, "Envelope"), "Body");
  if (typeof body !== "object" || body === null) throw new Error("There is no SOAP body.");
  if ("Fault" in body) return tree;
  const [[name, value] = [], ...more] = Object.entries(body).filter(([one]) => !one.startsWith("@"));
  if (name === undefined || more.length > 0) throw new Error("The SOAP body holds not one element.");
  return typeof value === "object" && value !== null ? value : {};
}

const PAGE = /^[\uFEFF\s]*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b/i;

function readText(protocol: Protocol, text: string, contentType: string, errorMessage: string): unknown {
  if (hasRows(protocol)) return readRows(text, protocol, contentType, errorMessage);
  if (PAGE.test(text)) throw new Error("There is a page where XML was expected.");
  if (protocol.type === "xmlrpc") return readXmlRpc(parseXml(text));
  return protocol.type === "soap" && protocol.unwrap ? unwrapped(parseXml(text)) : parseXml(text);
}

/**
 * An answer's body as a value, whatever type it calls itself: systems call JSON a text or a page. What does not parse is
 * `provider_invalid_response`, never "nothing".
 */
export function decodeAnswer(
  { name, http }: Pick<Manifest, "name" | "http">,
  protocol: Protocol,
  body: Buffer,
  contentType: string | undefined,
): unknown {
  const { type } = protocol;
  if (type === "json" || type === "form" || type === "graphql" || type === "jsonrpc") return parseJson(name, body, contentType);
  try {
    return readText(protocol, textOf(body, contentType), contentType ?? "", http.errorMessage);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.slice(0, 200) : "";
    const message = `${name} sent an answer that does not parse (${contentType?.slice(0, 60) ?? "of no type"}, ${body.length} bytes). ${why}`;
    throw new AppError("provider_invalid_response", message, { cause });
  }
}

/** A text that is said in place of JSON: a sentence, no page and nothing packed. */
function sentence(head: Buffer): string | null {
  const text = head.subarray(0, 4_000).toString("utf8").trim();
  return text === "" || text.startsWith("<") || text.includes("\u0000") ? null : text;
}

/** An error answer may be anything: what does not parse is the sentence it is, at `$`, or nothing. */
export function decodeFault(protocol: Protocol, body: Buffer): unknown {
  const head = body.subarray(0, 65_536);
  try {
    if (head.subarray(0, 200).toString("latin1").trimStart().startsWith("<")) {
      const tree = parseXml(head.toString("utf8"));
      return protocol.type === "xmlrpc" ? readXmlRpc(tree) : tree;
    }
    return JSON.parse(head.toString("utf8"));
  } catch {
    return sentence(head);
  }
}

function soapFault(json: unknown, ok: boolean, protocol: Protocol): string | null {
  const body = inner(inner(json, "Envelope"), "Body");
  if (body === undefined) return ok && !(protocol.type === "soap" && protocol.unwrap) ? "no SOAP envelope" : null;
  const fault = inner(body, "Fault");
  return fault === undefined ? null : String(inner(fault, "faultstring") ?? inner(inner(fault, "Reason"), "Text") ?? "the call failed");
}

function graphqlFault(json: unknown): string | null {
  const errors = inner(json, "errors") ?? [];
  if (Array.isArray(errors) && errors.length === 0) return null;
  return String(inner(inner(errors, "0"), "message") ?? "the query failed");
}

const called = (fault: unknown, message: string): string | null =>
  fault === undefined || fault === null ? null : String(inner(fault, message) ?? "the call failed");

const HIDDEN: Partial<Record<Protocol["type"], (json: unknown, ok: boolean, protocol: Protocol) => string | null>> = {
  graphql: graphqlFault,
  soap: soapFault,
  jsonrpc: (json) => called(inner(json, "error"), "message"),
  xmlrpc: (json) => called(inner(json, "fault"), "faultString"),
};

/**
 * The error a protocol itself puts into an answer, in its words, or null: into a fine-looking one (`ok`), and, since SOAP sends its
 * faults with 500, into one that is not.
 */
export const hiddenFault = (protocol: Protocol, json: unknown, ok = true): string | null =>
  HIDDEN[protocol.type]?.(json, ok, protocol) ?? null;
