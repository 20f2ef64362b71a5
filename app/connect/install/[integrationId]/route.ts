import { PAGE_HEADERS, pageAnswer } from "#components/embed/callback-answer";
import { type CallbackStatus, callbackPage } from "#components/embed/callback-page";
import { installBrowser, keepInBrowser } from "#server/auth/install-browser";
import { integrationCtx } from "#server/auth/integration-ctx";
import { getDeps } from "#server/deps";
import { beginInstall } from "#server/domains/claims/begin-install";
import { findLook } from "#server/domains/environments/find-look";
import { isAppError } from "#server/lib/errors";
import type { IntegrationId } from "#server/lib/ids";
import { createRateLimit } from "#server/rest/rate-limit";
import { languageOf } from "#server/words/languages";
import { sayIn } from "#server/words/messages";

export const dynamic = "force-dynamic";

type Context = { params: Promise<{ integrationId: string }> };

/** Each call writes a row, and nobody has to be known for it. */
const mayBegin = createRateLimit({ perSecond: 5, burst: 100 });

/** Where a third party's own store sends a browser that installs the vendor's app there: on to the third party's consent, at once. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  if (request.headers.get("sec-purpose")?.includes("prefetch")) return new Response(null, { status: 503, headers: PAGE_HEADERS });
  const integrationId = (await params).integrationId as IntegrationId;
  const deps = getDeps();
  const url = new URL(request.url);
  const nonce = crypto.randomUUID().replaceAll("-", "");
  const look = await findLook(deps, { integrationId }).catch(() => null);
  const say = sayIn(languageOf(null, request.headers.get("accept-language")), look?.words);
  const show = (status: CallbackStatus, code: number) => pageAnswer(callbackPage({ status, look, nonce, say, proof: null }), nonce, code);
  const { origin } = deps.config;
  // The consent comes back to our own origin: what the browser keeps has to be kept there.
  if (new URL(origin).host !== request.headers.get("host"))
    return new Response(null, { status: 303, headers: { ...PAGE_HEADERS, Location: `${origin}${url.pathname}${url.search}` } });
  try {
    const ctx = await integrationCtx(deps, { integrationId, requestId: crypto.randomUUID() });
    if (!ctx) return show("uninstalled", 404);
    if (!mayBegin(integrationId, performance.now()).ok) return show("broken", 429);
    const begun = await beginInstall(ctx, {
      integrationId,
      params: Object.fromEntries(url.searchParams),
      browser: installBrowser(request),
    });
    const headers = { ...PAGE_HEADERS, Location: begun.url, "Set-Cookie": keepInBrowser(begun.browser, origin) };
    return new Response(null, { status: 303, headers });
  } catch (error) {
    if (!isAppError(error)) deps.log.error({ err: error, integrationId }, "an installation could not be begun");
    else deps.log.info({ integrationId, code: error.code, detail: error.message }, "an installation was refused");
    return show("uninstalled", isAppError(error) && error.code === "not_found" ? 404 : isAppError(error) ? 400 : 503);
  }
}

/** Looking at the headers changes nothing. */
export function HEAD(): Response {
  return new Response(null, { status: 200, headers: PAGE_HEADERS });
}
