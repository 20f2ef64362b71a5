// `npm run contact-sheet`: the screens that the end-to-end tests have photographed, on one page: docs/contact-sheet.md with one picture a group.
// Run it after `npm run test:e2e`; it needs the same Chromium, and no other library.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { systemChromium } from "./lib/chromium.mjs";
import { ROOT } from "./lib/paths.mjs";

const SCREENS = path.join(ROOT, "test-results", "screens");
const PICTURES = path.join(ROOT, "docs", "images");
const DOCUMENT = path.join(ROOT, "docs", "contact-sheet.md");

/** What belongs together, by the number a screen's name begins with. The last fitting line counts. */
const GROUPS = [
  { key: "customers", title: "The marketplace", from: 0 },
  { key: "dashboard", title: "The dashboard", from: 10 },
  { key: "connecting", title: "Connecting, in every way it can end", from: 20 },
  { key: "studio", title: "Designing and the fleet", from: 30 },
  { key: "states", title: "Accounts, languages, dark and narrow, links", from: 50 },
  { key: "connectors", title: "Connectors of one's own, and links", from: 60 },
  { key: "both", title: "A stream that goes both ways", from: 70 },
  { key: "mapping", title: "Models, templates and mapping, by the vendor and by the customer", from: 80 },
  { key: "fleet", title: "Mapping by the customer as the vendor sees it, and roll-outs", from: 90 },
  { key: "every-state", title: "Every state: light, dark, narrow, from right to left", from: 100 },
];

const numberOf = (file) => Number.parseInt(file, 10) || 0;
const groupOf = (file) => GROUPS.findLast(({ from }) => numberOf(file) >= from) ?? GROUPS[0];
/** A narrow screen, one that shows four looks at once, or one as wide as a desk. */
const kindOf = (file) => (/-(360|390)\.png$/.test(file) ? "narrow" : file.endsWith("-looks.png") ? "looks" : "wide");
const captionOf = (file) =>
  file
    .replace(/^\d+-/, "")
    .replace(/\.png$/, "")
    .replaceAll("-", " ");

const STYLE = `body{margin:0;padding:24px;width:1352px;background:#eef0f2;font:13px/1.4 system-ui,sans-serif;color:#333}
main{display:flex;flex-wrap:wrap;gap:20px 16px;align-items:flex-start}
figure{margin:0}figcaption{margin-top:6px}
div{overflow:hidden;border:1px solid #d5d9de;border-radius:6px;background:#fff}
img{display:block;width:100%}.wide{width:432px;max-height:320px}.narrow{width:140px;max-height:320px}.looks{width:668px;max-height:420px}`;

function sheet(files) {
  const figures = files.map(
    (file) =>
      `<figure><div class="${kindOf(file)}"><img src="${pathToFileURL(path.join(SCREENS, file)).href}"></div><figcaption>${captionOf(file)}</figcaption></figure>`,
  );
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><main>${figures.join("")}</main>`;
}

async function photograph(groups) {
  const { chromium } = await import("@playwright/test");
  const executablePath = systemChromium();
  const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const html = path.join(ROOT, "test-results", "contact-sheet.html");
  for (const { key, files } of groups) {
    writeFileSync(html, sheet(files));
    await page.goto(pathToFileURL(html).href);
    await page.screenshot({ path: path.join(PICTURES, `contact-sheet-${key}.jpg`), fullPage: true, type: "jpeg", quality: 60 });
  }
  await browser.close();
}

const all = existsSync(SCREENS) ? readdirSync(SCREENS).filter((file) => file.endsWith(".png")) : [];
if (all.length === 0) {
  console.error("There are no screens yet: run `npm run test:e2e` first.");
  process.exit(1);
}
mkdirSync(PICTURES, { recursive: true });
const groups = GROUPS.map((group) => ({ ...group, files: all.filter((file) => groupOf(file) === group).sort() }));
const taken = groups.filter(({ files }) => files.length > 0);
await photograph(taken);
// What was not photographed this time stays as it was.
const before = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, "utf8") : "";
const screensOf = ({ key, files }) =>
  files.length > 0 ? files.length : Number(new RegExp(`: (\\d+) screens\\]\\(images/contact-sheet-${key}\\.jpg\\)`).exec(before)?.[1] ?? 0);
const shown = groups.flatMap((group) => (screensOf(group) > 0 ? [{ ...group, screens: screensOf(group) }] : []));
const total = shown.reduce((sum, { screens }) => sum + screens, 0);
const parts = shown.map(({ key, title, screens }) => `## ${title}\n\n![${title}: ${screens} screens](images/contact-sheet-${key}.jpg)\n`);
const states = Object.entries(JSON.parse(readFileSync(path.join(ROOT, "tests", "e2e", "shown-states.json"), "utf8")));
const rows = states.map(([state, pictures]) => `| ${state} | ${pictures.map((name) => captionOf(`${name}.png`)).join(", ")} |`);
const text = `# Contact sheet

What people see, as the end-to-end tests photographed it: ${total} pictures, wide and narrow, light and dark, from left to right and from right to left. Made by
\`npm run contact-sheet\` from \`test-results/screens\`.

| state of the marketplace | pictures |
|---|---|
${rows.join("\n")}

${parts.join("\n")}`;
writeFileSync(DOCUMENT, text);
const bytes = taken.reduce((sum, { key }) => sum + readFileSync(path.join(PICTURES, `contact-sheet-${key}.jpg`)).length, 0);
console.log(
  `docs/contact-sheet.md: ${total} screens in ${shown.length} pictures, ${taken.length} of them new, with ${(bytes / 1000).toFixed(0)} kB`,
);
