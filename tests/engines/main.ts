import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startStack } from "#tests/support/stack";
import { type Browser, until } from "./browser";
import { openFirefox } from "./firefox";
import { openWebkit } from "./webkit";

// `npm run test:engines`: the marketplace in engines other than Chromium, from a page of another site. Writes docs/reference/engines.md.

const first = (...files: (string | undefined)[]) => files.find((file) => file !== undefined && existsSync(file)) ?? null;

/** How a browser is opened, or why there is none on this machine. */
function engines(): { name: string; open: (() => Promise<Browser>) | null; why: string }[] {
  const firefox = first(process.env["INLAY_FIREFOX"], "/usr/bin/firefox-esr", "/usr/bin/firefox");
  const driver = first("/usr/bin/WebKitWebDriver");
  const arch = process.arch === "arm64" ? "aarch64" : "x86_64";
  const binary = first(...["4.1", "4.0"].map((version) => `/usr/lib/${arch}-linux-gnu/webkit2gtk-${version}/MiniBrowser`));
  const xvfb = first("/usr/bin/Xvfb");
  const hasScreen = xvfb !== null || process.env["DISPLAY"] !== undefined;
  return [
    {
      name: "Firefox ESR",
      open: firefox === null ? null : () => openFirefox(firefox),
      why: "there is no Firefox here (Debian: firefox-esr; or name one in INLAY_FIREFOX)",
    },
    {
      name: "WebKitGTK",
      open: driver && binary && hasScreen ? () => openWebkit({ driver, binary, xvfb }) : null,
      why: "there is no WebKitGTK with its driver here (Debian: webkit2gtk-driver and xvfb)",
    },
  ];
}

const button = (text: string) =>
  `[...document.querySelectorAll("button,[role=button],a")].find((e) => e.textContent.trim().startsWith(${JSON.stringify(text)}) && !e.disabled)`;
const exactly = (text: string) =>
  `[...document.querySelectorAll("button")].find((e) => e.textContent.trim() === ${JSON.stringify(text)} && !e.disabled)`;
const field = (label: string) =>
  `document.getElementById([...document.querySelectorAll("label")].find((e) => e.textContent.includes(${JSON.stringify(label)}))?.htmlFor ?? "")`;
const says = (text: string) => `document.body.innerText.includes(${JSON.stringify(text)})`;

const HEIGHTS = "document.querySelector('iframe[src*=\"/embed/\"]').getBoundingClientRect().height";
const CONTENT = "document.documentElement.getBoundingClientRect().height";

/** The frame is as high as what is in it, to the pixel or so; resolves with the height. */
const follows = (browser: Browser) =>
  until("the frame to be as high as its content", async () => {
    const [outside, inside] = [await browser.look<number>("page", HEIGHTS), await browser.look<number>("frame", CONTENT)];
    return Math.abs(outside - inside) <= 2 && outside > 100 ? outside : null;
  });
const shows = (browser: Browser, text: string) => until(`“${text}” in the frame`, () => browser.look<boolean>("frame", says(text)));

/** What is tried, in order; each step stands on those before it. */
const STEPS: [name: string, run: (browser: Browser) => Promise<unknown>][] = [
  [
    "Loads in a page of another site, shakes hands, says it is ready",
    async (browser) => {
      await shows(browser, "Sandbox CRM");
      await until("the page to hear of it", () => browser.look<boolean>("page", says("ready")));
    },
  ],
  [
    "The frame's height follows its content",
    async (browser) => {
      const list = await follows(browser);
      await browser.press(button("Sandbox CRM"));
      await until("the detail", () => browser.look<boolean>("frame", `Boolean(${exactly("Connect")})`));
      const detail = await follows(browser);
      if (list === detail) throw new Error(`both screens are ${list} px high: nothing was shown`);
    },
  ],
  [
    "Connects by key, which is tried first",
    async (browser) => {
      await browser.press(exactly("Connect"));
      await browser.type(field("API key"), "wrong-key-0123456789");
      await browser.press(exactly("Test and connect"));
      await shows(browser, "does not accept this key");
      await browser.type(field("API key"), "sbx_engines");
      await browser.press(exactly("Test and connect"));
    },
  ],
  [
    "Turns on, and is told of the sync as it goes on",
    async (browser) => {
      await browser.press(exactly("Turn on"));
      await shows(browser, "Up to date.");
    },
  ],
  [
    "Signs in in a window, without cookies of a third party",
    async (browser) => {
      await browser.press(button("All integrations"));
      await browser.press(button("HubSpot"));
      await browser.press(exactly("Connect"));
      await browser.pressInWindow(exactly("Allow"));
      await until("the account", () =>
        browser.look<boolean>("frame", `Boolean(${exactly("Turn on")}) || Boolean(document.querySelector("[role=tab]"))`),
      );
    },
  ],
];

