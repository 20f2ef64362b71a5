import type { Manifest } from "#server/runtime/manifest";
import { fitsText, fitsValue, hasHole, settled, type Told, without } from "./template";
import { isLoose, type Protocol, readBody, wireTemplate } from "./wire";

/** A request by the third party's own address. */
export type Call = { method: string; url: URL; headers: Readonly<Record<string, string>>; body: string };
/** What is answered; a tree is written in the protocol of the role. */
export type Said = { status?: number; tree?: unknown; headers?: Record<string, string>; empty?: boolean; role?: string; bytes?: Buffer };

type Request = {
  method: string;
  host?: string | undefined;
  path: string;
  query?: Readonly<Record<string, string>> | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  body?: unknown;
};
type Place = { in: "query" | "body" | "header"; name: string; template?: string | undefined; repeat?: boolean | undefined };
/** A place besides the template, and the hole it stands for. */
export type Spot = Place & { as: string; required: boolean };

/** One thing that a manifest asks for. */
export type Role = {
  name: string;
  request: Request;
  protocol: Protocol;
  spots: readonly Spot[];
  /** Holes that each request fills; all others are the connection's. */
  own: ReadonlySet<string>;
  answer(told: Told, call: Call): Said;
  /** Of requests that look alike, whether this one is about what this role knows. */
  mine?(told: Told): boolean;
};

export type Ground = {
  manifest: Manifest;
  base: string;
  /** Base URLs of further hosts, by name. */
  hosts: Readonly<Record<string, string>>;
  known: Readonly<Record<string, string>>;
  /** Parameters that belong to the credential. */
  credentialQuery: ReadonlySet<string>;
  /** Body paths that belong to the credential. */
  credentialBody: readonly string[];
};

const encodeAll = (known: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(known).map(([name, value]) => [name, value.split("/").map(encodeURIComponent).join("/")]));

/** The template of an address as it is written in one: our holes stay. */
function addressOf(role: Role, { base, hosts, known }: Ground): { host: string; path: string; query: [string, string][] } {
  const holes: string[] = [];
  const own = settled(role.request.path, encodeAll(known), role.own);
  const marked = own.replace(/\{[^{}\s]+\}/g, (hole) => `zzhole${holes.push(hole) - 1}zz`);
  const { host: named } = role.request;
  const url = new URL((named === undefined ? base : (hosts[named] ?? base)) + marked);
  const back = (text: string) => text.replace(/zzhole(\d+)zz/g, (_, n) => holes[Number(n)] ?? "");
  return { host: url.host, path: back(url.pathname), query: [...url.searchParams].map(([name, text]) => [name, back(text)]) };
}

const holeOf = ({ template, as }: Spot): string => (template ?? "{value}").replace("{value}", as === "from-to" ? "{from}-{to}" : `{${as}}`);

/** Whether what stands at a place is as declared. */
function spotFault(spot: Spot, text: string | undefined, told: Told): string | null {
  if (text === undefined) return spot.required ? `"${spot.name}" is missing` : null;
  return fitsText(holeOf(spot), text, told) ? null : `"${spot.name}" is "${text}", which is not as declared`;
}

function textFault(name: string, template: string, text: string | undefined, told: Told): string | null {
  if (text === undefined && hasHole(template)) return null;
  return text !== undefined && fitsText(template, text, told) ? null : `"${name}" is "${text}" and not "${template}"`;
}

/** Parameters by template. Under the name `...` a connection, or whoever asks, brings some of their own along. */
function queryTemplates(role: Role, ground: Ground, fixed: [string, string][]): { templates: [string, string][]; open: boolean } {
  const given = Object.entries(settled(role.request.query ?? {}, ground.known, role.own));
  const own = given.filter(([name, text]) => name === "..." && !hasHole(text)).flatMap(([, text]) => [...new URLSearchParams(text)]);
  const templates: [string, string][] = [...fixed, ...given.filter(([name]) => name !== "..."), ...own];
  return { templates, open: given.some(([name, text]) => name === "..." && hasHole(text)) };
}

function queryFault(role: Role, ground: Ground, fixed: [string, string][], call: Call, told: Told): string | null {
  const { templates, open } = queryTemplates(role, ground, fixed);
  const spots = role.spots.filter((one) => one.in === "query");
  const left = [...call.url.searchParams].filter(([name]) => !ground.credentialQuery.has(name));
  const claim = (name: string): string | undefined => {
    const at = left.findIndex((one) => one[0] === name);
    return at < 0 ? undefined : left.splice(at, 1)[0]?.[1];
  };
  const claimAll = (name: string): string | undefined => {
    const found: string[] = [];
    for (let one = claim(name); one !== undefined; one = claim(name)) found.push(one);
    return found.length === 0 ? undefined : found.join(",");
  };
  const faults = [
    ...spots.map((spot) => spotFault(spot, spot.repeat ? claimAll(spot.name) : claim(spot.name), told)),
    ...templates
      .filter(([name]) => !spots.some((spot) => spot.name === name))
      .map(([name, text]) => textFault(name, text, claim(name), told)),
    left.length === 0 || open ? null : `"${left[0]?.[0]}" is unknown`,
  ];
  const fault = faults.find((one) => one !== null);
  return fault ? `the parameter ${fault}` : null;
}

