import { type ApiCtx, authenticateApiKey } from "#server/auth/api-key";
import { requestIdOf } from "#server/auth/request";
import type { Database } from "#server/db/client";
import { manifestSchemaText } from "#server/domains/connectors/manifest-schema";
import type { Deps } from "#server/lib/context";
import { AppError, isAppError } from "#server/lib/errors";
import { FinishedJson } from "#server/lib/finished-json";
import { addressOf, type Reply, type RestCall, toResponse } from "./call";
import { docsPage } from "./docs-page";
import { type Answered, idempotencyKeyOf, once } from "./once";
import { openApiText } from "./openapi";
import { type Operation, scopeOf } from "./operation";
import { noSuchPath, problemReply } from "./problem";
import { createRateLimit, RATE } from "./rate-limit";
import { BodyTooLarge, readInput } from "./read-input";
import { matchOperation } from "./routes";

/** Pages that need no key. */
function publicPage(request: RestCall, pathname: string): Reply | null {
  if (request.method !== "GET" && request.method !== "HEAD") return null;
  if (pathname === "/v1/openapi.json") return { status: 200, headers: { "content-type": "application/json" }, body: openApiText() };
  if (pathname === "/v1/manifest.schema.json") {
    const open = { "access-control-allow-origin": "*", "cache-control": "public, max-age=300" };
    return { status: 200, headers: { "content-type": "application/schema+json", ...open }, body: manifestSchemaText() };
  }
  if (pathname !== "/v1/docs") return null;
  const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
  return { status: 200, headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy }, body: docsPage() };
}

const limits = new WeakMap<Database, ReturnType<typeof createRateLimit>>();

/** Counts the call against its key; `quota_exceeded` when it comes too soon. The headers say how the key stands, either way. */
function countCall(ctx: ApiCtx, headers: Record<string, string>): void {
  const take = limits.get(ctx.db) ?? createRateLimit();
  limits.set(ctx.db, take);
  const { ok, remaining, resetMs } = take(ctx.actor.apiKeyId, performance.now());
  headers["ratelimit-limit"] = String(RATE.burst);
  headers["ratelimit-remaining"] = String(remaining);
  headers["ratelimit-reset"] = String(Math.ceil(resetMs / 1_000));
  if (ok) return;
  const message = `This key makes more than ${RATE.perSecond} calls a second. Wait as long as Retry-After says; larger pages and \`wait\` need fewer calls.`;
  throw new AppError("quota_exceeded", message, { retryAfterMs: resetMs });
}

function checkScope(ctx: ApiCtx, operation: Operation): void {
  const scope = scopeOf(operation);
  if (ctx.scopes.includes(scope)) return;
  const held = ctx.scopes.map((one) => `\`${one}\``).join(", ");
  throw new AppError(
    "forbidden",
    `This needs a key with the scope \`${scope}\`; this key has ${held}. Create one in the dashboard under API keys.`,
  );
}

/** Refuses a path that is not there and a method that it does not take. */
function refuse(request: RestCall, pathname: string, allowed: string[], requestId: string): Reply {
  if (allowed.length === 0) return noSuchPath(pathname, requestId);
  const message = `${pathname} takes ${allowed.join(" or ")}, not ${request.method}.`;
  const reply = problemReply(new AppError("invalid", message), requestId, { status: 405 });
  reply.headers["allow"] = allowed.map((method) => (method === "GET" ? "GET, HEAD" : method)).join(", ");
  return reply;
}

/** Whether the caller names Markdown before JSON, or Markdown alone. */
function prefersMarkdown(request: RestCall): boolean {
  const kinds = (request.headers.get("accept") ?? "").split(",").map((kind) => kind.split(";")[0]?.trim().toLowerCase());
  const json = kinds.indexOf("application/json");
  const text = kinds.indexOf("text/markdown");
  return text !== -1 && (json === -1 || text < json);
}

async function answer(
  deps: Deps,
  request: RestCall,
  requestId: string,
  pathname: string,
  standing: Record<string, string>,
): Promise<Reply> {
  const found = matchOperation(request.method, pathname);
  if ("allowed" in found) return refuse(request, pathname, found.allowed, requestId);
  const { operation, params } = found;
  const ctx = await authenticateApiKey(deps, request, requestId);
  countCall(ctx, standing);
  checkScope(ctx, operation);
  const key = operation.method === "POST" ? idempotencyKeyOf(request) : null;
  const input = await readInput(operation.input, request, params);
  const asText = operation.markdown && prefersMarkdown(request) ? operation.markdown : null;
  const kind = asText ? "text/markdown; charset=utf-8" : "application/json";
  const work = async (): Promise<Answered> => {
    const result = await operation.run({ ...ctx, callKey: key }, input as never, request.signal);
    if (operation.output === null) return { status: 204, body: "" };
    return {
      status: operation.isPending?.(result as never) ? 202 : (operation.status ?? 200),
      body: asText ? asText(result as never) : result instanceof FinishedJson ? result.json : JSON.stringify(result),
    };
  };
  const respond = ({ status, body }: Answered, more: Record<string, string> = {}): Reply => {
    const headers = { "cache-control": "no-store", "x-request-id": requestId, ...(operation.markdown ? { vary: "accept" } : {}), ...more };
    return status === 204 ? { status, headers, body: null } : { status, headers: { "content-type": kind, ...headers }, body };
  };
  if (key === null) return respond(await work());
  return once(ctx, { key, request: JSON.stringify([operation.id, input]) }, respond, work);
}

function failed(deps: Deps, error: unknown, requestId: string, path: string): Reply {
  if (error instanceof BodyTooLarge)
    return problemReply(new AppError("invalid", "The body is larger than 1 MiB."), requestId, { status: 413 });
  if (!isAppError(error)) deps.log.error({ err: error, requestId, path }, "request failed");
  return problemReply(error, requestId);
}

/** The answer to HEAD: what GET would have said of its body, without it. */
const headOnly = ({ status, headers, body }: Reply): Reply => ({
  status,
  headers: { ...headers, "content-length": String(Buffer.byteLength(body ?? "")) },
  body: null,
});

/**
 * The public API, `/v1/…`: any request in, an answer out, never a throw. Errors are `application/problem+json` with the
 * request id; what is unknown is logged and told as `platform_error`.
 */
export async function answerRest(deps: Deps, request: RestCall): Promise<Reply> {
  const requestId = requestIdOf(request);
  const { pathname } = addressOf(request.url);
  const standing: Record<string, string> = {};
  let reply: Reply;
  try {
    reply = publicPage(request, pathname) ?? (await answer(deps, request, requestId, pathname, standing));
  } catch (error) {
    reply = failed(deps, error, requestId, pathname);
  }
  reply = { ...reply, headers: { "x-request-id": requestId, ...reply.headers, ...standing } };
  return request.method === "HEAD" ? headOnly(reply) : reply;
}

/** {@link answerRest} between web-standard ends. */
export const handleRest = async (deps: Deps, request: Request): Promise<Response> => toResponse(await answerRest(deps, request));
