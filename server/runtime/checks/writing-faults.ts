import { didYouMean } from "#server/lib/did-you-mean";
import type { Manifest, ObjectSpec } from "../manifest";
import type { Place } from "../paging/schema";
import type { Protocol } from "../protocols/schema";
import { FILTER_NAMES } from "../writes/filters";
import type { Action, Batch, Call, Once } from "../writes/schema";
import { type At, connectionFault, type Fault, type Hole, holesOfRequest, type Known, meantBy } from "./holes-of";

/** What the holes of a call may be besides the connection's: names, and the paths that may follow them. */
type Own = { names: ReadonlySet<string>; fields?: { of: ReadonlySet<string>; paths: readonly string[] } };
type Spot = { known: Known; protocol: Protocol };

const WRITE = ["id", "data", "version", "key", "rest", "ref", "once"];

/** Whether a path is one of those, or leads into one, or to one. */
const within = (path: string, paths: readonly string[]): boolean =>
  paths.some((one) => one === path || one.startsWith(`${path}.`) || path.startsWith(`${one}.`));

function filterFault(filters: readonly string[]): string | null {
  const stray = filters.find((one) => !FILTER_NAMES.includes(one));
  if (stray === undefined) return null;
  const meant = didYouMean(stray, FILTER_NAMES);
  return `there is no filter "${stray}"${meant === null ? `; there are ${FILTER_NAMES.join(", ")}` : `; did you mean "|${meant}"?`}`;
}

/** Of a name with parts the first is what fills it: `{dta.name}`. */
function rootFault(name: string, root: string, known: Known, own: ReadonlySet<string>): string | null {
  const meant = root === name ? null : didYouMean(root, [...own]);
  if (meant === null) return connectionFault(name, known, own);
  return `"{${name}}" is filled by nothing; did you mean "{${meant}${name.slice(root.length)}}"?`;
}

function callFault({ name, root, filters }: Hole, { known }: Spot, { names, fields }: Own): string | null {
  const filter = filterFault(filters);
  if (filter !== null) return filter;
  if (!names.has(root)) return rootFault(name, root, known, names);
  const path = name.slice(root.length + 1);
  if (path === "" || !fields?.of.has(root) || within(path, fields.paths)) return null;
  const rooted = fields.paths.map((one) => `${root}.${one}`);
  return `"{${name}}" is none of the fields that may be sent${meantBy(name, rooted)}`;
}

/** Why a body would not go out in the words of its protocol, or null. */
function bodyFault({ body, headers = {} }: Call, { type }: Protocol): string | null {
  if (body === undefined || (type !== "csv" && type !== "ndjson")) return null;
  const isJson = Object.entries(headers).some(([name, text]) => name.toLowerCase() === "content-type" && /[/+]json\b/.test(text));
  if (isJson) return null; // rows in the answer only, and said so
  if (type === "csv")
    return "is not written as CSV: give the call the `protocol` in which it is to be written, or, where it is JSON and only the answer CSV, a header `content-type: application/json`";
  if (Array.isArray(body) || (typeof body === "string" && /^\{items\}$/.test(body))) return null;
  return 'is no list of lines: make it a list, of a batch "{items}", or give the call the `protocol` in which it is to be written';
}

/** The holes of a call, and what is wrong with them. */
function callFaults(call: Call, at: At, spot: Spot, own: Own): { holes: Hole[]; faults: Fault[] } {
  const { holes, faults } = holesOfRequest(call, at, call.protocol ?? spot.protocol);
  for (const hole of holes) {
    const message = callFault(hole, spot, own);
    if (message !== null) faults.push({ path: hole.at, message });
  }
  if (call.body !== undefined && call.method === "GET")
    faults.push({ path: [...at, "body"], message: "is not sent with GET: choose another `method`" });
  const unwritten = bodyFault(call, call.protocol ?? spot.protocol);
  if (unwritten !== null) faults.push({ path: [...at, "body"], message: unwritten });
  return { holes, faults };
}

