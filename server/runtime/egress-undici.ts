import { Agent, buildConnector } from "undici";
import { AppError } from "#server/lib/errors";
import { isLoopback, isReachable, type Resolver, refusedAddress, vettedLookup } from "./address-guard";
import { decodeBody } from "./decode-body";
import type { Egress, EgressResponse } from "./egress";
import { type Call, exchange } from "./exchange";
import { openExchange } from "./exchange-stream";

export type EgressOptions = {
  /** Development and demo only: 127.0.0.0/8 and ::1 may be reached, over plain http and on any port. */
  allowLoopback: boolean;
  /** Tests only: stands in for the system's resolver. */
  resolve?: Resolver;
};

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_LIMIT_BYTES = 20 * 1024 * 1024;
type Step = { url: URL; method: string; headers: Record<string, string>; body: string | Buffer | undefined };

const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const PORTS: readonly number[] = [443, 8443];
/** What may follow a redirect to another host. Everything else may be a credential. */
const HARMLESS_HEADERS = new Set(["accept", "accept-language", "content-type", "user-agent", "accept-encoding"]);
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Printable Latin-1 and tab: what a header can carry. Above all no line end, which would begin another header. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Set by us alone, so that nobody can speak for another host or turn the connection into something else. */
const OUR_HEADERS = new Set([
  "host",
  "connection",
  "upgrade",
  "transfer-encoding",
  "content-length",
  "keep-alive",
  "te",
  "expect",
  "accept-encoding",
]);

/**
 * Builds the egress over one keep-alive agent. There is no proxy setting and none is read from the environment.
 * The address really connected to is vetted three times: as a literal, in the name lookup, and on the open socket.
 */
export function createEgress({ allowLoopback, resolve }: EgressOptions): Egress {
  const agent = new Agent({
    connect: guardedConnector(allowLoopback, resolve),
    connections: 64,
    pipelining: 1,
    keepAliveTimeout: 10_000,
    keepAliveMaxTimeout: 60_000,
    headersTimeout: 0, // one clock for the whole exchange, kept by `exchange`
    bodyTimeout: 0,
    allowH2: false,
  });

  return async (request) => {
    const started = performance.now();
    const deadline = started + (request.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const limitBytes = request.limitBytes ?? DEFAULT_LIMIT_BYTES;
    let step: Step = {
      url: vetUrl(request.url, allowLoopback, request.ports),
      method: request.method,
      headers: vetHeaders(request.headers),
      body: request.body,
    };
    for (let hops = Math.min(request.redirects ?? 0, MAX_REDIRECTS); ; hops--) {
      const go = request.stream ? openExchange : wholeExchange;
      const answer = await go(agent, { ...step, limitBytes, timeoutMs: deadline - performance.now(), signal: request.signal });
      const location = hops > 0 && REDIRECTS.has(answer.status) ? answer.headers["location"] : undefined;
      if (location === undefined) return { ...answer, url: step.url.href, ms: performance.now() - started };
      step = follow(step, answer.status, vetUrl(new URL(location, step.url).href, allowLoopback, request.ports));
    }
  };
}

/** An exchange whose answer comes whole, unfolded. */
async function wholeExchange(agent: Agent, call: Call): Promise<Omit<EgressResponse, "url" | "ms">> {
  const answer = await exchange(agent, call);
  return { ...answer, body: await decodeBody(answer.body, answer.headers["content-encoding"], call.limitBytes) };
}

/** The next request of a redirect: never down to http, never with a credential to another host, never a body to one. */
function follow(step: Step, status: number, url: URL): Step {
  if (step.url.protocol === "https:" && url.protocol !== "https:") throw refusedAddress(url.host);
  const asGet = status === 303 || (status < 303 && step.method === "POST");
  const method = asGet ? "GET" : step.method;
  const body = asGet ? undefined : step.body;
  if (url.host === step.url.host) return { url, method, body, headers: step.headers };
  if (body !== undefined)
    throw new AppError("provider_invalid_response", `${step.url.host} redirected a request with a body to another host.`);
  const headers = Object.fromEntries(Object.entries(step.headers).filter(([name]) => HARMLESS_HEADERS.has(name)));
  return { url, method, body, headers };
}

function guardedConnector(allowLoopback: boolean, resolve: Resolver | undefined): buildConnector.connector {
  const connect = buildConnector({
    lookup: vettedLookup(allowLoopback, resolve),
    timeout: 5_000,
    allowH2: false,
  } as buildConnector.BuildOptions);
  return (options, done) =>
    connect(options, (...[error, socket]) => {
      if (error) return done(error, null);
      // Trust the open socket, not what was promised about it.
      if (socket.remoteAddress !== undefined && isReachable(socket.remoteAddress, allowLoopback)) return done(null, socket);
      socket.destroy();
      return done(refusedAddress(options.hostname), null);
    });
}

/** Parses once, the way the connection will; throws `config_invalid` for what must not be reached. */
function vetUrl(raw: string, allowLoopback: boolean, further: readonly number[] = []): URL {
  let url: URL;
  try {
    url = new URL(raw);
  } catch (cause) {
    throw new AppError("config_invalid", "Not a URL.", { cause });
  }
  if (url.username !== "" || url.password !== "")
    throw new AppError("config_invalid", `The URL of ${url.host} must not carry a user name or password.`);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isName = !/^[\d.]+$/.test(host) && !host.includes(":"); // the parser has made 0x7f.1 and the like plain already
  const local = allowLoopback && (isName ? /(^|\.)localhost\.?$/.test(host) : isLoopback(host));
  if (!local && url.protocol !== "https:") throw refusedAddress(url.host);
  const port = Number(url.port || 443);
  if (!local && ![...PORTS, ...further].includes(port))
    throw new AppError(
      "config_invalid",
      `"${url.host}" is on a port that is not open: requests go to ${[...PORTS, ...further].join(", ")}.`,
    );
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refusedAddress(url.host);
  if (!isName && !isReachable(host, allowLoopback)) throw refusedAddress(url.host);
  return url;
}

function vetHeaders(given: Record<string, string> = {}): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const key = name.toLowerCase();
    if (OUR_HEADERS.has(key)) continue;
    if (!HEADER_NAME.test(key) || !HEADER_VALUE.test(value))
      throw new AppError("config_invalid", `The header "${key.slice(0, 40)}" holds a character that headers cannot carry.`);
    headers[key] = value;
  }
  headers["user-agent"] ??= "Inlay/1";
  headers["accept-encoding"] = "gzip, br";
  return headers;
}
