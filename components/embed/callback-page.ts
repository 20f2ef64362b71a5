import { contrast, isHex } from "#components/ui/contrast";
import { directionOf } from "#server/words/languages";
import type { Say } from "#server/words/say";

/** The page a sign-in window ends on. Plain HTML: it loads nothing from anywhere and holds nothing but its own ticket. */

export type CallbackStatus =
  | "returned"
  | "confirmed"
  | "untaken"
  | "denied"
  | "failed"
  | "expired"
  | "unknown"
  | "broken"
  | "elsewhere"
  | "uninstalled";
export type CallbackLook = { vendorName: string; integrationName: string; accent: string | null };

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => escapes[char] ?? char);

/** What the page says, in the reader's language. */
function wordsFor(status: CallbackStatus, look: CallbackLook | null, customer: string | null, say: Say): { title: string; text: string } {
  const values = {
    name: look?.integrationName ?? say("callback.other_system"),
    vendor: look?.vendorName ?? say("callback.other_page"),
    customer: customer ?? say("callback.this_account"),
  };
  return { title: say(`callback.${status}.title`, values), text: say(`callback.${status}.text`, values) };
}

const STYLE = `:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;font:15px/1.5 system-ui,sans-serif;background:light-dark(#f7f8f9,#16181c);color:light-dark(#1b1f26,#eceef1)}main{max-width:44ch;padding:24px;text-align:center}h1{font-size:20px;line-height:1.25;margin:16px 0 6px}p{margin:0;color:light-dark(#525a66,#aab1bc)}button{margin-top:20px;padding:0 20px;height:40px;border:0;border-radius:8px;font:500 15px system-ui,sans-serif;cursor:pointer}button:focus-visible{outline:2px solid light-dark(#1b1f26,#eceef1);outline-offset:2px}`;

export type CallbackPage = {
  status: CallbackStatus;
  look: CallbackLook | null;
  nonce: string;
  say: Say;
  /** `returned` only: what lets the marketplace go on. */
  proof: { ticket: string; customerName: string; handOver: boolean } | null;
};

/** How long the marketplace has to take the ticket and close the window before the person is asked here. */
const HAND_OVER_MS = 1_500;

/**
 * The marketplace that opened this window reads the ticket from the form, being of the same origin, and closes the window;
 * meanwhile nothing is asked. Where a third party has cut the tie, or there was no window, the question appears.
 */
const HAND_OVER = `var m=document.querySelector("main");m.style.visibility="hidden";setTimeout(function(){m.style.visibility=""},${HAND_OVER_MS})`;

/** Whole page. `accent` is used only when it is a plain hex colour; all words are escaped. */
export function callbackPage({ status, look, nonce, say, proof }: CallbackPage): string {
  const { title, text } = wordsFor(status, look, proof?.customerName ?? null, say);
  const accent = look?.accent && isHex(look.accent) ? look.accent : "#475467";
  // As in the marketplace: whichever of the two is easier to read on the vendor's colour.
  const ink = contrast(accent, "#ffffff") >= contrast(accent, "#000000") ? "#ffffff" : "#000000";
  const mark =
    status === "returned" || status === "confirmed"
      ? '<path d="M12 20.5l5.5 5.5L28.5 14.5"/>'
      : '<path d="M20 12v10"/><circle cx="20" cy="27.5" r=".6"/>';
  return `<!doctype html>
<html lang="${say.language}" dir="${directionOf(say.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${STYLE}button{background:${accent};color:${ink}}</style>
</head>
<body>
<main>
<svg width="40" height="40" viewBox="0 0 40 40" fill="none" stroke="${accent}" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="20" cy="20" r="18"/>${mark}</svg>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
${proof ? `<form method="post"><input type="hidden" name="ticket" value="${escapeHtml(proof.ticket)}"><button>${escapeHtml(say("callback.connect"))}</button></form>` : ""}
</main>
<script nonce="${nonce}">history.replaceState(null,"",location.pathname);${status === "confirmed" || status === "denied" ? "setTimeout(function(){window.close()},600)" : ""}${proof?.handOver ? HAND_OVER : ""}</script>
</body>
</html>
`;
}
