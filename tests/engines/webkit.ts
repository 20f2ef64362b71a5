import { freePort } from "#tests/support/postgres";
import { type Browser, start, until } from "./browser";

// WebKitGTK by its own driver: the engine of Safari, in another coat. https://w3c.github.io/webdriver/ (read 2026-11)

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
type Reference = { [ELEMENT]: string };

async function converse(port: number, binary: string) {
  const base = `http://127.0.0.1:${port}/session`;
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${base}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const { value } = (await response.json()) as { value: unknown };
    if (response.ok) return value;
    const { error, message } = value as { error: string; message: string };
    throw new Error(`${error}: ${message}`);
  };
  const browserOptions = { binary, args: ["--automation"] };
  const wanted = { capabilities: { alwaysMatch: { browserName: "MiniBrowser", "webkitgtk:browserOptions": browserOptions } } };
  const made = (await until("WebKitWebDriver to answer", () => send("POST", "", wanted))) as {
    sessionId: string;
    capabilities: { browserVersion: string };
  };
  const ask = (method: string, path: string, body?: unknown) => send(method, `/${made.sessionId}${path}`, body);
  return { ask, version: made.capabilities.browserVersion };
}

export async function openWebkit({ driver, binary, xvfb }: { driver: string; binary: string; xvfb: string | null }): Promise<Browser> {
  const display = `:${90 + (process.pid % 100)}`;
  const screen = xvfb === null ? null : start(xvfb, [display, "-screen", "0", "1400x1800x24", "-nolisten", "tcp"]);
  const port = await freePort();
  const server = start(
    driver,
    ["-p", String(port)],
    xvfb === null ? {} : { DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" },
  );
  const { ask, version } = await converse(port, binary);
  await ask("POST", "/window/rect", { x: 0, y: 0, width: 1_300, height: 1_700 });
  const page = (await ask("GET", "/window")) as string;
  const toPage = async () => {
    await ask("POST", "/window", { handle: page });
    await ask("POST", "/frame", { id: null });
  };
  const toFrame = async () => {
    await toPage();
    const frame = await until("the frame", () => ask("POST", "/element", { using: "css selector", value: 'iframe[src*="/embed/"]' }));
    await ask("POST", "/frame", { id: frame });
  };
  const evaluate = (script: string) => ask("POST", "/execute/sync", { script: `return (${script})`, args: [] });
  const find = (element: string) => until(element, async () => (await evaluate(element)) as Reference | null);
  const click = async (element: string) => {
    // What is drawn anew between finding and pressing is found again.
    await until(`a press on ${element}`, async () => {
      const found = await find(element);
      await ask("POST", `/element/${found[ELEMENT]}/click`, {});
      return true;
    });
  };
  return {
    name: "WebKitGTK",
    version,
    async go(url) {
      await toPage();
      await ask("POST", "/url", { url });
    },
    async look<T>(where: "page" | "frame", expression: string) {
      await (where === "page" ? toPage() : toFrame());
      return JSON.parse(String(await evaluate(`JSON.stringify((${expression}) ?? null)`))) as T;
    },
    async press(element) {
      await toFrame();
      await click(element);
    },
    async type(element, text) {
      await toFrame();
      const found = await find(element);
      await evaluate(`(${element}).select()`);
      await ask("POST", `/element/${found[ELEMENT]}/value`, { text });
    },
    async pressInWindow(element) {
      const handle = await until("a second window", async () =>
        ((await ask("GET", "/window/handles")) as string[]).find((one) => one !== page),
      );
      await ask("POST", "/window", { handle });
      await click(element);
      await until("the window to close", async () => ((await ask("GET", "/window/handles")) as string[]).length === 1);
      await toPage();
    },
    async close() {
      await ask("DELETE", "").catch(() => {}); // the driver is killed all the same
      await server.stop();
      await screen?.stop();
    },
  };
}