function headerFault(role: Role, ground: Ground, call: Call, told: Told): string | null {
  const wanted = settled({ ...ground.manifest.http.headers, ...role.request.headers }, ground.known, role.own);
  const faults = [
    ...Object.entries(wanted).map(([name, template]) => textFault(name, template, call.headers[name.toLowerCase()], told)),
    ...role.spots.filter((one) => one.in === "header").map((spot) => spotFault(spot, call.headers[spot.name.toLowerCase()], told)),
  ];
  const fault = faults.find((one) => one !== null);
  return fault ? `the header ${fault}` : null;
}

/** What a body should be, our holes in it; undefined for none. The document of a GraphQL request has braces of its own. */
function bodyTemplate(role: Role, ground: Ground): unknown {
  const { body, method } = role.request;
  const spots = role.spots.some((one) => one.in === "body");
  const wanted = body === undefined && method === "POST" && spots ? {} : body;
  const own = settled(wanted, ground.known, role.own);
  return role.protocol.type === "graphql" && typeof own === "object" ? { ...own, query: (wanted as { query?: unknown }).query } : own;
}

function bodySpotFault(spot: Spot, found: unknown, told: Told): string | null {
  if (found === undefined || spot.template !== undefined) return spotFault(spot, found === undefined ? undefined : String(found), told);
  told.set(spot.as, found);
  return null;
}

const isNothing = (body: unknown): boolean => body === undefined || body === "" || JSON.stringify(body) === "{}";

/** Compares documents as texts: nothing in them is a hole, unless all of it is one. */
function documentFault(template: unknown, value: unknown, told: Told): string | null {
  const [mine, theirs] = [template as { query?: unknown }, value as { query?: unknown }];
  const [, hole] = /^\{([a-z]\w*)\}$/.exec(String(mine.query)) ?? [];
  if (hole !== undefined) told.set(hole, theirs.query);
  else if (mine.query !== theirs.query) return "it is another query";
  delete mine.query;
  delete theirs.query;
  return null;
}

function bodyFault(role: Role, ground: Ground, call: Call, told: Told): string | null {
  const read = readBody(role.protocol, call.body, call.headers["content-type"] ?? "");
  if (read === null) return `the body is not ${role.protocol.type}`;
  const template = bodyTemplate(role, ground);
  if (template === undefined) return isNothing(read.body) ? null : "there is a body";
  const spots = role.spots.filter((one) => one.in === "body");
  const bare = without(wireTemplate(role.protocol, template), read.body ?? {}, [
    ...spots.map((spot) => spot.name),
    ...ground.credentialBody,
  ]);
  const placed = spots.map((spot) => bodySpotFault(spot, bare.taken[spot.name], told)).find((one) => one !== null);
  if (placed) return `of the body, ${placed}`;
  const document = role.protocol.type === "graphql" ? documentFault(bare.template, bare.value, told) : null;
  return document ?? (fitsValue(bare.template, bare.value, told, { loose: isLoose(role.protocol) }) ? null : "the body is another one");
}

const HOLE = /\{\+?([A-Za-z][^{}|\s"',:]*)(?:\|[a-z0-9_]+)*\}/g;

/** A hole that neither the connection fills nor the request: whatever stands there proves nothing. */
function strayHole({ request, protocol, own }: Role, { known }: Ground): string | null {
  const { path, query, headers, body } = request;
  const document = protocol.type === "graphql" && typeof body === "object" && body !== null;
  const sent = JSON.stringify([path, query, headers, document ? { ...body, query: null } : body]);
  for (const [hole, name = ""] of sent.matchAll(HOLE))
    if (!own.has(name.split(".", 1)[0] ?? "") && !Object.hasOwn(known, name)) return hole;
  return null;
}

/** What a request told, when it is this one; else how it differs. `near`: at the same address. */
export function fitsRole(role: Role, ground: Ground, call: Call): { told: Told } | { fault: string; near: boolean } {
  const told: Told = new Map();
  const stray = strayHole(role, ground);
  if (stray !== null) return { fault: `of ${role.name}, "${stray}" is filled by nothing`, near: true };
  if (call.method !== role.request.method) return { fault: `the method is ${call.method}`, near: false };
  const { host, path, query } = addressOf(role, ground);
  if (call.url.host !== host) return { fault: `the host is ${call.url.host}`, near: false };
  if (!fitsText(path, call.url.pathname, told, { part: "[^/]*?", decode: decodeURIComponent }))
    return { fault: "the path is another one", near: false };
  const fault = queryFault(role, ground, query, call, told) ?? headerFault(role, ground, call, told) ?? bodyFault(role, ground, call, told);
  return fault === null ? { told } : { fault, near: true };
}
