import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { requestIdOf } from "#server/auth/request";
import type { Env } from "#server/env";
import type { Deps } from "#server/lib/context";
import { handleRest } from "#server/rest/handle-rest";
import { isOperation } from "#server/rest/routes";
import { otherHost } from "./demo-request";
import { healthResponse } from "./health";
import { answerCall, isIngress } from "./ingress";
import { sendWebResponse, toWebRequest } from "./web-request";

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

function secure(incoming: IncomingMessage, outgoing: ServerResponse, env: Env): void {
  outgoing.setHeader("x-content-type-options", "nosniff");
  // Where a sign-in comes back to has a code in its address, which no other site may see.
  const signIn = incoming.url?.startsWith("/connect/") ?? false;
  outgoing.setHeader("referrer-policy", signIn ? "no-referrer" : "strict-origin-when-cross-origin");
  outgoing.setHeader("permissions-policy", "camera=(), geolocation=(), microphone=()");
  if (env.origin.startsWith("https:")) outgoing.setHeader("strict-transport-security", "max-age=31536000; includeSubDomains");
}

/** What the door answers itself, or null: then it is Next's. */
function ownAnswer(deps: Deps, env: Env, incoming: IncomingMessage, outgoing: ServerResponse): Promise<Response> | null {
  const url = incoming.url ?? "/";
  const path = url.split("?", 1)[0] ?? "/";
  if (path === "/api/health" && incoming.method === "GET") return healthResponse(deps);
  // Under /v1/ there are files too (the widget, icons): those are Next's, and have an ending.
  if (path.startsWith("/v1/") && (isOperation(path) || !/\.\w+$/.test(path)))
    return handleRest(deps, toWebRequest(incoming, outgoing, env.origin));
  const elsewhere = otherHost(env, incoming.headers.host ?? "", url);
  if (elsewhere) return Promise.resolve(new Response(null, { status: 307, headers: { location: elsewhere, "cache-control": "no-store" } }));
  return null;
}

function other(deps: Deps, env: Env, incoming: IncomingMessage, outgoing: ServerResponse, next: Handler): Promise<void> {
  outgoing.setHeader("x-request-id", String(incoming.headers["x-request-id"]));
  secure(incoming, outgoing, env);
  const answer = ownAnswer(deps, env, incoming, outgoing);
  return answer === null ? next(incoming, outgoing) : answer.then((response) => sendWebResponse(outgoing, response));
}

/**
 * The lean door: calls of third parties, health and the public API are answered straight from their operations, at a tenth of what a request
 * through Next costs; all else goes to `next`. Every answer has a request id and the headers that suit any page.
 */
export function createDoor(deps: Deps, env: Env, next: Handler): RequestListener {
  return (incoming, outgoing) => {
    const requestId = requestIdOf({ headers: { get: (name) => String(incoming.headers[name] ?? "") || null } });
    incoming.headers["x-request-id"] = requestId;
    const done = isIngress(incoming.url ?? "/") ? answerCall(deps, incoming, outgoing) : other(deps, env, incoming, outgoing, next);
    done.catch((error: unknown) => {
      deps.log.error({ err: error, requestId, path: incoming.url?.split("?", 1)[0] }, "a request could not be answered");
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(500, { "content-type": "text/plain" }).end(`Something went wrong on our side. Request ${requestId}.`);
    });
  };
}
