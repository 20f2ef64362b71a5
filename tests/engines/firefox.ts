import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { WebSocket } from "undici";
import { freePort } from "#tests/support/postgres";
import { type Browser, start, until } from "./browser";

// Firefox speaks WebDriver BiDi by itself: no driver beside it. https://w3c.github.io/webdriver-bidi/ (read 2026-11)

type Answer = Record<string, unknown>;
type Tree = { context: string; url: string; children: Tree[] | null };

/** One conversation: numbered questions, each with its answer. */
async function converse(port: number) {
  const socket = await until("Firefox to answer", async () => {
    const made = new WebSocket(`ws://127.0.0.1:${port}/session`);
    return new Promise<WebSocket>((resolve, reject) => {
      made.addEventListener("open", () => resolve(made));
      made.addEventListener("error", () => reject(new Error("not yet")));
    });
  });
  const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  socket.addEventListener("message", ({ data }) => {
    const { id, result, error, message } = JSON.parse(String(data));
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error) asked?.reject(new Error(`${error}: ${message}`));
    else asked?.resolve(result);
  });
  let n = 0;
  const ask = (method: string, params: Answer = {}) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.set(++n, { resolve, reject });
      socket.send(JSON.stringify({ id: n, method, params }));
    });
  return { ask, end: () => socket.close() };
}

type Ask = Awaited<ReturnType<typeof converse>>["ask"];

async function evaluate(ask: Ask, context: string, expression: string): Promise<{ value?: unknown; sharedId?: string }> {
  const answer = await ask("script.evaluate", { expression, target: { context }, awaitPromise: true, resultOwnership: "root" });
  if (answer["type"] !== "success") throw new Error(JSON.stringify(answer["exceptionDetails"]).slice(0, 300));
  return answer["result"] as { value?: unknown; sharedId?: string };
}

async function pressAt(ask: Ask, context: string, element: string): Promise<void> {
  const { sharedId } = await until(element, async () => {
    const found = await evaluate(ask, context, `(() => { const e = ${element}; e?.scrollIntoView({ block: "center" }); return e; })()`);
    return found.sharedId ? found : null;
  });
  const actions = [
    { type: "pointerMove", x: 0, y: 0, origin: { type: "element", element: { sharedId } } },
    { type: "pointerDown", button: 0 },
    { type: "pointerUp", button: 0 },
  ];
  await ask("input.performActions", {
    context,
    actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }],
  });
}

export async function openFirefox(binary: string): Promise<Browser> {
  const profile = mkdtempSync(path.join(tmpdir(), "inlay-firefox-"));
  const port = await freePort();
  const { stop } = start(
    binary,
    ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", String(port), "about:blank"],
    {
      HOME: profile,
    },
  );
  const { ask, end } = await converse(port);
  const { capabilities } = (await ask("session.new", { capabilities: {} })) as { capabilities: { browserVersion: string } };
  const trees = async () => (await ask("browsingContext.getTree"))["contexts"] as Tree[];
  const page = (await trees())[0]?.context ?? "";
  // A frame as high as its content has to be in sight to be pressed.
  await ask("browsingContext.setViewport", { context: page, viewport: { width: 1_280, height: 1_600 } });
  const frame = () =>
    until("the frame", async () => {
      const children = (await trees()).find(({ context }) => context === page)?.children ?? [];
      return children.find(({ url }) => url.includes("/embed/"))?.context;
    });
  return {
    name: "Firefox ESR",
    version: capabilities.browserVersion,
    go: async (url) => void (await ask("browsingContext.navigate", { context: page, url, wait: "complete" })),
    async look<T>(where: "page" | "frame", expression: string) {
      const { value } = await evaluate(ask, where === "page" ? page : await frame(), `JSON.stringify((${expression}) ?? null)`);
      return JSON.parse(String(value)) as T;
    },
    press: async (element) => pressAt(ask, await frame(), element),
    async type(element, text) {
      const context = await frame();
      await pressAt(ask, context, element);
      await evaluate(ask, context, `(${element}).select()`);
      const keys = [...text].flatMap((value) => [
        { type: "keyDown", value },
        { type: "keyUp", value },
      ]);
      await ask("input.performActions", { context, actions: [{ type: "key", id: "keys", actions: keys }] });
    },
    async pressInWindow(element) {
      const opened = await until("a second window", async () => (await trees()).find(({ context }) => context !== page)?.context);
      await pressAt(ask, opened, element);
      await until("the window to close", async () => (await trees()).length === 1);
    },
    async close() {
      end();
      await stop();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