const placeFault = (place: Place | undefined, { method }: Call, at: At): Fault[] =>
  place?.in === "body" && method === "GET"
    ? [{ path: [...at, "in"], message: "a GET has no body: choose another `method`, or another place" }]
    : [];

function onceFaults(once: Once | undefined, call: Call, at: At, spot: Spot, own: Own): Fault[] {
  if (!once) return [];
  if (once.by === "key") return placeFault(once.place, call, [...at, "place"]);
  return callFaults(once.request, [...at, "request"], spot, own).faults;
}

const names = (...own: string[]): Own => ({ names: new Set(own) });

/** Every text of a value as a body would be. */
const bodyOf = (value: unknown): Pick<Call, "path" | "query" | "body"> => ({ path: "/", query: {}, body: value as Call["body"] });

function batchFaults(batch: Batch | undefined, at: At, spot: Spot, own: Own): Fault[] {
  if (!batch) return [];
  const { holes, faults } = callFaults(batch.request, [...at, "request"], spot, names("items"));
  const item = holesOfRequest(bodyOf(batch.item), [...at, "item"], spot.protocol);
  for (const hole of item.holes) {
    const message = callFault(hole, spot, own);
    if (message !== null) faults.push({ path: hole.at.filter((step) => step !== "body"), message });
  }
  if (!holes.some(({ root }) => root === "items"))
    faults.push({ path: [...at, "request"], message: 'does not hold "{items}": the records would not be sent' });
  return faults;
}

type Writes = NonNullable<ObjectSpec["writes"]>;

/** Fields that may be given and that a write does not send: they would be lost without a word. */
function unsent(holes: readonly Hole[], { fields }: Writes, updating: boolean): string[] {
  const given = holes.filter(({ root }) => root === "data" || root === "rest");
  if (given.some(({ name }) => name === "data" || name === "rest")) return [];
  const sent = holes.map(({ name }) => name.replace(/^(?:data|rest)\./, ""));
  const meant = fields.filter((one) => !(updating ? one.createOnly : one.updateOnly));
  return meant.filter((one) => !within(one.path, sent)).map((one) => one.path);
}

type Operation = "create" | "update" | "upsert" | "delete";

function needFaults(operation: Operation, writes: Writes, holes: readonly Hole[], at: At): Fault[] {
  const faults: Fault[] = [];
  const has = (...roots: string[]) => holes.some(({ root }) => roots.includes(root));
  const path = [...at, "request"];
  if ((operation === "update" || operation === "delete") && !has("id"))
    faults.push({ path, message: `does not hold "{id}": it would not say which record it means` });
  if (operation === "delete") return faults;
  if (!has("data", "rest"))
    return [...faults, { path, message: 'does not hold "{data}", nor any of its fields: nothing of the record would be sent' }];
  const key = operation === "upsert" ? writes.upsert?.key : undefined;
  const lost = unsent(holes, writes, operation === "update").filter((one) => one !== key || !has("key"));
  if (lost.length > 0)
    faults.push({
      path,
      message: `does not send ${lost
        .slice(0, 5)
        .map((one) => `"${one}"`)
        .join(", ")} of \`writes.fields\`: put "{data.${lost[0]}}" into it, or say with \`createOnly\` or \`updateOnly\` when it is given`,
    });
  if (key !== undefined && !has("key") && !holes.some(({ name }) => name === "data" || within(name, [`data.${key}`])))
    faults.push({ path, message: `does not hold "{key}": it would not say which record it means` });
  return faults;
}

function writesFaults(spec: ObjectSpec, at: At, spot: Spot): Fault[] {
  const { writes } = spec;
  if (!writes) return [];
  const paths = writes.fields.map((one) => one.path);
  const fields = writes.open ? {} : { fields: { of: new Set(["data", "rest"]), paths } };
  const own: Own = { names: new Set(WRITE), ...fields };
  const faults: Fault[] = [];
  for (const operation of ["create", "update", "upsert", "delete"] as const) {
    const write = writes[operation];
    if (!write) continue;
    const here = [...at, "writes", operation];
    const { holes, faults: own_ } = callFaults(write.request, [...here, "request"], spot, own);
    const once = "once" in write ? write.once : undefined;
    const guard = "guard" in write ? write.guard : undefined;
    faults.push(
      ...own_,
      ...needFaults(operation, writes, holes, here),
      ...batchFaults(write.batch, [...here, "batch"], spot, own),
      ...onceFaults(once, write.request, [...here, "once"], spot, own),
      ...placeFault(guard?.place, write.request, [...here, "guard", "place"]),
    );
  }
  return faults;
}

