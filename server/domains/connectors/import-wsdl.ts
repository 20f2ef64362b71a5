import { changedAmong, type Draft, type DraftField, draftText, freeKey, idAmong, keyOf, privateKey, sampleOf, titleOf } from "./draft";
import { readWsdl, type Wsdl, type WsdlOperation } from "./read-wsdl";
import { DraftFault } from "./schema";
import { authOf, type DraftAuth } from "./wsdl-auth";
import { elementOf, fieldsIn, listIn } from "./wsdl-parts";
import type { Part } from "./xsd";

/** Parameters of a list that the runtime fills by itself, by their names. */
const PAGE = /^(?:page|page_?(?:number|index|no|num)|current_?page)$/i;
const OFFSET = /^(?:offset|start|start_?(?:index|row|at)|skip|first_?(?:result|row))$/i;
const SIZE = /^(?:page_?size|limit|max|max_?(?:results|rows|records)|count|take|size|rows|per_?page|batch_?size)$/i;
const SINCE = /since|modified|updated|changed|from_?date|date_?from/i;
const READS =
  /^(?:get|list|all|find|search|query|fetch|read|retrieve|describe|look_?up|is|has|check|count|validate|verify|ping|select|load|exists|calculate|track|rate|quote|estimate|export|download)/i;
/** Names of elements that say nothing about what is in them. */
const PLAIN = /^(?:results?|return|items?|rows?|records?|entry|entries|elements?|data|values?|anyType)$/i;
const PAGE_SIZE = 100;
const MOST = 100;

type Place = { way: string; query: Record<string, string> };
type Made = { value: Record<string, unknown>; notes: string[] };

const soapOf = ({ version }: Wsdl, { action, input }: WsdlOperation, header: Record<string, unknown>) => ({
  type: "soap",
  ...(version === "1.2" ? { version } : {}),
  namespace: input.ns === "" ? "urn:none" : input.ns,
  ...(action === "" ? {} : { action }),
  ...(Object.keys(header).length === 0 ? {} : { header }),
  unwrap: true,
});

/** What the runtime fills in a list's parameters, or undefined where that is nothing of its business. */
function filledByUs(part: Part): string | undefined {
  if (part.simple === null || part.many) return undefined;
  if (PAGE.test(part.name)) return "{page}";
  if (OFFSET.test(part.name)) return "{offset}";
  return SIZE.test(part.name) ? "{limit}" : undefined;
}

const isSince = (part: Part): boolean => (part.simple === "datetime" || part.simple === "date") && SINCE.test(part.name);

function pagingOf(input: Part): Record<string, unknown> | null {
  const filled = input.parts.map((one) => filledByUs(one));
  const limit = filled.includes("{limit}") ? { limit: { value: PAGE_SIZE } } : {};
  if (filled.includes("{page}")) return { type: "page", ...limit };
  return filled.includes("{offset}") ? { type: "offset", ...limit } : null;
}

/** An operation that lists records without being told which, as an object. Null when it is none. */
function objectOf(
  wsdl: Wsdl,
  operation: WsdlOperation,
  { way, query }: Place,
  header: Record<string, unknown>,
): (Made & { key: string }) | null {
  const { name, input, output } = operation;
  const list = listIn(output);
  const paging = pagingOf(input);
  const open = input.parts.filter((one) => one.required && !isSince(one) && (paging === null || filledByUs(one) === undefined));
  const asksFor = input.parts.some((one) => one.many || one.parts.length > 0);
  if (!list || asksFor || open.length > 0 || !(READS.test(name) || input.parts.length === 0)) return null;
  const fields = fieldsIn(list.record, 300);
  const id = idAmong(fields, list.record.name);
  if (!id) return null;
  const notes = id.sure ? [] : [`${name}: which field is a record's id was guessed ("${id.path}").`];
  const request = (filler: (part: Part) => string | undefined) => ({
    method: "POST",
    path: way,
    ...(Object.keys(query).length > 0 ? { query } : {}),
    body: elementOf(input, filler),
  });
  const ours = (part: Part) => (paging === null ? undefined : filledByUs(part));
  const since = input.parts.find(isSince);
  if (since) notes.push(`${name}: "${since.name}" is taken for the moment since when records changed.`);
  if (paging === null && input.parts.length > 0) notes.push(`${name}: everything is taken to come at once.`);
  const changed = changedAmong(fields);
  const subject = name.replace(/^(?:get|list|find|fetch|search|query|read|retrieve)_?(?:all)?_?/i, "") || name;
  const value = {
    title: titleOf(subject),
    protocol: soapOf(wsdl, operation, header),
    list: request(ours),
    ...(paging ? { pagination: paging } : {}),
    records: list.path,
    id: id.path,
    ...(changed === null ? {} : { updatedAt: changed }),
    ...(since
      ? {
          changes: {
            request: request((part) => (part === since ? "{since}" : ours(part))),
            format: since.simple === "date" ? "date" : "iso_s",
            inclusive: false,
            lookbackMs: 120_000,
          },
        }
      : {}),
    deletes: { by: "scan" },
    fields,
    sample: sampleOf(fields),
  };
  return { key: keyOf(PLAIN.test(list.record.name) ? subject : list.record.name, "record"), value, notes };
}

