import type { Operation } from "./operation";
import { OPERATIONS } from "./operations";

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

export type Match = { operation: Operation; params: Record<string, string> };

/** The operation of a method and path, or the methods the path takes instead. What takes GET takes HEAD, which need not be said. */
export function matchOperation(method: string, pathname: string): Match | { allowed: string[] } {
  const path = pathname.replace(/\/$/, "").split("/");
  const wanted = method === "HEAD" ? "GET" : method;
  const allowed: string[] = [];
  for (const { operation, parts } of ROUTES) {
    const params = paramsOf(parts, path);
    if (params && operation.method === wanted) return { operation, params };
    if (params) allowed.push(operation.method);
  }
  return { allowed };
}

/** Whether this path belongs to the API, with whatever method; files under /v1/ do not. */
export function isOperation(pathname: string): boolean {
  if (pathname === "/v1/openapi.json" || pathname === "/v1/manifest.schema.json" || pathname === "/v1/docs") return true;
  const path = pathname.replace(/\/$/, "").split("/");
  return ROUTES.some(({ parts }) => paramsOf(parts, path) !== null);
}
