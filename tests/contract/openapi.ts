import { formTree } from "#server/simulator/from-manifest/wire";
import type { Description } from "./description";
import { faultsOf, resolved, unknownNames } from "./schemas";

type Json = Record<string, unknown>;
/** A request as it was sent, by the third party's own address. */
export type Sent = { method: string; url: URL; headers: Readonly<Record<string, string>>; body: string };
type Parameter = {
  name: string;
  in: string;
  required?: boolean;
  schema?: unknown;
  style?: string;
  type?: string;
  enum?: unknown[];
  items?: unknown;
};
/** A description and what stands before its paths in addresses. */
export type Published = { description: Description; prefix: string; alias?: (path: string) => string };

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .split(/\{[^}]+\}/)
      .map(escaped)
      .join("[^/]+")}/?$`,
  );

const patterns = new WeakMap<Description, { path: string; pattern: RegExp }[]>();
function pathsOf(description: Description): { path: string; pattern: RegExp }[] {
  const known = patterns.get(description);
  if (known) return known;
  const holes = (path: string) => path.split("{").length;
  const made = description.names(["paths"]).map((path) => ({ path, pattern: patternOf(path) }));
  made.sort((a, b) => holes(a.path) - holes(b.path));
  patterns.set(description, made);
  return made;
}

/** The declared path of an address, or null. */
function pathFor({ description, prefix, alias = (path) => path }: Published, url: URL): string | null {
  const whole = alias(url.pathname.replace(/\.json$/, ""));
  if (!whole.startsWith(prefix)) return null;
  const path = whole.slice(prefix.length);
  return pathsOf(description).find((one) => one.pattern.test(path) || one.pattern.test(`${path}.json`))?.path ?? null;
}

function parametersOf({ description }: Published, path: string, method: string): Parameter[] {
  const shared = description.at(["paths", path, "parameters"]);
  const own = description.at(["paths", path, method, "parameters"]);
  return [shared, own]
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .map((one) => resolved(description, one))
    .filter((one): one is Parameter => isJson(one));
}

/** The name a parameter goes by in an address: `created[gte]` is a part of `created`. */
const nameOf = (sent: string, known: readonly Parameter[]): Parameter | undefined =>
  known.find((one) => one.name === sent) ??
  known.find((one) => one.name === sent.replace(/\[.*$/, "") || one.name === sent.replace(/\[\d*\]$/, "[]"));

/** A text as the type it stands for. */
function typed(text: string, schema: Json): unknown {
  const type = schema["type"];
  const types = Array.isArray(type) ? type : [type];
  if ((types.includes("integer") || types.includes("number")) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (types.includes("boolean") && /^(true|false)$/.test(text)) return text === "true";
  if (types.includes("array")) return text.split(",").map((one) => typed(one, isJson(schema["items"]) ? schema["items"] : {}));
  return text;
}

function valueFaults(published: Published, parameter: Parameter, name: string, text: string): string[] {
  // Parts of an object, elements of a list: only their name is looked at.
  if (name !== parameter.name) return [];
  const schema = resolved(published.description, parameter.schema ?? parameter);
  if (!isJson(schema)) return [];
  const { name: _name, in: _in, required: _required, style: _style, ...bare } = schema;
  const alternatives = (bare["anyOf"] ?? bare["oneOf"]) as unknown[] | undefined;
  const value = alternatives ? text : typed(text, bare);
  if (alternatives) return [];
  return faultsOf(published.description, bare, value).map((one) => `parameter "${name}" = "${text.slice(0, 60)}": ${one}`);
}

/** Headers that belong to HTTP and to signing in. */
const OWN_HEADERS = new Set(["authorization", "accept", "content-type", "token", "accept-encoding", "user-agent"]);

function parameterFaults(published: Published, known: Parameter[], { url, headers }: Sent): string[] {
  const sent = [...url.searchParams];
  const queries = known.filter((one) => one.in === "query");
  const missing = known.filter((one) => {
    if (!one.required || one.name === "token") return false;
    if (one.in === "query") return !sent.some(([name]) => nameOf(name, [one]));
    return one.in === "header" && !OWN_HEADERS.has(one.name.toLowerCase()) && headers[one.name.toLowerCase()] === undefined;
  });
  const faults = sent.flatMap(([name, text]) => {
    const parameter = nameOf(name, queries);
    return parameter ? valueFaults(published, parameter, name, text) : [`parameter "${name}" is not described`];
  });
  return [...missing.map((one) => `the ${one.in} parameter "${one.name}" is missing`), ...faults];
}

/** Texts of a form as the types they stand for, as far as the schema tells. */
function formValue(published: Published, schema: unknown, value: unknown): unknown {
  const here = resolved(published.description, schema);
  if (!isJson(here)) return value;
  if (typeof value === "string") return here["anyOf"] || here["oneOf"] ? value : typed(value, here);
  if (Array.isArray(value)) return value.map((one) => formValue(published, here["items"], one));
  if (!isJson(value)) return value;
  const properties = isJson(here["properties"]) ? here["properties"] : {};
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, formValue(published, properties[name], one)]));
}

function contentFaults(published: Published, content: Json, sent: Sent): string[] {
  const type = (sent.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const media =
    content[type] ?? (/json/.test(type) ? Object.entries(content).find(([name]) => /json/.test(name))?.[1] : undefined) ?? content["*/*"];
  if (!isJson(media)) return [`the body is ${type || "of no type"}, which is not described (${Object.keys(content).join(", ")})`];
  const form = /x-www-form-urlencoded/.test(type);
  const body = form ? formValue(published, media["schema"], formTree(sent.body)) : JSON.parse(sent.body);
  return [...faultsOf(published.description, media["schema"], body), ...unknownNames(published.description, media["schema"], body)];
}

/** Bodies of OpenAPI 2: fields of a form, which may be sent as JSON where that is consumed. */
function fieldFaults(published: Published, known: Parameter[], sent: Sent): string[] {
  const body = known.find((one) => one.in === "body");
  if (body && sent.body !== "") {
    const value = JSON.parse(sent.body);
    return [...faultsOf(published.description, body.schema, value), ...unknownNames(published.description, body.schema, value)];
  }
  const fields = known.filter((one) => one.in === "formData");
  if (fields.length === 0 || sent.body === "") return [];
  const value = (/json/.test(sent.headers["content-type"] ?? "") ? JSON.parse(sent.body) : formTree(sent.body)) as Json;
  const unknown = Object.keys(value).filter((name) => !fields.some((one) => one.name === name));
  const missing = fields.filter((one) => one.required && value[one.name] === undefined);
  return [...unknown.map((name) => `the field "${name}" is not described`), ...missing.map((one) => `the field "${one.name}" is missing`)];
}

/** How a request differs from what is published; null when nothing is published of its address. */
export function violationsOf(all: readonly Published[], sent: Sent): string[] | null {
  for (const published of all) {
    const path = pathFor(published, sent.url);
    if (path === null) continue;
    const { description } = published;
    const method = sent.method.toLowerCase();
    if (description.at(["paths", path, method]) === undefined) return [`${sent.method} is not described for ${path}`];
    const known = parametersOf(published, path, method);
    const faults = parameterFaults(published, known, sent);
    const request = resolved(description, description.at(["paths", path, method, "requestBody"]));
    if (isJson(request) && isJson(request["content"])) {
      if (sent.body === "") return request["required"] === true ? [...faults, "the body is missing"] : faults;
      return [...faults, ...contentFaults(published, request["content"], sent)];
    }
    return [...faults, ...fieldFaults(published, known, sent)];
  }
  return null;
}

/** What is published of a fine answer to a request: its schema, or null where nothing is. */
export function answerOf(all: readonly Published[], sent: Sent): { description: Description; schema: unknown } | null {
  for (const published of all) {
    const path = pathFor(published, sent.url);
    if (path === null) continue;
    const { description } = published;
    const answer = resolved(description, description.at(["paths", path, sent.method.toLowerCase(), "responses", "200"]));
    if (!isJson(answer)) return null;
    const content = isJson(answer["content"]) ? Object.entries(answer["content"]).find(([name]) => /json/.test(name))?.[1] : answer;
    return isJson(content) && content["schema"] !== undefined ? { description, schema: content["schema"] } : null;
  }
  return null;
}
