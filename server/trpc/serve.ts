import type { TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import type { Deps } from "#server/lib/context";
import { createEmbedContext } from "./embed/context";
import { embedRouter } from "./embed/router";
import { describeError } from "./errors";
import { createVendorContext } from "./vendor/context";
import { vendorRouter } from "./vendor/router";

type Failed = { error: TRPCError; path: string | undefined; ctx: { requestId: string } | undefined };

/** What nobody expected goes to the log with its cause; the caller only gets the request id. */
const reportTo =
  (deps: Deps) =>
  ({ error, path, ctx }: Failed) => {
    const requestId = ctx?.requestId ?? "unknown";
    if (describeError(error, "vendor", requestId).code !== "platform_error") return;
    deps.log.error({ err: error.cause ?? error, path, requestId }, "a procedure failed unexpectedly");
  };

const withRequestId = ({ ctx }: { ctx?: { requestId: string } | undefined }) => ({
  headers: new Headers({ "cache-control": "no-store", ...(ctx ? { "x-request-id": ctx.requestId } : {}) }),
});

/** Answers one request of the dashboard, batch or event stream. */
export function serveVendor(deps: Deps, req: Request): Promise<Response> {
  return fetchRequestHandler({
    endpoint: "/api/trpc/vendor",
    req,
    router: vendorRouter,
    createContext: ({ resHeaders }) => createVendorContext(deps, req, resHeaders),
    onError: reportTo(deps),
    responseMeta: withRequestId,
  });
}

/** Answers one request of the marketplace frame, batch or event stream. */
export function serveEmbed(deps: Deps, req: Request): Promise<Response> {
  return fetchRequestHandler({
    endpoint: "/api/trpc/embed",
    req,
    router: embedRouter,
    createContext: ({ resHeaders }) => createEmbedContext(deps, req, resHeaders),
    onError: reportTo(deps),
    responseMeta: withRequestId,
  });
}