type Found = { name: string; version: string; steps: { state: "passed" | "failed" | "not run"; why: string }[] };

async function tryIn({ name, open, why }: ReturnType<typeof engines>[number]): Promise<Found> {
  const none = (state: "failed" | "not run", reason: string) => STEPS.map(() => ({ state, why: reason }));
  if (open === null) return { name, version: "", steps: none("not run", why) };
  const stack = await startStack();
  let browser: Browser | null = null;
  const steps: Found["steps"] = [];
  try {
    browser = await open();
    await browser.go(`${stack.demoOrigin}/demo?customer=initech`);
    for (const [, run] of STEPS) {
      await run(browser);
      steps.push({ state: "passed", why: "" });
    }
  } catch (error) {
    const seen = await browser?.look<string>("frame", "document.body.innerText.slice(0, 400)").catch(() => "nothing");
    process.stderr.write(`The frame shows:\n${seen}\n`);
    steps.push({ state: "failed", why: error instanceof Error ? error.message : String(error) });
  } finally {
    await browser?.close();
    await stack.stop();
  }
  while (steps.length < STEPS.length) steps.push({ state: "not run", why: "a step before it failed" });
  return { name, version: browser?.version ?? "", steps };
}

function pageOf(found: Found[]): string {
  const head = `| step | ${found.map(({ name, version }) => `${name} ${version}`.trim()).join(" | ")} |\n|---|${found.map(() => "---|").join("")}`;
  const rows = STEPS.map(([step], n) => `| ${step} | ${found.map(({ steps }) => steps[n]?.state ?? "not run").join(" | ")} |`);
  const notes = found.flatMap(({ name, steps }) => [
    ...new Set(steps.filter(({ state }) => state !== "passed").map(({ state, why }) => `- ${name}, ${state}: ${why}`)),
  ]);
  return `# Engines

Written by \`npm run test:engines\`. The end-to-end tests run in Chromium; here the built product is opened in other engines, driven by what
they bring with them: Firefox by WebDriver BiDi, WebKitGTK (the engine of Safari) by its own driver. The page that embeds lies on another
site than the marketplace. What was not run is not passed.

${head}
${rows.join("\n")}
${notes.length > 0 ? `\n${notes.join("\n")}\n` : ""}`;
}

const found: Found[] = [];
for (const engine of engines()) found.push(await tryIn(engine));
const states = found.flatMap(({ name, steps }) => steps.map((step, n) => ({ ...step, name, step: STEPS[n]?.[0] })));
const count = (state: string) => states.filter((one) => one.state === state).length;
for (const { name, step, state, why } of states) process.stdout.write(`${state}: ${name}, ${step}${why ? `: ${why}` : ""}\n`);
if (count("not run") === 0 || count("failed") > 0)
  writeFileSync(path.resolve(import.meta.dirname, "../../docs/reference/engines.md"), pageOf(found));
process.stdout.write(`${count("passed")} passed, ${count("failed")} failed, ${count("not run")} not run\n`);
process.exitCode = count("failed") > 0 ? 1 : 0;