const SENT: Record<string, DraftField["type"]> = { number: "number", boolean: "boolean", datetime: "datetime", date: "date" };

/** Any operation as something done on request. */
function actionOf(
  wsdl: Wsdl,
  operation: WsdlOperation,
  { way, query }: Place,
  { header, names }: DraftAuth,
  detail: number,
): Record<string, unknown> {
  const { name, input, output, says } = operation;
  const keys = new Map<Part, string>();
  const taken = new Set<string>(names);
  for (const part of input.parts) {
    const plain = part.name.replace(/[^A-Za-z0-9_]/g, "");
    const key = freeKey(taken, /^[A-Za-z]/.test(plain) ? plain : "value");
    taken.add(key);
    keys.set(part, key);
  }
  const fields = input.parts.map((part) => ({
    key: keys.get(part),
    title: titleOf(part.name),
    type: part.many ? "array" : part.simple === null ? "object" : (SENT[part.simple] ?? "string"),
    ...(part.required ? { required: true } : {}),
    ...(part.values.length > 0 && !part.many ? { values: part.values.slice(0, 50) } : {}),
  }));
  const given = fieldsIn(output, detail);
  const shown: DraftField[] = given.length > 0 ? given : [{ path: "$", type: "object", title: "Answer" }];
  const first = (type: string, values: string[] | undefined) =>
    values?.[0] ?? { number: 1, boolean: true, array: [], object: {} }[type] ?? "sample";
  return {
    title: titleOf(name),
    description: says ?? `The operation ${name}.`,
    kind: READS.test(name) ? "lookup" : "action",
    input: fields,
    request: {
      method: "POST",
      path: way,
      ...(Object.keys(query).length > 0 ? { query } : {}),
      protocol: soapOf(wsdl, operation, header),
      body: elementOf(input, (part) => `{${keys.get(part)}}`),
    },
    output: shown,
    sample: {
      input: Object.fromEntries(fields.flatMap(({ key, type, values, required }) => (required ? [[key, first(type, values)]] : []))),
      answer: sampleOf(given),
    },
  };
}

const INSIDE = /^(?:localhost|[^.]+|[\d.]+|\[.*\]|.*\.(?:local|localhost|internal|lan))$/i;

/** Where the service is. An address that only its makers can reach is asked for when somebody connects. */
function placeOf({ address }: Wsdl): { base: string; host: Record<string, unknown>[]; place: Place; notes: string[] } {
  const url = address !== null && URL.canParse(address) ? new URL(address) : null;
  const place = {
    way: url && url.pathname !== "/" ? url.pathname.replace(/[{}]/g, encodeURIComponent) : "/",
    query: Object.fromEntries(url?.searchParams ?? []),
  };
  if (!url || INSIDE.test(url.hostname) || !/^https?:$/.test(url.protocol)) {
    const field = {
      key: "host",
      title: "Host",
      help: "The host of the service's address, without https://.",
      pattern: "[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.[a-z]{2,24}(?::[0-9]{2,5})?",
    };
    return {
      base: "https://{host}",
      host: [field],
      place,
      notes: [`The address in the WSDL (${address ?? "none"}) is not public: the host is asked for.`],
    };
  }
  const notes = url.protocol === "http:" ? [`The WSDL says ${url.origin}; only https is taken.`] : [];
  return { base: `https://${url.protocol === "http:" && url.port !== "" ? url.hostname : url.host}`, host: [], place, notes };
}

type Parts = { objects: Record<string, Made["value"]>; actions: Record<string, Record<string, unknown>>; notes: string[] };

