import { getTRPCErrorFromUnknown, type TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import superjson from "superjson";
import type { Ctx, Deps } from "#server/lib/context";
import { createEmbedContext } from "./embed/context";
import { embedRouter } from "./embed/router";
import { describeError, toTrpcError } from "./errors";
import type { DoorContext } from "./init";
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

const headersFor = (requestId: string | undefined) =>
  new Headers({ "cache-control": "no-store", ...(requestId === undefined ? {} : { "x-request-id": requestId }) });

const responseMeta = ({ ctx }: { ctx?: { requestId: string } | undefined }) => ({ headers: headersFor(ctx?.requestId) });

/**
 * An event stream begins with status 200 whatever comes of it. So who asks is looked at before: a frame whose token has run
 * out must get a 401, by which it knows to renew. Null = go on.
 */
async function refuseStream(req: Request, ctx: DoorContext<Ctx>): Promise<Response | null> {
  if (!req.headers.get("accept")?.includes("text/event-stream")) return null;
  try {
    await ctx.authenticate();
    return null;
  } catch (thrown) {
    const error = toTrpcError(getTRPCErrorFromUnknown(thrown));
    const inlay = describeError(error, ctx.audience?.() ?? "vendor", ctx.requestId);
    if (inlay.code !== "unauthenticated" && inlay.code !== "forbidden") return null; // the procedure meets it again, and it is logged there
    const httpStatus = getHTTPStatusCodeFromError(error);
    const body = { error: superjson.serialize({ message: inlay.text, data: { code: error.code, httpStatus, inlay } }) };
    return Response.json(body, { status: httpStatus, headers: headersFor(ctx.requestId) });
  }
}

/** Answers one request of the dashboard, batch or event stream. */
export async function serveVendor(deps: Deps, req: Request): Promise<Response> {
  const ctx = createVendorContext(deps, req);
  return (
    (await refuseStream(req, ctx)) ??
    fetchRequestHandler({
      endpoint: "/api/trpc/vendor",
      req,
      router: vendorRouter,
      createContext: ({ resHeaders }) => ({ ...ctx, responseHeaders: resHeaders }),
      onError: reportTo(deps),
      responseMeta,
    })
  );
}

/** Answers one request of the marketplace frame, batch or event stream. */
export async function serveEmbed(deps: Deps, req: Request): Promise<Response> {
  const ctx = createEmbedContext(deps, req);
  return (
    (await refuseStream(req, ctx)) ??
    fetchRequestHandler({
      endpoint: "/api/trpc/embed",
      req,
      router: embedRouter,
      createContext: ({ resHeaders }) => ({ ...ctx, responseHeaders: resHeaders }),
      onError: reportTo(deps),
      responseMeta,
    })
  );
}
