import { setTimeout as sleep } from "node:timers/promises";
import type { PageFacts } from "#server/db/schema/streams";
import { AppError, isAppError } from "#server/lib/errors";
import { encodePart, fillUrl, fillWays } from "./auth/fill-url";
import type { Signer } from "./auth/sign";
import { type Egress, type EgressResponse, egressTo } from "./egress";
import { type OpenedFile, openFile } from "./files/open-file";
import type { Packing } from "./files/unpack";
import type { Gate } from "./limits/passage";
import type { Manifest } from "./manifest";
import { fill, put } from "./paths";
import { readAnswer } from "./protocols/answer";
import { acceptOf, encodeBody } from "./protocols/codec";
import type { Protocol } from "./protocols/schema";
import { putQuery } from "./put-query";

/** A credential ready for use: what goes into holes and onto requests. `version` says which one it was. */
export type Grant = {
  version: number;
  values: Record<string, string>;
  /** Of these values the names of those that prove: what is told of a request does not show them. */
  secrets?: readonly string[];
  headers: Record<string, string>;
  query: Record<string, string>;
  /** Put into bodies, by path. */
  body?: Record<string, string>;
  /** Signs what is about to be sent, by the address of the manifest's host. */
  sign?: Signer;
};

export type Grants = {
  /** The grant to use now, renewed when it is about to end. */
  current(): Promise<Grant>;
  /** After a 401: a newer grant than `version`, or `reauth_required`. */
  renew(version: number): Promise<Grant>;
  /** The third party refused even the newest grant: says so on the connection, and returns the error to throw. */
  condemn(version: number, reason: string): Promise<AppError>;
};

export type Outgoing = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** It changes something: what may have been done is not sent again here, and an answer without a body is a fine one. */
  write?: true;
  /** An answer without a body is a fine one. */
  bare?: true;
  /** One of the manifest's further hosts, when not its base URL. */
  host?: string | undefined;
  /** Below the base URL, with holes; when `absolute`, a whole address on the same host. */
  path: string;
  absolute?: boolean;
  /** By name; of a list each is a parameter of its own. */
  query?: Record<string, string | readonly string[]>;
  headers?: Record<string, string> | undefined;
  body?: unknown;
  /** The manifest's when not given. */
  protocol?: Protocol;
  /** Answers that mean "nothing (more)", besides fine ones. */
  ends?: { status: number; path?: string | undefined; equals?: string | number | boolean | undefined }[];
  /** Answers that mean that there is no such list. */
  absent?: Outgoing["ends"];
  /** Answers that mean that the way to this page has run out. */
  expired?: Outgoing["ends"];
  /** Hosts besides the API's own that an absolute address may lead to. They get no credential and no header of ours. */
  foreignHosts?: readonly string[];
  /** The answer is a file of any size, packed so. */
  file?: { packing: Packing | undefined };
  timeoutMs?: number | undefined;
};

/** `url` is the address by the manifest's host, `base` its base URL with the holes filled; `suspicious` = the text may hold characters that JSON columns refuse. */
export type Reply = {
  json: unknown;
  headers: Record<string, string>;
  url: string;
  base?: string;
  suspicious: boolean;
  facts: PageFacts;
  /** A file too long to be taken at once, for whoever asked to read or destroy; `json` is then null. */
  file?: NonNullable<OpenedFile["rest"]>;
  /** The answer was one of those that mean "nothing (more)". */
  ended?: true;
  /** The answer was one of those that mean that there is no such list; it is ended, too. */
  absent?: true;
  /** The answer was one of those that mean that the way to this page has run out. */
  expired?: true;
};
export type Send = (request: Outgoing, signal?: AbortSignal) => Promise<Reply>;

export type SendOptions = {
  egress: Egress;
  manifest: Manifest;
  grants: Grants;
  sandboxOrigin: string | null;
  clock: { now(): Date };
  /** Keeps the third party's limits; without it nobody counts. */
  gate?: Gate;
};

const RETRY_MS = 150;
const LONG_MS = 60_000;
/** Escapes of NUL and of half characters; whole ones (an emoji written as two escapes) are sorted out by who looks closer. */
const SUSPICIOUS = ["\\u0000", "\\ud", "\\uD"];

