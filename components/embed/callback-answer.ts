/** What every page says beside the words: an address with a secret in it goes nowhere, and nothing is kept of it. */
export const PAGE_HEADERS = { "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

/** `returnTo`: where the page's form leads in the end. Browsers hold a form's redirects to the policy as well. */
export function pageAnswer(html: string, nonce: string, status: number, returnTo: string | null = null): Response {
  const forms = `'self'${returnTo ? ` ${new URL(returnTo).origin}` : ""}`;
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src data:; base-uri 'none'; form-action ${forms}; frame-ancestors 'none'`;
  return new Response(html, {
    status,
    headers: { ...PAGE_HEADERS, "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy },
  });
}
