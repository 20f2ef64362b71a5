import { type Exchange, sendBytes } from "../exchange";
import { html, type Markup } from "./html";
import { STYLE } from "./style";

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%23b4451f'/%3E%3Ccircle cx='16' cy='16' r='6' fill='none' stroke='white' stroke-width='3'/%3E%3C/svg%3E";

/** A whole page. `script` is inline code of ours, never of a visitor. */
export function page(title: string, body: Markup, options: { narrow?: boolean; script?: string } = {}): string {
  const script: Markup = { markup: options.script ? `<script>${options.script}</script>` : "" };
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${ICON}">
<style>${{ markup: STYLE }}</style>
</head>
<body class="${options.narrow ? "narrow" : ""}">${body}${script}</body>
</html>`.markup;
}

/** No frame may hold these pages, nothing foreign is loaded, and no address leaks onwards. */
export const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

export function sendPage(x: Exchange, status: number, markup: string, headers: Record<string, string> = {}): void {
  sendBytes(x, status, Buffer.from(markup), { ...PAGE_HEADERS, ...headers });
}
