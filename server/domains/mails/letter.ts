import { directionOf } from "#server/words/languages";
import type { Say } from "#server/words/say";

/** What a letter looks like: the vendor's, as far as mail programs show it. */
export type LetterLook = { vendorName: string; accent: string | null; logoUrl: string | null };
export type Letter = { subject: string; text: string; html: string };
/** `rows`: facts in a list under the text, each with a link where there is one to follow. */
type Content = { subject: string; text: string; action: string; foot: string; url: string; rows?: readonly LetterRow[] };
export type LetterRow = { text: string; url?: string };

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => escapes[char] ?? char);

/** In one line: what a line break would make of a subject is another header. */
const oneLine = (text: string) => text.replace(/\s+/g, " ").trim();

/** Black or white, whichever is easier to read on a colour (WCAG 2.2, relative luminance). */
function inkOn(colour: string): string {
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const light = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? "#ffffff" : "#000000";
}

/** A letter to a customer in the vendor's look: plain text, and the same as HTML. Everything that comes from outside is escaped. Pure. */
export function letterOf(say: Say, look: LetterLook, { subject, text, action, foot, url, rows = [] }: Content): Letter {
  const accent = look.accent && /^#[0-9a-f]{6}$/i.test(look.accent) ? look.accent : "#1f2937";
  const logo = look.logoUrl && /^https:\/\//.test(look.logoUrl) ? look.logoUrl : null;
  const side = directionOf(say.language);
  const head = logo
    ? `<img src="${escapeHtml(logo)}" alt="${escapeHtml(look.vendorName)}" height="32" style="display:block;height:32px;border:0">`
    : `<strong style="font-size:16px">${escapeHtml(look.vendorName)}</strong>`;
  const paragraph = (words: string, style: string) => `<p style="margin:0 0 20px;${style}">${escapeHtml(words)}</p>`;
  const item = (row: LetterRow) =>
    row.url ? `<a href="${escapeHtml(row.url)}" style="color:inherit">${escapeHtml(row.text)}</a>` : escapeHtml(row.text);
  const list = `<ul style="margin:0 0 20px;padding-inline-start:20px">${rows.map((row) => `<li style="margin:0 0 6px">${item(row)}</li>`).join("")}</ul>\n`;
  const listed = rows.map((row) => `- ${row.text}${row.url ? `: ${row.url}` : ""}\n`).join("");
  const html = `<!doctype html>
<html lang="${say.language}" dir="${side}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px;background:#f6f7f8;color:#1b1f26;font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
<div style="max-width:520px;margin:0 auto;padding:28px;background:#ffffff;border:1px solid #e4e7eb;border-radius:12px;text-align:start" dir="${side}">
<div style="margin:0 0 24px">${head}</div>
<h1 style="margin:0 0 12px;font-size:20px;line-height:1.25">${escapeHtml(subject)}</h1>
${paragraph(text, "")}
${rows.length > 0 ? list : ""}<p style="margin:0 0 20px"><a href="${escapeHtml(url)}" style="display:inline-block;padding:10px 20px;border-radius:8px;background:${accent};color:${inkOn(accent)};font-weight:500;text-decoration:none">${escapeHtml(action)}</a></p>
<p style="margin:0 0 20px;font-size:13px;color:#525a66;word-break:break-all" dir="ltr">${escapeHtml(url)}</p>
${paragraph(foot, "margin:0;font-size:13px;color:#525a66")}
</div></body></html>
`;
  return {
    subject: oneLine(subject),
    text: `${subject}\n\n${text}\n\n${listed}${listed ? "\n" : ""}${action}:\n${url}\n\n${foot}\n`,
    html,
  };
}
