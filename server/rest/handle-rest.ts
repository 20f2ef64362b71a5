import { authenticateApiKey } from "#server/auth/api-key";
import { requestIdOf } from "#server/auth/request";
import type { Deps } from "#server/lib/context";
import { AppError, isAppError } from "#server/lib/errors";
import { docsPage } from "./docs-page";
import { openApiText } from "./openapi";
import type { Operation } from "./operation";
import { OPERATIONS } from "./operations";
import { problemResponse } from "./problem";
import { BodyTooLarge, readInput } from "./read-input";

const ROUTES = OPERATIONS.map((operation) => ({ operation, parts: operation.path.split("/") }));

/** Parameters of `parts` in `path`, or null when it is another path. Wrong percent-encoding is another path. */
function paramsOf(parts: readonly string[], path: readonly string[]): Record<string, string> | null {
  if (parts.length !== path.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of parts.entries()) {
    const given = path[i] ?? "";
    if (part.startsWith("{")) {
      if (given === "") return null;
      try {
        params[part.slice(1, -1)] = decodeURIComponent(given);
      } catch {
        return null;
      }
    } else if (part !== given) return null;
  }
  return params;
}

type Match = { operation: Operation; params: Record<string, string> };

function match(method: string, pathname: string): Match | { allowed: string[] } {
  const path = pathname.replace(/\/$/, "").split("/");
  const allowed: string[] = [];
  for (const { operation, parts } of ROUTES) {
    const params = paramsOf(parts, path);
    if (params && operation.method === method) return { operation, params };
    if (params) allowed.push(operation.method);
  }
  return { allowed };
}

/** Whether this path belongs to the API, with whatever method; files under /v1/ do not. */
export function isOperation(pathname: string): boolean {
  if (pathname === "/v1/openapi.json" || pathname === "/v1/docs") return true;
  const path = pathname.replace(/\/$/, "").split("/");
  return ROUTES.some(({ parts }) => paramsOf(parts, path) !== null);
}

/** Pages that need no key. */
function publicPage(request: Request, pathname: string): Response | null {
  if (request.method !== "GET") return null;
  if (pathname === "/v1/openapi.json") return new Response(openApiText(), { headers: { "content-type": "application/json" } });
  if (pathname === "/v1/docs") {
    return new Response(docsPage(), {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
      },
    });
  }
  return null;
}

async function answer(deps: Deps, request: Request, requestId: string, pathname: string): Promise<Response> {
  const found = match(request.method, pathname);
  if ("allowed" in found) {
    if (found.allowed.length === 0) throw new AppError("not_found", `There is no ${pathname} here. See /v1/docs.`);
    const response = problemResponse(
      new AppError("invalid", `${pathname} takes ${found.allowed.join(" or ")}, not ${request.method}.`),
      requestId,
      405,
    );
    response.headers.set("allow", found.allowed.join(", "));
    return response;
  }
  const { operation, params } = found;
  const ctx = await authenticateApiKey(deps, request, requestId);
  const input = await readInput(operation.input, request, params);
  const result = await operation.run(ctx, input as never, request.signal);
  const headers = { "cache-control": "no-store", "x-request-id": requestId };
  if (operation.output === null) return new Response(null, { status: 204, headers });
  return new Response(JSON.stringify(result), {
    status: operation.status ?? 200,
    headers: { ...headers, "content-type": "application/json" },
  });
}

/**
 * The public API, `/v1/…`: any request in, an answer out, never a throw. Errors are `application/problem+json` with the
 * request id; what is unknown is logged and told as `platform_error`.
 */
export async function handleRest(deps: Deps, request: Request): Promise<Response> {
  const requestId = requestIdOf(request);
  const { pathname } = new URL(request.url);
  try {
    return publicPage(request, pathname) ?? (await answer(deps, request, requestId, pathname));
  } catch (error) {
    if (error instanceof BodyTooLarge) {
      return problemResponse(new AppError("invalid", "The body is larger than 1 MiB."), requestId, 413);
    }
    if (!isAppError(error)) deps.log.error({ err: error, requestId, path: pathname }, "request failed");
    return problemResponse(error, requestId);
  }
}
