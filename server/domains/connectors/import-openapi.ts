import { type Draft, draftText, freeKey, privateKey } from "./draft";
import { openApiAuth } from "./openapi-auth";
import { answerOf, type Listing, listingOf } from "./openapi-lists";
import { type Json, listIn, objectIn, propertyAt, resolved, textIn } from "./openapi-schemas";
import { readSource } from "./read-source";
import { type Drafted, DraftFault, IMPORT_LIMIT_BYTES } from "./schema";

const MOST_OBJECTS = 60;
const MOST_PATHS = 1_000;
const INSIDE = /^(?:localhost|[^.]+|[\d.]+|\[.*\]|.*\.(?:local|localhost|internal|lan))$/i;
const HOST = "[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.[a-z]{2,24}(?::[0-9]{2,5})?";
const ME = /^\/(?:v\d+\/)?(?:me|user|account|users\/me|accounts\/me|self|whoami|profile|company|organization)$/i;

/** The description as data. */
function readDescription(text: string): Json {
  const read = readSource(text, undefined, IMPORT_LIMIT_BYTES);
  if (!read.ok)
    throw new DraftFault(`This cannot be read: ${read.faults[0]?.message ?? "it is neither JSON nor YAML"}.`, read.faults[0]?.line ?? null);
  const root = objectIn(read.source.value);
  if (root["swagger"] === undefined && root["openapi"] === undefined)
    throw new DraftFault("This is neither a WSDL nor an OpenAPI description: it has no `openapi` (or `swagger`) with a version.", 1);
  if (!/^(?:2\.0|3\.\d+(?:\.\d+)?)$/.test(String(root["swagger"] ?? root["openapi"])))
    throw new DraftFault(
      `OpenAPI ${String(root["swagger"] ?? root["openapi"])} is not read; 2.0 and 3 are.`,
      read.source.lineOf(["openapi"]) ?? 1,
    );
  if (Object.keys(objectIn(root["paths"])).length === 0)
    throw new DraftFault("The description has no `paths`.", read.source.lineOf(["paths"]) ?? 1);
  return root;
}

type Base = { url: string; fields: Json[]; notes: string[] };

/** A variable of a server's address, as a question of the connect form. */
function variableField(name: string, variable: Json, url: string): Json {
  const values = listIn(variable["enum"]).map(String);
  const key = name.toLowerCase().replace(/[^a-z0-9_]/g, "_");
  const inHost = new RegExp(`^https://[^/]*\\{${name}\\}`).test(url);
  return {
    key: /^[a-z]/.test(key) ? key : `v_${key}`,
    title: name,
    ...(textIn(variable["description"]) === "" ? {} : { help: textIn(variable["description"]).slice(0, 200) }),
    ...(textIn(variable["default"]) === "" ? {} : { example: textIn(variable["default"]) }),
    ...(values.length > 1
      ? { options: values.map((value) => ({ value, title: value })) }
      : { pattern: inHost ? "[a-z0-9-]+(?:\\.[a-z0-9-]+)*" : "[^/?#{}\\s]{1,100}" }),
  };
}

