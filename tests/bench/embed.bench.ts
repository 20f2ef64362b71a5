// What the marketplace costs in a vendor's page, against the built product in Chromium: how long until a person can use it with nothing in the
// cache, how much script comes for that, and how a catalogue of a thousand integrations is drawn and searched.
//   npm run bench embed -- [--integrations=1000] [--times=5]
import { type Browser, type BrowserContext, chromium, type Page } from "@playwright/test";
import postgres from "postgres";
import { newId } from "#server/lib/ids";
import { mint } from "#tests/support/program";
import { startStack } from "#tests/support/stack";
import { systemChromium } from "../../scripts/lib/chromium.mjs";

const args = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, "").split("=") as [string, string]));
const MANY = Number(args["integrations"] ?? 1_000);
const TIMES = Number(args["times"] ?? 5);
const KEY = "pk_test_acmecrmdemo";
const AIMS = { interactiveMs: 1_000, scriptKb: 150, loaderKb: 4, keyMs: 100 };

/** All frames in one process, as in the end-to-end tests: one line to the browser then hears what each of them loads. */
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-site-isolation-trials", "--disable-features=IsolateOrigins,site-per-process"];

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
let missed = 0;
function report(what: string, value: number, unit: string, aim: number): void {
  if (value > aim) missed += 1;
  console.log(`${what}: ${value.toFixed(value < 10 ? 1 : 0)} ${unit}, aim ${aim} ${unit}: ${value > aim ? "missed" : "met"}`);
}

type Place = { origin: string; demoOrigin: string; secretKey: string; simulatorOrigin: string };

/** A page of the vendor that is there and does not embed us yet. */
async function blankPage(context: BrowserContext, place: Place): Promise<Page> {
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(error));
  await page.addInitScript("globalThis.__name = (made) => made"); // what tsx puts around functions that are handed to the page
  await page.goto(`${place.demoOrigin}/demo/mail`);
  return page;
}

/** Opens the marketplace and waits for its first card to be pressable; resolves with the ms since the loader was asked for. */
async function open(page: Page, place: Place, token: string): Promise<number> {
  await page.evaluate(
    ({ origin, key, token }) => {
      const marks = window as unknown as { begun: number };
      marks.begun = performance.now();
      const mount = document.body.appendChild(document.createElement("div"));
      const script = document.createElement("script");
      script.src = `${origin}/v1/inlay.js`;
      script.onload = () => {
        const { Inlay } = window as unknown as { Inlay: { open(options: object): void } };
        Inlay.open({ publishableKey: key, mount, session: async () => token });
      };
      document.head.append(script);
    },
    { origin: place.origin, key: KEY, token },
  );
  const frame = page.frameLocator('iframe[src*="/embed/"]');
  await frame.getByRole("button", { name: "Sandbox CRM" }).first().waitFor();
  return page.evaluate(() => performance.now() - (window as unknown as { begun: number }).begun);
}

async function cold(browser: Browser, place: Place, token: string): Promise<{ ms: number; scriptBytes: number; loaderBytes: number }> {
  const context = await browser.newContext();
  const page = await blankPage(context, place);
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  const scripts = new Map<string, string>();
  const bytes = new Map<string, number>();
  cdp.on("Network.responseReceived", ({ requestId, response, type }) => type === "Script" && scripts.set(requestId, response.url));
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => bytes.set(requestId, encodedDataLength));
  const ms = await open(page, place, token);
  const sumOf = (wanted: (url: string) => boolean) =>
    [...scripts].reduce((sum, [id, url]) => sum + (wanted(url) ? (bytes.get(id) ?? 0) : 0), 0);
  const found = { ms, scriptBytes: sumOf((url) => url.includes("/_next/")), loaderBytes: sumOf((url) => url.includes("/v1/")) };
  await context.close();
  return found;
}

/** A key in the search of a long catalogue: ms until the frame has painted what it leaves. */
async function searchMs(page: Page): Promise<number> {
  const frame = page.frames().find((one) => one.url().includes("/embed/"));
  const search = page.frameLocator('iframe[src*="/embed/"]').getByRole("searchbox");
  await search.focus();
  const times: number[] = [];
  for (const key of ["9", "9", "Backspace", "Backspace", "1", "2"]) {
    await frame?.evaluate(() => {
      const marks = window as unknown as { painted: Promise<number> };
      marks.painted = new Promise((resolve) =>
        document.addEventListener(
          "input",
          () => {
            const since = performance.now();
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)));
          },
          { once: true, capture: true },
        ),
      );
    });
    await page.keyboard.press(key);
    times.push((await frame?.evaluate(() => (window as unknown as { painted: Promise<number> }).painted)) ?? 0);
  }
  return Math.max(...times);
}

const stack = await startStack();
const executablePath = systemChromium();
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ARGS });
try {
  const { token } = await mint(stack, "bench");
  await cold(browser, stack, token); // the server has answered once
  const runs: Awaited<ReturnType<typeof cold>>[] = [];
  for (let n = 0; n < TIMES; n += 1) runs.push(await cold(browser, stack, token));
  report("Usable with an empty cache, median", median(runs.map(({ ms }) => ms)), "ms", AIMS.interactiveMs);
  report("Script of the frame, compressed", (runs[0]?.scriptBytes ?? 0) / 1_000, "kB", AIMS.scriptKb);
  report("Script in the vendor's page, compressed", (runs[0]?.loaderBytes ?? 0) / 1_000, "kB", AIMS.loaderKb);

  const owner = postgres(stack.databaseUrl, { max: 1, onnotice: () => {} });
  const [environment] = await owner`select id from environments where publishable_key = ${KEY}`;
  const rows = Array.from({ length: MANY }, (_, n) => ({
    ...{ id: newId("integration"), environment_id: environment?.["id"], connector_key: "sandbox-crm", name: `Tool ${n}`, auth_key: "key" },
    ...{ tagline: `What tool ${n} is for`, status: "coming_soon", position: 100 + n },
  }));
  await owner`insert into integrations ${owner(rows)}`;
  await owner.end();
  const context = await browser.newContext();
  const page = await blankPage(context, stack);
  report(`Usable with ${MANY} integrations, empty cache`, await open(page, stack, token), "ms", 2 * AIMS.interactiveMs);
  report(`A key in the search of ${MANY}, the slowest of six`, await searchMs(page), "ms", AIMS.keyMs);
  await context.close();
} finally {
  await browser.close();
  await stack.stop();
}
process.exitCode = missed > 0 ? 1 : 0;
