// The widget's mapping step with a thousand fields, in Chromium, inside a frame that is as high as its content, as a page embeds it: how
// long until it is drawn, how long a key in its search takes, and how many lines the page holds, at the top and scrolled to the end.
//   npm run bench widget-fields -- [--fields=1000]
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import { systemChromium } from "../../scripts/lib/chromium.mjs";
import { ROOT } from "../../scripts/lib/paths.mjs";

const args = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, "").split("=") as [string, string]));
const FIELDS = Number(args["fields"] ?? 1_000);
/** More lines than this in the page, and the list is not drawn by what is in sight. */
const MOST_ROWS = 90;

const screen = (fields: number) => `
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { LanguageProvider } from "#components/embed/language.tsx";
import { MappingFields } from "#components/embed/mapping-fields.tsx";
import messages from "./server/words/en.json";
const keys = Array.from({ length: ${fields} }, (_, n) => "field_" + n);
const mapped = (target) => ({ target, from: "properties." + target, transforms: [], required: false, onError: "null" });
const field = (target, n) => ({ target, choice: { customer: n % 2 ? "choose" : "fixed" }, template: mapped(target), current: mapped(target), state: "template", required: false });
const record = (k) => ({ properties: Object.fromEntries(keys.map((key, n) => [key, n % 7 === k % 7 ? null : "value " + n + " of " + k])) });
const stream = {
  key: "contacts", object: "contacts", label: "Contacts", streamId: null, isOn: false, templateVersion: 1,
  model: { key: "contact", name: "Contact", fields: keys.map((key) => ({ key, name: key, type: "string", required: false })) },
  fields: keys.map(field), suggestions: [], drifts: [], filter: null, offers: {}, chosen: {}, intervalMs: 1, backfillDays: null,
  sourceFields: keys.map((key) => ({ path: "properties." + key, type: "string", title: key })),
  schema: { state: "ready", takenAt: new Date(), message: null }, overrides: { n: 0, conflicts: [] },
  samples: Array.from({ length: 25 }, (_, k) => ({ label: "Record " + k, source: record(k), cut: false })),
};
const none = new Map();
const look = { look() {}, pick() {}, asking: false, trouble: null };
const root = document.getElementById("root");
new ResizeObserver(() => parent.postMessage(root.getBoundingClientRect().height, "*")).observe(root);
const since = performance.now();
createRoot(root).render(createElement(LanguageProvider, { spoken: { language: "en", messages }, keys: false },
  createElement(MappingFields, { stream, edits: none, setEdits() {}, only: undefined, refused: none, contested: new Set(), look, ready: true, readOnly: false, integrationName: "CRM", vendorName: "Acme" })));
const drawn = () => document.querySelector("[data-field]") ? requestAnimationFrame(() => { window.drawnMs = performance.now() - since; }) : requestAnimationFrame(drawn);
drawn();
`;

const { outputFiles } = await build({
  stdin: { contents: screen(FIELDS), resolveDir: ROOT, loader: "tsx" },
  ...{ bundle: true, write: false, format: "iife", jsx: "automatic", platform: "browser", logLevel: "error" },
  define: { "process.env.NODE_ENV": '"production"' },
});
const script = outputFiles[0]?.text ?? "";
const PAGES: Record<string, string> = {
  "/": `<!doctype html><body style="margin:0"><iframe src="/frame" style="width:100%;border:0"></iframe>
    <script>addEventListener("message", (event) => { document.querySelector("iframe").style.height = event.data + "px"; });</script>`,
  "/frame": '<!doctype html><body style="margin:0"><div id="root"></div><script src="/screen.js"></script>',
};

const executablePath = systemChromium();
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox", "--disable-gpu"] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  await page.route("http://bench.local/**", (route) => {
    const { pathname } = new URL(route.request().url());
    return pathname === "/screen.js"
      ? route.fulfill({ contentType: "text/javascript; charset=utf-8", body: script })
      : route.fulfill({ contentType: "text/html; charset=utf-8", body: PAGES[pathname] ?? "" });
  });
  page.on("pageerror", (error) => console.error(error));
  await page.goto("http://bench.local/");
  const frame = page.frameLocator("iframe");
  const lines = frame.locator("[data-field]");
  await lines.first().waitFor();
  const inside = page.frames().find((one) => one.url().endsWith("/frame"));
  if (!inside) throw new Error("the frame is gone");
  await inside.waitForFunction(() => "drawnMs" in window);
  const drawnMs = await inside.evaluate(() => (window as unknown as { drawnMs: number }).drawnMs);
  await page.waitForTimeout(500);
  const top = await lines.count();
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight / 2));
  await page.waitForTimeout(500);
  const middle = await lines.count();
  const first = await lines.first().getAttribute("data-field");
  const since = performance.now();
  await frame.getByRole("searchbox").fill("field_77");
  await frame.locator('[data-field="field_77"]').waitFor();
  const searchMs = Math.round(performance.now() - since);
  const elements = await inside.evaluate(() => document.querySelectorAll("*").length);
  console.log(
    `${FIELDS} fields, half of them to choose: drawn in ${Math.round(drawnMs)} ms; ${top} lines in the page at the top, ${middle} in the middle (from ${first}); a search answered in ${searchMs} ms; then ${elements} elements`,
  );
  process.exitCode = Math.max(top, middle) > MOST_ROWS || first === "field_1" ? 1 : 0;
} finally {
  await browser.close();
}