function baseOf(root: Json): Base {
  const server = objectIn(listIn(root["servers"])[0]);
  const host = textIn(root["host"]);
  const given = host === "" ? textIn(server["url"]) : `https://${host}${textIn(root["basePath"])}`;
  let url = given.replace(/^http:\/\//, "https://").replace(/\/+$/, "");
  const fields: Json[] = [];
  for (const [name, one] of Object.entries(objectIn(server["variables"]))) {
    if (!url.includes(`{${name}}`)) continue;
    const field = variableField(name, objectIn(one), url);
    fields.push(field);
    url = url.replaceAll(`{${name}}`, `{${textIn(field["key"])}}`);
  }
  const name = /^https:\/\/([^/:]+)/.exec(url)?.[1] ?? "";
  if (name !== "" && (name.includes("{") || !INSIDE.test(name))) {
    const notes = given.startsWith("http://") ? [`The description says ${given}; only https is taken.`] : [];
    return { url, fields, notes };
  }
  const path = url.startsWith("/") ? url : url.replace(/^https:\/\/[^/]*/, "");
  const asked = {
    key: "host",
    title: "Host",
    help: "The host of the service, without https://.",
    example: "api.northwind.example",
    pattern: HOST,
  };
  return {
    url: `https://{host}${path}`,
    fields: [asked],
    notes: [`The address in the description (${given || "none"}) is not public: the host is asked for.`],
  };
}

const HOLES = /\{([^{}]+)\}/g;
const holesIn = (path: string): string[] => [...path.matchAll(HOLES)].map(([, name = ""]) => name);

/** `/orders/{order_id}/lines` hangs on `/orders`, where that is a list. */
function hung(listing: Listing, objects: ReadonlyMap<string, string>): Json | null {
  const [hole, ...more] = holesIn(listing.path);
  if (hole === undefined) return listing.value;
  const above = listing.path.slice(0, listing.path.indexOf(`/{${hole}}`));
  const parent = objects.get(above);
  if (more.length > 0 || parent === undefined) return null;
  const { title, list, ...rest } = listing.value;
  const path = listing.path.replace(`{${hole}}`, "{parent}");
  return { title, each: parent, parent: { as: "_parent", inId: true }, list: { ...objectIn(list), path }, ...rest };
}

/** `/orders/{id}` beside `/orders`: how one record is asked for. */
function oneOf(root: Json, paths: Json, listing: Listing): Json {
  const found = Object.keys(paths).find((path) => path.startsWith(`${listing.path}/{`) && holesIn(path).length === 1 && path.endsWith("}"));
  const operation = objectIn(objectIn(paths[found ?? ""])["get"]);
  const answer = answerOf(root, operation);
  if (found === undefined || !answer) return {};
  const id = textIn(listing.value["id"]);
  const at = propertyAt(root, answer, new RegExp(`(?:^|\\.)${id.replace(/[^\w]/g, "\\$&")}$`));
  const record = at && at.path !== id ? at.path.slice(0, -id.length - 1) : "$";
  return { one: { request: { method: "GET", path: `${listing.path}/{id}` }, ...(record === "$" || record === "" ? {} : { record }) } };
}

function objectsOf(root: Json): { objects: Record<string, Json>; notes: string[] } {
  const paths = objectIn(root["paths"]);
  const listings = Object.entries(paths)
    .filter(([path, one]) => path.startsWith("/") && objectIn(one)["get"] !== undefined)
    .slice(0, MOST_PATHS)
    .sort(([a], [b]) => holesIn(a).length - holesIn(b).length || a.length - b.length)
    .flatMap(
      ([path, one]) =>
        listingOf(root, path, resolved(root, one), (parameter) =>
          parameter.schema["default"] === undefined ? null : String(parameter.schema["default"]),
        ) ?? [],
    );
  const objects: Record<string, Json> = {};
  const keys = new Map<string, string>();
  const notes: string[] = [];
  const loose: string[] = [];
  let left = 0;
  for (const listing of listings) {
    const value = hung(listing, keys);
    if (!value) continue;
    if (Object.keys(objects).length >= MOST_OBJECTS) {
      left++;
      continue;
    }
    const key = freeKey(objects, listing.key);
    keys.set(listing.path, key);
    const { fields, sample, ...rest } = value;
    objects[key] = { ...rest, ...(value["each"] === undefined ? oneOf(root, paths, listing) : {}), fields, sample };
    notes.push(...listing.notes);
    if (listing.loose) loose.push(listing.path);
  }
  if (loose.length > 0)
    notes.push(
      `Nothing says how pages follow each other at ${loose.slice(0, 10).join(", ")}${loose.length > 10 ? " and others" : ""}: all at once, or by the \`Link\` header.`,
    );
  if (left > 0) notes.push(`${left} lists were left out: ${MOST_OBJECTS} are taken.`);
  return { objects, notes };
}

/** Whose account it is: by a call that is usually there for it, else by what was entered. */
function identityOf(root: Json, account: string | null): { identify: Json; check: Json | null; notes: string[] } {
  const me = Object.entries(objectIn(root["paths"])).find(([path, one]) => ME.test(path) && objectIn(one)["get"] !== undefined);
  const answer = me && answerOf(root, objectIn(objectIn(me[1])["get"]));
  const id = answer && propertyAt(root, answer, /(?:^|\.)(?:id|uuid|account_?id|user_?id)$/i)?.path;
  if (me && answer && id) {
    const label = propertyAt(root, answer, /(?:^|\.)(?:name|display_?name|email|login|username|company_?name)$/i)?.path ?? id;
    return { identify: { request: { path: me[0] }, accountId: id, label: `{${label}}` }, check: { path: me[0] }, notes: [] };
  }
  const notes = ["No call tells whose account it is: `identify` takes what was entered. Name a call there, if you know one."];
  return { identify: { account: account ?? "only", label: "Account" }, check: null, notes };
}

function draftOf(root: Json, readAt: string): Draft {
  const base = baseOf(root);
  const { auth, account, notes: about } = openApiAuth(root, base.fields, base.url);
  const { objects, notes } = objectsOf(root);
  if (Object.keys(objects).length === 0)
    throw new DraftFault("No GET of this description answers with a list of objects that have an id.", null);
  const { identify, check, notes: whose } = identityOf(root, account);
  const first = Object.values(objects).find((one) => one["each"] === undefined);
  const info = objectIn(root["info"]);
  const docs = textIn(objectIn(root["externalDocs"])["url"]);
  const manifest = {
    key: privateKey(textIn(info["title"])),
    name: (textIn(info["title"]) || "Service").slice(0, 80),
    tagline: "Drafted from its OpenAPI description",
    description: (textIn(info["description"]) || textIn(info["title"]) || "A service.").replace(/\s+/g, " ").slice(0, 500),
    categories: ["Other"],
    docs: [{ title: "Description", url: /^https:\/\/[^\s{}]+$/.test(docs) ? docs : "https://spec.openapis.org/oas/latest.html", readAt }],
    auth,
    identify,
    check: check ?? objectIn(first?.["list"]),
    http: { baseUrl: base.url, errorMessage: "message", rateLimit: { defaultWaitMs: 30_000, concurrency: { account: 2 } } },
    pagination: { type: "none" },
    objects,
  };
  return { manifest, notes: [...base.notes, ...about, ...whose, ...notes, "Limits are not described: see `http.rateLimit`."] };
}

/**
 * A private connector drafted from an OpenAPI description (2.0 or 3, JSON or YAML), as YAML: an object for each GET that lists records.
 * Writes are left to be added. `readAt` is the day it was read. Throws `DraftFault`, with its line.
 */
export function importOpenApi(text: string, readAt: string): Omit<Drafted, "format"> {
  const draft = draftOf(readDescription(text), readAt);
  const source = draftText(draft);
  if (source !== null) return { source, notes: draft.notes };
  throw new DraftFault("The lists of this description are too large for one file. Take out what you do not need.", null);
}
