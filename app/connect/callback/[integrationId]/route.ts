import { after } from "next/server";
import { PAGE_HEADERS, pageAnswer } from "#components/embed/callback-answer";
import { type CallbackPage, type CallbackStatus, callbackPage } from "#components/embed/callback-page";
import { customerOfTicket } from "#server/auth/customer-of-ticket";
import { installBrowser } from "#server/auth/install-browser";
import { integrationCtx } from "#server/auth/integration-ctx";
import { getDeps } from "#server/deps";
import { type InstallResult, receiveInstall } from "#server/domains/claims/receive-install";
import { awaitTaken } from "#server/domains/connections/await-taken";
import { confirmCallback } from "#server/domains/connections/confirm-callback";
import { finalizeAuthorization } from "#server/domains/connections/finalize-authorization";
import type { Callback } from "#server/domains/connections/read-return";
import { receiveCallback } from "#server/domains/connections/receive-callback";
import { findLook } from "#server/domains/environments/find-look";
import { frameOf } from "#server/domains/environments/find-own-origin";
import type { Deps } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import type { IntegrationId } from "#server/lib/ids";
import { languageOf } from "#server/words/languages";
import { sayIn } from "#server/words/messages";

export const dynamic = "force-dynamic";

type Context = { params: Promise<{ integrationId: string }> };

/** The window is read by the marketplace that opened it, which sees its own origin only: it is led there. Nothing is spent here. */
async function atItsFrame(deps: Deps, request: Request, query: URLSearchParams): Promise<Response | null> {
  const frame = await frameOf(deps, { state: query.get("state") ?? "" });
  if (frame === null || new URL(frame).host === request.headers.get("host")) return null;
  return new Response(null, { status: 303, headers: { ...PAGE_HEADERS, Location: `${frame}${new URL(request.url).pathname}?${query}` } });
}

/** What came of an installation from the third party's side, if it is one that came back. */
async function atInstall(deps: Deps, request: Request, callback: Callback): Promise<InstallResult | null> {
  const ctx = await integrationCtx(deps, { integrationId: callback.integrationId, requestId: crypto.randomUUID() });
  return ctx && receiveInstall(ctx, { ...callback, browser: installBrowser(request) });
}

function installedAnswer(installed: InstallResult, show: (status: CallbackStatus, code: number) => Response): Response {
  if (installed.status !== "installed") return show(installed.status === "failed" ? "uninstalled" : installed.status, 200);
  if (installed.url === null) return show("elsewhere", 200);
  return new Response(null, { status: 303, headers: { ...PAGE_HEADERS, Location: installed.url } });
}

const callbackIn = (integrationId: IntegrationId, query: URLSearchParams): Callback => ({
  integrationId,
  state: query.get("state") ?? "",
  code: query.get("code") ?? undefined,
  error: query.get("error") ?? undefined,
  errorDescription: query.get("error_description") ?? undefined,
  iss: query.get("iss") ?? undefined,
  params: Object.fromEntries(query),
});

/** Where a third party sends the browser back to. Keeps what it brought; only the session that began can use it. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  // A browser that only looks ahead must not spend the state.
  if (request.headers.get("sec-purpose")?.includes("prefetch")) return new Response(null, { status: 503, headers: PAGE_HEADERS });
  const integrationId = (await params).integrationId as IntegrationId;
  const query = new URL(request.url).searchParams;
  const nonce = crypto.randomUUID().replaceAll("-", "");
  const deps = getDeps();
  const look = await findLook(deps, { integrationId }).catch(() => null);
  const sayTo = (language: string | null) => sayIn(languageOf(language, request.headers.get("accept-language")), look?.words);
  type Shown = { language?: string | null; proof?: CallbackPage["proof"]; returnTo?: string | null };
  const show = (status: CallbackStatus, code: number, { language = null, proof = null, returnTo = null }: Shown = {}) =>
    pageAnswer(callbackPage({ status, look, nonce, say: sayTo(language), proof }), nonce, code, returnTo);
  try {
    const elsewhere = await atItsFrame(deps, request, query);
    if (elsewhere) return elsewhere;
    const callback = callbackIn(integrationId, query);
    const installed = await atInstall(deps, request, callback);
    if (installed) return installedAnswer(installed, show);
    const { display, returnTo, status, ticket, customerName, language } = await receiveCallback(deps, callback);
    if (ticket !== null)
      return show("returned", 200, { language, returnTo, proof: { ticket, customerName, handOver: display === "popup" } });
    if (display === "redirect" && returnTo) return new Response(null, { status: 303, headers: { ...PAGE_HEADERS, Location: returnTo } });
    return show(status, 200, { language });
  } catch (error) {
    if (isAppError(error) && error.code === "invalid") return show("unknown", 400);
    deps.log.error({ err: error, integrationId }, "a sign-in could not be taken in");
    return show("broken", 503);
  }
}

type Confirmed = { integrationId: IntegrationId; ticket: string };

/**
 * Whether what was confirmed is connected: the marketplace that began goes on with it, or, where that cannot be found again (its page was
 * reloaded in a browser that gives frames no storage, or closed), it is finished here.
 */
async function isFinished(deps: Deps, confirmed: Confirmed): Promise<boolean> {
  if (await awaitTaken(deps, confirmed)) return true;
  const found = await customerOfTicket(deps, { ...confirmed, requestId: crypto.randomUUID() });
  if (!found) return false;
  try {
    return (await finalizeAuthorization(found.ctx, found)).outcome !== "different_account";
  } catch (error) {
    deps.log.warn({ err: error, integrationId: confirmed.integrationId }, "a confirmed sign-in could not be finished");
    return false;
  }
}

/** The person says yes on the page above. The ticket is the proof that it is the browser that came back. */
export async function POST(request: Request, { params }: Context): Promise<Response> {
  const integrationId = (await params).integrationId as IntegrationId;
  const nonce = crypto.randomUUID().replaceAll("-", "");
  const deps = getDeps();
  const look = await findLook(deps, { integrationId }).catch(() => null);
  const sayTo = (language: string | null) => sayIn(languageOf(language, request.headers.get("accept-language")), look?.words);
  const show = (status: CallbackStatus, code: number, language: string | null = null) =>
    pageAnswer(callbackPage({ status, look, nonce, say: sayTo(language), proof: null }), nonce, code);
  try {
    const ticket = (await request.formData()).get("ticket");
    if (typeof ticket !== "string" || ticket.length > 200) return show("unknown", 400);
    const { display, returnTo, language } = await confirmCallback(deps, { integrationId, ticket });
    if (display === "redirect" && returnTo) {
      after(() => isFinished(deps, { integrationId, ticket }));
      return new Response(null, { status: 303, headers: { ...PAGE_HEADERS, Location: returnTo } });
    }
    return show((await isFinished(deps, { integrationId, ticket })) ? "confirmed" : "untaken", 200, language);
  } catch (error) {
    if (isAppError(error) && error.code === "invalid") return show("unknown", 400);
    deps.log.error({ err: error, integrationId }, "a sign-in could not be confirmed");
    return show("broken", 503);
  }
}

/** Looking at the headers changes nothing. */
export function HEAD(): Response {
  return new Response(null, { status: 200, headers: PAGE_HEADERS });
}