function actionFaults(action: Action, at: At, spot: Spot): Fault[] {
  const inputs = action.input.map(({ key }) => key);
  const own = names(...inputs, "once");
  const { holes, faults } = callFaults(action.request, [...at, "request"], spot, own);
  const used = new Set(holes.map(({ root }) => root));
  const lost = action.input.flatMap(({ key }, n) =>
    used.has(key)
      ? []
      : [{ path: [...at, "input", n], message: `"${key}" is asked for and never sent: put "{${key}}" into the request, or take it out` }],
  );
  return [...faults, ...lost, ...onceFaults(action.once, action.request, [...at, "once"], spot, own)];
}

/** What is wrong with how records are written, one is asked for, and actions are done. */
export function writingFaults(manifest: Manifest, known: Known): Fault[] {
  const { protocol } = manifest.http;
  const ofObjects = Object.entries(manifest.objects).flatMap(([key, spec]) => {
    const spot: Spot = { known, protocol: spec.protocol ?? protocol };
    const at = ["objects", key];
    const one = spec.one ? callFaults(spec.one.request, [...at, "one", "request"], spot, names("id")) : null;
    const blind =
      one && !one.holes.some(({ root }) => root === "id") ? [{ path: [...at, "one", "request"], message: 'does not hold "{id}"' }] : [];
    return [...(one?.faults ?? []), ...blind, ...writesFaults(spec, at, spot)];
  });
  const ofActions = Object.entries(manifest.actions).flatMap(([key, action]) =>
    actionFaults(action, ["actions", key], { known, protocol }),
  );
  return [...ofObjects, ...ofActions];
}

type Subscription = NonNullable<NonNullable<Manifest["webhooks"]>["subscription"]>;

function subscriptionFaults({ create, topics, renew, remove }: Subscription, spot: Spot): Fault[] {
  const at = ["webhooks", "subscription"];
  const made = callFaults(create, [...at, "create"], spot, names("url", "secret", "topic"));
  const holds = (name: string) => made.holes.some(({ root }) => root === name);
  const path = [...at, "create"];
  return [
    ...made.faults,
    ...(holds("url") ? [] : [{ path, message: 'does not hold "{url}": the third party would not learn where to call' }]),
    ...(topics.length < 2 || holds("topic") ? [] : [{ path, message: 'is made for each topic and does not hold "{topic}"' }]),
    ...(renew ? callFaults(renew, [...at, "renew"], spot, names("id", "topic", "url", "secret")).faults : []),
    ...(remove ? callFaults(remove, [...at, "remove"], spot, names("id", "topic")).faults : []),
  ];
}

/** What is wrong with how the third party is asked to call, and how its calls are proven. */
export function webhookFaults({ webhooks, http }: Manifest, known: Known, hasApp: boolean): Fault[] {
  if (!webhooks) return [];
  const { subscription, verify } = webhooks;
  const faults = subscription ? subscriptionFaults(subscription, { known, protocol: http.protocol }) : [];
  const at = ["webhooks", "verify"];
  if ("secret" in verify && verify.secret === "app" && !hasApp) {
    const message = "no way to connect has an app with a client secret: choose `endpoint`, whose secret is entered with the address";
    faults.push({ path: [...at, "secret"], message });
  }
  if ("signed" in verify && verify.timestamp === undefined && /\{ts\}/.test(verify.signed))
    faults.push({ path: [...at, "signed"], message: '"{ts}" is the text at `timestamp`, which is missing' });
  return faults;
}
