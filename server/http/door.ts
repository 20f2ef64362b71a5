import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { requestIdOf } from "#server/auth/request";
import type { Env } from "#server/env";
import type { Deps } from "#server/lib/context";
import { answerRest } from "#server/rest/handle-rest";
import { isOperation } from "#server/rest/routes";
import { otherHost } from "./demo-request";
import { healthResponse } from "./health";
import { answerCall, isIngress } from "./ingress";
import { sendReply, sendWebResponse, toCall } from "./web-request";

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** Headers that suit any page. */
function secure({ origin }: Env, url: string): Record<string, string> {
  // Where a sign-in comes back to has a code in its address, which no other site may see.
  const policy = url.startsWith("/connect/") ? "no-referrer" : "strict-origin-when-cross-origin";
  return {
    "x-content-type-options": "nosniff",
    "referrer-policy": policy,
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    ...(origin.startsWith("https:") ? { "strict-transport-security": "max-age=31536000; includeSubDomains" } : {}),
  };
}

/** Whether the API answers there. Under /v1/ there are files too (the widget, icons): those are Next's, and have an ending. */
const isApi = (path: string): boolean => path.startsWith("/v1/") && (!/\.\w+$/.test(path) || isOperation(path));

/** What else the door answers itself, or null: then it is Next's. */
function ownAnswer(deps: Deps, env: Env, incoming: IncomingMessage, path: string): Promise<Response> | null {
  if (path === "/api/health" && incoming.method === "GET") return healthResponse(deps);
  const elsewhere = otherHost(env, incoming.headers.host ?? "", incoming.url ?? "/");
  if (elsewhere) return Promise.resolve(new Response(null, { status: 307, headers: { location: elsewhere, "cache-control": "no-store" } }));
  return null;
}

async function other(deps: Deps, env: Env, incoming: IncomingMessage, outgoing: ServerResponse, next: Handler): Promise<void> {
  const url = incoming.url ?? "/";
  const path = url.split("?", 1)[0] ?? "/";
  const common = secure(env, url);
  if (isApi(path)) return sendReply(outgoing, await answerRest(deps, toCall(incoming, outgoing)), common);
  outgoing.setHeader("x-request-id", String(incoming.headers["x-request-id"]));
  for (const [name, value] of Object.entries(common)) outgoing.setHeader(name, value);
  const answer = ownAnswer(deps, env, incoming, path);
  return answer === null ? next(incoming, outgoing) : sendWebResponse(outgoing, await answer);
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