/** In a test environment with a sandbox, `https://HOST/path` is reached as `<sandboxOrigin>/HOST/path`. */
export function sandboxed(url: string, sandboxOrigin: string | null): string {
  return sandboxOrigin === null ? url : url.replace(/^https:\/\//, `${sandboxOrigin}/`);
}

/** The base URL, or that of one of the further hosts, with its holes filled; what goes into the host can only be part of a host. */
export function baseUrlOf({ name, http }: Manifest, values: Record<string, string>, host?: string): string {
  const base = host === undefined ? http.baseUrl : http.hosts[host];
  if (base === undefined) throw new AppError("config_invalid", `${name} has no host "${host}".`);
  return fillUrl(base, values);
}

/**
 * Sends requests of one connection: puts the credential on, asks for JSON, turns error answers into AppErrors, renews
 * the credential once after a 401, and repeats once, shortly, what failed by network or 5xx: reads, and of writes only what never
 * left. It never waits longer; who called decides about waiting.
 */
export function createSend({ egress: way, manifest, grants, sandboxOrigin, clock, gate }: SendOptions): Send {
  const egress = egressTo(way, manifest);
  const once = (request: Outgoing, grant: Grant, signal: AbortSignal | undefined): Promise<Reply> => {
    const wire = wireOf(request, manifest, grant, sandboxOrigin);
    const go = () => exchange(request, wire, grant, signal);
    if (!gate || wire.foreign) return go();
    const { pathname } = new URL(baseUrlOf(manifest, grant.values, request.host));
    const base = pathname === "/" ? "" : pathname;
    const path = wire.url.pathname;
    return gate({ method: request.method, path: path.startsWith(`${base}/`) ? path.slice(base.length) : path }, go, signal);
  };

  const exchange = async (request: Outgoing, wire: Wire, grant: Grant, signal: AbortSignal | undefined): Promise<Reply> => {
    const protocol = request.protocol ?? manifest.http.protocol;
    const { foreign, ...final } = wire;
    const { body } = final;
    const { url, headers } = grant.sign && !foreign ? grant.sign(final) : final;
    const answer = await egress({
      method: request.method,
      url: sandboxed(url.href, sandboxOrigin),
      headers,
      ...(body === undefined ? {} : { body }),
      ...(signal ? { signal } : {}),
      ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
      ...(request.file ? { stream: true as const } : {}),
    });
    const { body: taken, rest } = await takenOf(request, answer, protocol);
    const known = { manifest, protocol, nowMs: clock.now().getTime() };
    const { json, ...meaning } = rest ? { json: null, file: rest } : readAnswer(request, { ...answer, body: taken }, known);
    const facts = {
      method: request.method,
      path: shownPath(url.pathname, grant),
      status: answer.status,
      ms: Math.round(answer.ms),
      bytes: taken.length,
      retries: 0,
    };
    const suspicious = protocol.type !== "json" || SUSPICIOUS.some((sign) => taken.includes(sign));
    const base = baseUrlOf(manifest, grant.values, request.host);
    return { json, headers: answer.headers, url: url.href, base, suspicious, facts, ...meaning };
  };

  return async (request, signal) => {
    let grant = await grants.current();
    // What may take minutes is asked again by whoever asked, and not while a worker waits for it.
    const long = (request.timeoutMs ?? 0) > LONG_MS;
    const tried = { retries: 0, renewed: false, write: request.write === true, long };
    for (;;) {
      try {
        const reply = await once(request, grant, signal);
        reply.facts.retries = tried.retries;
        return reply;
      } catch (error) {
        grant = await recover(grants, error, grant, tried, signal);
      }
    }
  };
}

/** What to try again with after an error, or the error to throw. */
async function recover(
  grants: Grants,
  error: unknown,
  grant: Grant,
  tried: { retries: number; renewed: boolean; write: boolean; long: boolean },
  signal?: AbortSignal,
): Promise<Grant> {
  if (!isAppError(error)) throw error;
  if (error.code === "reauth_required") {
    if (tried.renewed) throw await grants.condemn(grant.version, error.message);
    tried.renewed = true;
    return grants.renew(grant.version);
  }
  if (error.code !== "provider_unavailable" || error.retryAfterMs !== undefined || tried.retries > 0) throw error;
  if (tried.long) throw error;
  if (tried.write && error.details?.["unsent"] !== true) throw error;
  tried.retries++;
  await sleep(RETRY_MS, undefined, signal ? { signal } : {});
  return grant;
}

/** A path as history may show it: a credential that stands in it by its name. */
const shownPath = (path: string, { values, secrets = [] }: Grant): string =>
  secrets.reduce((shown, name) => {
    const value = encodeURIComponent(values[name] ?? "");
    return value === "" ? shown : shown.replaceAll(value, `{${name}}`);
  }, path);

/** What an answer brings: all of it, or a file that is still to be read. */
const takenOf = async ({ file }: Outgoing, answer: EgressResponse, protocol: Protocol): Promise<OpenedFile> =>
  file ? openFile(answer, { protocol, packing: file.packing }) : { body: answer.body, rest: null };

/** A body with the credential in it, where it goes into bodies. */
function withCredential(body: unknown, parts: Record<string, string> | undefined): unknown {
  if (!parts || typeof body !== "object" || body === null) return body;
  const whole = structuredClone(body) as Record<string, unknown>;
  for (const [path, value] of Object.entries(parts)) put(whole, path, value);
  return whole;
}

const lowerCased = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** An address that an answer gave, whole or below the base URL. */
function nextUrl(given: string, base: string, name: string): URL {
  if (URL.canParse(given, `${base}/`)) return new URL(given, `${base}/`);
  throw new AppError("provider_invalid_response", `${name} sent an address that is none.`);
}

/** The address of a request by the manifest's host. A next address that leaves that host is refused: our credential goes with it. */
function addressOf(request: Outgoing, manifest: Manifest, grant: Grant, sandboxOrigin: string | null): URL {
  const base = baseUrlOf(manifest, grant.values, request.host);
  const origin = new URL(base).origin;
  const inSandbox = sandboxOrigin === null ? null : sandboxed(`${origin}/`, sandboxOrigin);
  const given = request.absolute
    ? inSandbox !== null && request.path.startsWith(inSandbox)
      ? `${origin}/${request.path.slice(inSandbox.length)}`
      : request.path
    : base + fill(fillWays(request.path, grant.values), grant.values, encodePart);
  const url = nextUrl(given, base, manifest.name);
  if (url.origin !== origin)
    throw new AppError("provider_invalid_response", `${manifest.name} sent a next address on another host (${url.host}).`);
  putQuery(url, { ...request.query, ...grant.query });
  return url;
}

type Wire = ReturnType<typeof wireOf>;

/** A request as it goes out, but for its signature. One that leaves for a foreign host carries nothing of ours. */
function wireOf(request: Outgoing, manifest: Manifest, grant: Grant, sandboxOrigin: string | null) {
  const protocol = request.protocol ?? manifest.http.protocol;
  const foreign = foreignAddress(request, sandboxOrigin);
  if (foreign) return { foreign: true, method: request.method, url: foreign, headers: { accept: "*/*" }, body: undefined };
  const written = request.body === undefined ? null : encodeBody(protocol, withCredential(request.body, grant.body), grant.values);
  return {
    foreign: false,
    method: request.method,
    url: addressOf(request, manifest, grant, sandboxOrigin),
    headers: lowerCased({
      accept: acceptOf(protocol),
      ...written?.headers,
      ...manifest.http.headers,
      ...request.headers,
      ...grant.headers,
    }),
    body: written?.text,
  };
}

/** An address on one of the hosts that a request may leave for, or null. */
function foreignAddress({ absolute, path, foreignHosts = [] }: Outgoing, sandboxOrigin: string | null): URL | null {
  if (!absolute || foreignHosts.length === 0 || !URL.canParse(path)) return null;
  const url = new URL(path);
  if (sandboxOrigin !== null && url.origin === new URL(sandboxOrigin).origin) return null;
  const known = foreignHosts.some((host) => (host.startsWith("*.") ? url.hostname.endsWith(host.slice(1)) : url.hostname === host));
  return known && url.protocol === "https:" ? url : null;
}
