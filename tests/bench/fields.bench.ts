// A thousand fields on the screens on which they are designed, in Chromium over the built product (`npm run build` first): how long until the
// first row is there, how long a key takes until it is painted, the longest task meanwhile, and how many rows the page holds.
//   npm run bench fields -- [--fields=1000]
import { chromium, type Page } from "@playwright/test";
import postgres from "postgres";
import { newId } from "#server/lib/ids";
import { startStack } from "#tests/support/stack";
import { systemChromium } from "../../scripts/lib/chromium.mjs";
import { median } from "./process-figures";

const args = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, "").split("=") as [string, string]));
const FIELDS = Number(args["fields"] ?? 1_000);
/** Keys typed on each screen. */
const TYPED = "order number of the day";
/** What the browser does not report is painted within a frame. */
const FRAME_MS = 16;
/** More rows than this in the page, and the list is not drawn by what is in sight. */
const MOST_ROWS = 90;

type Seen = { keys: number[]; tasks: number[] };
type Figures = { screen: string; firstMs: number; keyMs: number; slowestKeyMs: number; longestTaskMs: number; rows: number };

const plain = (n: number) => ({ key: `field_${n}`, name: `Custom field ${n}`, type: "string", required: false });

/** Begins to look at keys and tasks anew. As text: what a loader puts into functions is not there in the page. */
const WATCH = `(() => {
  const seen = (window.seen = { keys: [], tasks: [] });
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === "keydown") seen.keys.push(duration);
  }).observe({ type: "event", durationThreshold: 16 });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.tasks.push(duration);
  }).observe({ type: "longtask" });
})()`;
const watch = (page: Page) => page.evaluate(WATCH);

/** Types as a person does, and answers what was seen since `watch`. */
async function typed(page: Page): Promise<Seen> {
  await page.keyboard.type(TYPED, { delay: 60 });
  await page.waitForTimeout(300); // what was painted last is reported a moment later
  return page.evaluate<Seen>("window.seen");
}

async function figures(page: Page, screen: string, firstMs: number, rows: string): Promise<Figures> {
  const { keys, tasks } = await typed(page);
  const all = [...keys, ...Array.from({ length: Math.max(0, TYPED.length - keys.length) }, () => FRAME_MS)];
  return {
    ...{ screen, firstMs: Math.round(firstMs), keyMs: median(all), slowestKeyMs: Math.max(...all) },
    ...{ longestTaskMs: Math.round(Math.max(0, ...tasks)), rows: await page.locator(rows).count() },
  };
}

/** From the wish to the first row, in ms. */
async function until(page: Page, rows: string, begin: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await begin();
  await page.locator(rows).first().waitFor();
  return performance.now() - since;
}

/** The object's declared fields, widened to as many as the model's: connectors of ours declare fewer, accounts have them. */
const widen = (page: Page) =>
  page.route(/templates\.objects/, async (route) => {
    const answer = await route.fetch();
    const text = await answer.text();
    const extra = Array.from({ length: FIELDS }, (_, n) => ({
      path: `properties.custom_${n}`,
      title: `Custom field ${n}`,
      type: "string",
    }));
    const wide = text.replace(/"fields":\[(?=\{"path":"[^"]+","title")/g, `"fields":[${JSON.stringify(extra).slice(1, -1)},`);
    if (wide === text) throw new Error("the answer of templates.objects has no fields to widen");
    await route.fulfill({ response: answer, body: wide });
  });

async function wideWorld(databaseUrl: string): Promise<string> {
  const sql = postgres(databaseUrl, { max: 1 });
  const fields = Array.from({ length: FIELDS }, (_, n) => plain(n));
  const [template] = await sql`select t.id from templates t where t.streams @> '[{"key": "contacts"}]' order by t.id limit 1`;
  const from = template?.["id"] as string;
  await sql`insert into models (id, environment_id, key, name, fields)
    select ${newId("model")}, environment_id, 'wide', 'Wide', ${sql.json(fields)} from templates where id = ${from}`;
  const wide = newId("template");
  await sql`insert into templates (id, environment_id, integration_id, name, streams)
    select ${wide}, environment_id, integration_id, 'Wide', jsonb_build_array(streams->0 || '{"key": "contacts", "model": "wide"}'::jsonb)
      from templates where id = ${from}`;
  await sql.end();
  return wide;
}

const executablePath = systemChromium();
const stack = await startStack();
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox", "--disable-gpu"] });
try {
  const template = await wideWorld(stack.databaseUrl);
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  await page.goto(`${stack.origin}/sign-in`);
  await page.getByRole("button", { name: "Continue as the demo's admin" }).click();
  await page.waitForURL(/\/overview/);
  const found: Figures[] = [];

  const rows = "[data-row]";
  await page.goto(`${stack.origin}/models`);
  const model = await until(page, rows, () => page.goto(`${stack.origin}/models/wide`));
  await page.getByLabel("Name of field 1", { exact: true }).focus();
  await watch(page);
  found.push(await figures(page, "model editor", model, rows));

  const mapped = "[data-field]";
  const studio = await until(page, mapped, () => page.goto(`${stack.origin}/templates/${template}/mapping/contacts`));
  await page.waitForTimeout(1_000); // suggestions
  await page
    .getByRole("button", { name: /^Source of / })
    .first()
    .click();
  await page.getByRole("button", { name: "A text with fields in it" }).click();
  await page.getByRole("textbox", { name: /^Text for / }).focus();
  await watch(page);
  found.push(await figures(page, "studio", studio, mapped));

  await widen(page);
  await page.goto(`${stack.origin}/templates/${template}`);
  await page.getByRole("button", { name: "Add a stream" }).click();
  const pick = async (label: RegExp, option: RegExp) => {
    await page.getByRole("combobox", { name: label }).click();
    await page.getByRole("option", { name: option }).click();
  };
  await pick(/^Object of/, /Contact/);
  await watch(page);
  const listed = 'ul[aria-label="Fields of the model"] > li:not([data-gap])';
  const first = await until(page, listed, () => pick(/^Your model/, /^Wide$/));
  const since = performance.now();
  await page.getByRole("button", { name: /^Use all/ }).waitFor();
  const suggested = Math.round(performance.now() - since);
  await page
    .getByRole("button", { name: /^Source of / })
    .first()
    .click();
  found.push(await figures(page, "first mapping", first, listed));

  console.table(Object.fromEntries(found.map(({ screen, ...rest }) => [screen, rest])));
  console.log(`${FIELDS} fields against ${FIELDS} and what the object declares: suggestions were there after ${suggested} ms`);
  const many = found.filter((one) => one.rows > MOST_ROWS);
  for (const { screen, rows: held } of many) console.error(`${screen}: ${held} rows in the page, of which a screenful would do`);
  process.exitCode = many.length > 0 ? 1 : 0;
} finally {
  await browser.close();
  await stack.stop();
}
