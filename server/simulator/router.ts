import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import { control } from "./control/control";
import { type Fault, strike } from "./control/state";
import { note } from "./control/stats";
import { BadRequest, type Exchange, sendBytes, sendJson } from "./exchange";
import { hubspotApi } from "./hubspot/api";
import { sendProblem } from "./hubspot/problems";
import { consent } from "./oauth/consent";
import { AUTHORIZE_PATH, CONSENT_PATH, SESSION_COOKIE, TOKEN_PATH } from "./oauth/provider";
import { sandboxApi } from "./sandbox/api";
import { errorPage } from "./screen/error-page";
import { sendPage } from "./screen/layout";
import { screen } from "./screen/screen";
import type { Simulation } from "./simulation";

const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/** Answers every request of the simulator. The first path segment is the virtual host. */
export function createRouter(sim: Simulation, provider: Provider): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  const oauth = provider.callback();
  let tokenQueue: Promise<unknown> = Promise.resolve();

  /** One token request at a time: a refresh token spent twice at once has to raise the alarm like one spent twice in a row. */
  function token(x: Exchange): Promise<void> {
    const turn = tokenQueue.then(() => oauth(x.req, x.res));
    tokenQueue = turn.catch(() => undefined);
    return turn;
  }

  async function site(x: Exchange, pathname: string): Promise<void> {
    dropSession(x.req);
    if (pathname.startsWith(`${CONSENT_PATH}/`)) return consent(sim, provider, x);
    if (!pathname.startsWith(AUTHORIZE_PATH)) return sendPage(x, 404, errorPage("Not found", "There is nothing at this address."));
    if (pathname === AUTHORIZE_PATH) x.req.url = `${pathname}?${fromHubspot(x.query)}`;
    return oauth(x.req, x.res);
  }

  async function dispatch(x: Exchange, pathname: string): Promise<void> {
    switch (x.host) {
      case "app.hubspot.com":
        return site(x, pathname);
      case "api.hubapi.com":
        return pathname === TOKEN_PATH ? token(x) : hubspotApi(sim, x);
      case "api.sandbox-crm.example":
        return sandboxApi(sim, x);
      default:
        if (!(await control(sim, x, pathname))) await screen(sim, x, pathname);
    }
  }

  return async (req, res) => {
    const startedAt = performance.now();
    const host = req.headers.host ?? "";
    const address = `http://${host}${req.url ?? "/"}`;
    if (!LOOPBACK_HOST.test(host) || !URL.canParse(address)) {
      res.writeHead(421).end("This simulator answers only to addresses on this machine.\n");
      return;
    }
    const url = new URL(address);
    const x = openExchange(req, res, url);
    if (x.host.startsWith("api.")) res.once("close", () => record(sim, x, performance.now() - startedAt));
    try {
      if (sim.controls.clockAheadMs !== 0) res.setHeader("date", new Date(Date.now() + sim.controls.clockAheadMs).toUTCString());
      if (x.host.startsWith("api.") && (await misbehave(sim, x))) return;
      await dispatch(x, url.pathname);
    } catch (error) {
      fail(x, error);
    }
  };
}

function openExchange(req: IncomingMessage, res: ServerResponse, url: URL): Exchange {
  const slash = url.pathname.indexOf("/", 1);
  const host = url.pathname.slice(1, slash === -1 ? undefined : slash);
  const path = slash === -1 ? "/" : url.pathname.slice(slash);
  return {
    req,
    res,
    method: req.method ?? "GET",
    host,
    path,
    query: url.searchParams,
    origin: url.origin,
    quirk: null,
    truncate: false,
    instead: null,
  };
}

function record(sim: Simulation, x: Exchange, ms: number): void {
  sim.stats.bytes += Number(x.res.getHeader("content-length") ?? 0);
  note(sim.stats, {
    at: Date.now(),
    method: x.method,
    path: `/${x.host}${x.path}`,
    status: x.res.statusCode,
    ms: Math.round(ms * 10) / 10,
  });
}

/** HubSpot's dialect of an authorization request in the words of the standard. */
function fromHubspot(query: URLSearchParams): URLSearchParams {
  const params = new URLSearchParams(query);
  if (!params.has("response_type")) params.set("response_type", "code"); // HubSpot knows no other and does not ask for it
  const optional = params.get("optional_scope");
  if (optional) params.set("scope", `${params.get("scope") ?? ""} ${optional}`.trim());
  params.delete("optional_scope");
  return params;
}

/** Every authorization starts without a session: whom to connect is asked each time, and two windows do not mix. */
function dropSession(req: IncomingMessage): void {
  const kept = (req.headers.cookie ?? "").split(/;\s*/).filter((cookie) => !cookie.startsWith(SESSION_COOKIE));
  req.headers.cookie = kept.join("; ");
}

/** Plays the scripted latency and fault of this request; true when it was answered (or left hanging) by it. */
async function misbehave(sim: Simulation, x: Exchange): Promise<boolean> {
  if (sim.controls.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, sim.controls.latencyMs));
  const fault = strike(sim.controls, `/${x.host}${x.path}`, x.method);
  if (!fault) return false;
  if (!fault.after) return act(x, fault);
  x.instead = () => void act(x, fault);
  return false;
}

/** Plays a fault; true when it was the answer (or left the caller without one). */
function act(x: Exchange, fault: Fault): boolean {
  const retry = fault.retryAfter === null ? {} : { "retry-after": fault.retryAfter };
  switch (fault.kind) {
    case "hang":
      return true;
    case "reset":
      x.req.socket.resetAndDestroy();
      return true;
    case "html200":
      sendBytes(x, 200, Buffer.from(errorPage("We'll be right back", "The site is down for maintenance.")), {
        "content-type": "text/html",
      });
      return true;
    case "status":
      sendProblem(x, fault.status, fault.status === 429 ? "RATE_LIMITS" : "INTERNAL_ERROR", "A fault scripted for a test.", {}, retry);
      return true;
    case "invalid_grant":
      sendJson(x, 400, {
        error: "invalid_grant",
        error_description: "grant request is invalid",
        status: "BAD_REFRESH_TOKEN",
        message: "missing or invalid refresh token",
      });
      return true;
    case "truncate":
      x.truncate = true;
      return false;
    case "empty":
    case "cursor_loop":
      x.quirk = fault.kind;
      return false;
  }
}

function fail(x: Exchange, error: unknown): void {
  if (x.res.headersSent) {
    x.res.destroy();
    return;
  }
  if (error instanceof BadRequest) sendPage(x, 400, errorPage("That did not work", error.message));
  else sendProblem(x, 500, "INTERNAL_ERROR", "internal error", { detail: error instanceof Error ? error.message : String(error) });
}