/** Each operation but the login as an object or an action. */
function partsOf(wsdl: Wsdl, place: Place, signing: DraftAuth, { detail, most }: Size): Parts {
  const { header, login } = signing;
  const [objects, actions, notes]: [Parts["objects"], Parts["actions"], string[]] = [{}, {}, []];
  let left = 0;
  for (const operation of wsdl.operations.filter(({ name }) => name !== login)) {
    const made = Object.keys(objects).length < MOST ? objectOf(wsdl, operation, place, header) : null;
    if (made) {
      notes.push(...made.notes);
      objects[freeKey(objects, made.key)] = made.value;
    } else if (Object.keys(actions).length < most)
      actions[freeKey(actions, keyOf(operation.name, "operation"))] = actionOf(wsdl, operation, place, signing, detail);
    else left++;
  }
  if (Object.keys(objects).length === 0)
    notes.push("No operation lists records without being told which: there are actions only, until you write an object.");
  if (left > 0) notes.push(`${left} of ${wsdl.operations.length} operations were left out: one file takes no more.`);
  return { objects, actions, notes };
}

/** The request for one record of the first page, with nothing left to be filled. */
const firstPage = (list: unknown): unknown =>
  JSON.parse(JSON.stringify(list).replaceAll('"{page}"', '"1"').replaceAll('"{offset}"', '"0"').replaceAll('"{limit}"', '"1"'));

/** A call that proves the credential: a list that needs nothing, else the WSDL itself; and how calls are written that do not say. */
function usualOf({ objects }: Parts, { way, query }: Place) {
  const [first] = Object.values(objects).sort((a, b) => Number("pagination" in a) - Number("pagination" in b));
  if (first) return { check: firstPage(first["list"]), protocol: first["protocol"] };
  return { check: { path: way, query: { ...query, wsdl: "" } }, protocol: { type: "xml" } };
}

/** The same protocol is said once. */
function without(parts: Parts, protocol: unknown): Parts {
  const same = (one: unknown) => JSON.stringify(one) === JSON.stringify(protocol);
  const objects = Object.entries(parts.objects).map(([key, { protocol: own, ...rest }]) => {
    const { title, ...more } = rest;
    return [key, same(own) ? rest : { title, protocol: own, ...more }];
  });
  const actions = Object.entries(parts.actions).map(([key, action]) => {
    const { protocol: own, ...request } = action["request"] as Record<string, unknown>;
    return [key, same(own) ? { ...action, request } : action];
  });
  return { ...parts, objects: Object.fromEntries(objects), actions: Object.fromEntries(actions) };
}

type Size = { detail: number; most: number };

function draftOf(wsdl: Wsdl, readAt: string, size: Size): Draft {
  const { base, host, place, notes } = placeOf(wsdl);
  const signing = authOf(wsdl, `${base}${place.way}`, host);
  const made = partsOf(wsdl, place, signing, size);
  const { check, protocol } = usualOf(made, place);
  const { objects, actions } = without(made, protocol);
  const first = wsdl.version === "1.1";
  const manifest = {
    key: privateKey(wsdl.service),
    name: titleOf(wsdl.service),
    tagline: "Drafted from its WSDL",
    description: `The SOAP service ${wsdl.service}.`,
    categories: ["Other"],
    docs: [{ title: "WSDL", url: host.length > 0 ? "https://www.w3.org/TR/wsdl" : `${base}${place.way}?wsdl`, readAt }],
    auth: signing.auth,
    identify: { account: host.length > 0 ? `{host}/${signing.account}` : signing.account, label: signing.account },
    check,
    http: {
      baseUrl: base,
      protocol,
      errorMessage: first ? "Envelope.Body.Fault.faultstring" : "Envelope.Body.Fault.Reason.Text",
      errors: [
        {
          statuses: [500],
          path: first ? "Envelope.Body.Fault.faultcode" : "Envelope.Body.Fault.Code.Subcode.Value",
          matches: "(?i)session|auth|login|token|security",
          code: "reauth_required",
        },
      ],
      rateLimit: { defaultWaitMs: 30_000, concurrency: { account: 2 } },
    },
    pagination: { type: "none" },
    objects,
    actions,
  };
  return { manifest, notes: [...wsdl.notes, ...notes, ...signing.notes, ...made.notes] };
}

/** From everything to the least that is worth having: a file has a size. */
const SIZES: readonly Size[] = [
  { detail: 60, most: MOST },
  { detail: 12, most: MOST },
  { detail: 1, most: MOST },
  { detail: 1, most: 40 },
  { detail: 1, most: 10 },
];

/**
 * A private connector drafted from a WSDL 1.1 file, as YAML: an object for each operation that lists records, an action for any
 * other. `readAt` is the day the file was read. Throws `DraftFault`, with its line.
 */
export function importWsdl(text: string, readAt: string): { source: string; notes: string[] } {
  const wsdl = readWsdl(text);
  for (const size of SIZES) {
    const draft = draftOf(wsdl, readAt, size);
    const source = draftText(draft);
    if (source !== null) return { source, notes: draft.notes };
  }
  throw new DraftFault("The messages of this service are too large for one file. Take out what you do not need.", null);
}
