import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { build } from "esbuild";
import { expect, test } from "#tests/support/e2e";
import { mint } from "#tests/support/program";

// A vendor that draws its own screens: the demo product's page with a script and a button of its own.

const HUBSPOT = "HubSpot (sandbox)";
const KEY = "pk_test_acmecrmdemo";

const OWN_SCREENS = `
  document.body.innerHTML = '<button id="connect">Connect</button><p role="status"></p>';
  const say = (text) => { document.querySelector("[role=status]").textContent = text };
  const session = () => fetch("/demo/session", { method: "POST" }).then((answer) => answer.json()).then(({ token }) => token);
  window.opened = Inlay.headless({ publishableKey: "${KEY}", session });
  connect.onclick = async () => {
    try {
      const inlay = await opened;
      const integrationId = (await inlay.listIntegrations()).find(({ name }) => name === "${HUBSPOT}").id;
      const { outcome, connection } = await inlay.connect({ integrationId });
      const connectionId = connection.id;
      const { templates } = await inlay.getIntegration({ integrationId });
      await inlay.activate({ connectionId, templateId: templates[0].id });
      const stop = inlay.watchConnection({ connectionId }, async ({ streams }) => {
        if (!streams.length || !streams.every(({ lastSuccessAt }) => lastSuccessAt instanceof Date)) return;
        stop();
        say(outcome + ", " + (await inlay.listRuns({ connectionId })).items.length + " runs");
      });
    } catch (error) { say(error.name + " " + error.code + ": " + error.message) }
  };
  void 0`;

test("a vendor that draws its own screens has the same as functions", async ({ page, product, expectedErrors }) => {
  await page.route("**/demo/session", async (route) => route.fulfill({ json: { token: (await mint(product, "headless-spec")).token } }));
  await page.goto(`${product.demoOrigin}/demo/contacts`);
  await page.addScriptTag({ url: `${product.origin}/v1/headless.js` });
  await page.evaluate(OWN_SCREENS);
  const status = page.getByRole("status");
  const begin = async () => {
    const opened = page.context().waitForEvent("page");
    await page.getByRole("button", { name: "Connect" }).click();
    return opened;
  };

  await test.step("what is wrong is told by field and in words, and nobody is shown a frame", async () => {
    const refusal = (work: string) =>
      page.evaluate(`opened.then((inlay) => ${work}).catch(({ code, message, fields }) => ({ code, message, fields }))`);
    const bad = { code: "invalid", fields: { name: [expect.any(String)] } };
    expect(await refusal(`inlay.requestIntegration({ name: "" })`)).toMatchObject(bad);
    expect(await refusal(`inlay.getConnection({ connectionId: "con_" + "0".repeat(26) })`)).toMatchObject({ code: "not_found" });
    await expect(page.locator("iframe")).toBeHidden();
  });

  await test.step("a window closed is told", async () => {
    const popup = await begin();
    await expect(popup.getByRole("button", { name: "Allow" })).toBeVisible();
    await popup.close();
    await expect(status).toHaveText("InlayError cancelled: The window was closed before the sign-in was finished.");
  });

  await test.step("connected, turned on, watched", async () => {
    const popup = await begin();
    await popup.getByRole("radio").first().check();
    await popup.getByRole("button", { name: "Allow", exact: true }).click();
    const closed = popup.waitForEvent("close");
    await popup.getByRole("button", { name: "Connect", exact: true }).click(); // that it was them, and here
    await closed;
    await expect(status).toHaveText(/^connected, [1-9]\d* runs$/, { timeout: 30_000 });
  });

  await test.step("the page of a stranger gets nothing", async () => {
    expectedErrors.push(/\[Inlay\]/, /frame-ancestors/);
    const server = createServer((_, answer) => {
      answer.setHeader("content-type", "text/html");
      answer.end(`<!doctype html><link rel="icon" href="data:,"><body><script src="${product.origin}/v1/headless.js"></script>`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      await page.goto(`http://127.0.0.1:${(server.address() as { port: number }).port}/`);
      const asked = `Inlay.headless({ publishableKey: "${KEY}", session: async () => { throw "asked" } }).catch(({ message }) => message)`;
      expect(await page.evaluate(asked)).toMatch(/^No answer from .+ to the allowed origins/);
    } finally {
      server.close();
    }
  });
});

/** An app as the guide has it, in StrictMode, where effects run twice. */
const REACT_APP = `
  import { StrictMode } from "react";
  import { createRoot } from "react-dom/client";
  import { Marketplace } from "#components/widget/react.tsx";
  window.heard = [];
  const root = createRoot(document.getElementById("app"));
  window.draw = (options) => root.render(
    <StrictMode><Marketplace publishableKey="${KEY}" onEvent={({ type }) => heard.push(type)} {...options} session={async () => options.token} /></StrictMode>);
  window.leave = () => root.unmount();`;

test("a React app in StrictMode has one marketplace, which follows its theme and goes with it", async ({ page, product }) => {
  const { outputFiles } = await build({
    stdin: { contents: REACT_APP, resolveDir: path.resolve(import.meta.dirname, "../.."), loader: "tsx" },
    ...{ bundle: true, write: false, format: "iife", jsx: "automatic", platform: "browser", logLevel: "error" },
    define: { "process.env.NODE_ENV": '"development"' },
  });
  await page.goto(`${product.demoOrigin}/demo/mail`);
  await page.evaluate(() => Object.assign(document.body.appendChild(document.createElement("div")), { id: "app" }));
  await page.evaluate(outputFiles[0]?.text ?? "");
  const options = { origin: product.origin, token: (await mint(product, "react-spec")).token };
  const draw = (theme: object) => page.evaluate(`draw(${JSON.stringify({ ...options, theme })})`);
  await draw({ appearance: "light" });
  const frames = page.locator("#app iframe");
  const frame = page.frameLocator("#app iframe");
  await expect(frame.getByRole("button", { name: HUBSPOT })).toBeVisible();
  await expect(frames).toHaveCount(1);
  expect(await page.evaluate("heard.filter((type) => type === 'ready').length")).toBe(1);

  await frame.getByRole("searchbox").fill("still here");
  await draw({ appearance: "dark" });
  await expect(frame.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(frame.getByRole("searchbox")).toHaveValue("still here");
  await page.evaluate("leave()");
  await expect(frames).toHaveCount(0);
});

test("a plain frame opens with the lines of the guide", async ({ page, product }) => {
  const guide = await readFile(path.resolve(import.meta.dirname, "../../docs/guides/embed.md"), "utf8");
  const lines = /## Iframe[\s\S]*?```html\n([\s\S]*?)```/.exec(guide)?.[1] ?? "";
  const { token } = await mint(product, "iframe-spec");
  await page.route("**/inlay-session", (route) => route.fulfill({ json: { token } }));
  await page.goto(`${product.demoOrigin}/demo/mail`);
  const [, script = "", frame = ""] =
    /<script>([\s\S]*?)<\/script>([\s\S]*)/.exec(
      lines.replaceAll("https://integrations.example.com", product.origin).replace("pk_live_…", KEY),
    ) ?? [];
  await page.evaluate(script); // written into the page, the demo's own policy would refuse it
  await page.evaluate((html) => document.body.insertAdjacentHTML("beforeend", html), frame);
  await expect(page.frameLocator("#integrations").getByRole("button", { name: HUBSPOT })).toBeVisible();
});
