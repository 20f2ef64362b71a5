import { unsubscribe } from "#server/domains/mails/unsubscribe";
import type { Deps } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";

const page = (status: number, title: string, body: string) =>
  new Response(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title></head>
<body style="margin:0;padding:48px 24px;font:16px/1.5 system-ui,sans-serif"><main style="max-width:460px;margin:0 auto"><h1 style="font-size:22px">${title}</h1>${body}</main></body></html>`,
    {
      status,
      headers: {
        ...{ "content-type": "text/html; charset=utf-8", "cache-control": "no-store", "referrer-policy": "no-referrer" },
        "content-security-policy":
          "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      },
    },
  );

const ASK = `<p>You will get no more summaries of how your customers fare. Letters about something that broke still come.</p>
<form method="post"><button style="font:inherit;padding:8px 16px">Stop the summaries</button></form>`;

/**
 * The link under a digest. A GET only asks, since mail programs look at links by themselves; a POST ends it, from the button as from a
 * mail program's own "unsubscribe" (RFC 8058), which sends no cookie and follows no redirect.
 */
export async function unsubscribeResponse(deps: Deps, request: Request): Promise<Response> {
  if (request.method === "GET") return page(200, "Stop these letters?", ASK);
  try {
    await unsubscribe(deps, { token: new URL(request.url).searchParams.get("token") ?? "" });
    return page(200, "You get no more of these letters", "<p>You can have them again under Settings.</p>");
  } catch (error) {
    if (!isAppError(error)) throw error;
    return page(404, "This link does not work", "<p>It was cut short, or is too old. Sign in and change it under Settings.</p>");
  }
}
