import { createServer } from "node:http";
import { expect, test } from "#tests/support/e2e";

// Wrong input gets its own clear answer, at each door.

const KEY = "pk_test_acmecrmdemo";

type Problem = { status: number; code: string; detail: string };

async function ask(url: string, init: RequestInit = {}): Promise<Problem> {
  const response = await fetch(url, init);
  return { ...((await response.json()) as Problem), status: response.status };
}

test("the API says what is wrong with a request", async ({ product }) => {
  const { origin, secretKey } = product;
  const key = { authorization: `Bearer ${secretKey}` };
  const json = { ...key, "content-type": "application/json" };
  const mint = (body: string) => ask(`${origin}/v1/embed-sessions`, { method: "POST", headers: json, body });

  expect(await ask(`${origin}/v1/records`)).toMatchObject({ status: 401, code: "unauthenticated" });
  expect(await ask(`${origin}/v1/records`, { headers: { authorization: "Bearer sk_test_nobody" } })).toMatchObject({ status: 401 });
  expect(await ask(`${origin}/v1/customers/cus_00000000000000000000`, { headers: key })).toMatchObject({ status: 404, code: "not_found" });
  expect(await mint("{")).toMatchObject({ status: 400, code: "invalid" });
  expect(await mint('{"customer":{}}')).toMatchObject({ status: 400, code: "invalid" });
  expect(await ask(`${origin}/v1/no-such-thing`, { headers: key })).toMatchObject({ status: 404 });
});

test("the frame's door refuses a token nobody minted, and pages of strangers may not frame it", async ({ product }) => {
  const input = encodeURIComponent(JSON.stringify({ "0": { json: null, meta: { values: ["undefined"] } } }));
  const response = await fetch(`${product.origin}/api/trpc/embed/session.bootstrap?batch=1&input=${input}`, {
    headers: { authorization: "Bearer ems_test_nobody" },
  });
  expect(await response.text()).toContain("unauthenticated");

  const frame = await fetch(`${product.origin}/embed/${KEY}`);
  const policy = frame.headers.get("content-security-policy") ?? "";
  expect(policy).toContain(`frame-ancestors ${product.demoOrigin}`);
  expect((await fetch(`${product.origin}/embed/pk_test_nobody`)).status).toBe(404);
});

/** A page of a stranger who took our snippet, and tries to lead it elsewhere. */
const stranger = (origin: string) => `<!doctype html><title>Stranger</title><link rel="icon" href="data:,"><div id="here"></div>
  <script src="${origin}/v1/inlay.js" data-origin="https://evil.example" data-base-url="//evil.example" data-host="evil.example"></script>
  <script>window.heard = []; Inlay.open({ publishableKey: "${KEY}", mount: "#here", origin: "https://evil.example", baseUrl: "//evil.example",
    session: async () => "ems_test_any", onEvent: (event) => heard.push(event.type) })</script>`;

test("A-49, A-59: a page that is not allowed frames nothing, nor does a sandbox in one that is; the loader speaks to our origin only", async ({
  page,
  product,
  expectedErrors,
}) => {
  expectedErrors.push(/\[Inlay\]/, /frame-ancestors/);
  const errors: string[] = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  const refused = () => errors.filter((text) => text.includes("frame-ancestors")).length;
  const server = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(stranger(product.origin)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  try {
    await page.goto(`http://127.0.0.1:${port}/`);
    await expect(page.locator("iframe")).toHaveAttribute("src", `${product.origin}/embed/${KEY}`);
    await expect
      .poll(() => errors)
      .toContainEqual(expect.stringContaining(`Add http://127.0.0.1:${port} to the allowed origins (dashboard, Settings)`));
    expect(await page.evaluate("heard")).toEqual(["error"]);
    expect(refused()).toBe(1);

    await page.evaluate(
      (demo) => document.body.insertAdjacentHTML("beforeend", `<iframe src="${demo}"></iframe>`),
      `${product.demoOrigin}/demo`,
    );
    await expect.poll(refused).toBe(2);
  } finally {
    server.close();
  }

  await page.goto(`${product.demoOrigin}/demo?customer=initech`);
  await page.evaluate((src) => {
    const frame = document.createElement("iframe");
    frame.sandbox.add("allow-scripts"); // its origin is "null"
    frame.srcdoc = `<iframe src="${src}"></iframe>`;
    document.body.append(frame);
  }, `${product.origin}/embed/${KEY}`);
  await expect.poll(refused).toBe(3);
});

test("A-50: the page believes its frame only: no window of another origin, none of ours beside it, and not itself", async ({
  page,
  product,
}) => {
  await page.goto(`${product.demoOrigin}/demo?customer=initech`);
  const shown = page.locator('iframe[src*="/embed/"]');
  await expect(page.getByText("ready", { exact: false }).first()).toBeVisible();
  await page.evaluate((origin) => {
    Object.assign(window, { forged: 0 });
    addEventListener("message", (event) => {
      if (event.data?.forged) (window as unknown as { forged: number }).forged += 1;
    });
    for (const [name, value] of [
      ["src", `${origin}/api/health`],
      ["srcdoc", "<p>hello</p>"],
    ] as const) {
      const frame = document.createElement("iframe");
      if (name === "srcdoc") frame.sandbox.add("allow-scripts");
      frame.name = `forger-${name}`;
      frame.setAttribute(name, value);
      document.body.append(frame);
    }
  }, product.origin);
  const forge = () => {
    const sealed = { inlay: 1, nonce: "f".repeat(32), forged: true };
    const event = { type: "connect.succeeded", integrationId: "int_forged" };
    for (const message of [{ type: "event", event }, { type: "resize", height: 9_999 }, { type: "hello" }, { type: "close" }])
      window.parent.postMessage({ ...sealed, ...message }, "*");
  };
  await expect.poll(() => page.frame("forger-src")?.url()).toContain("/api/health");
  for (const frame of [page.mainFrame(), page.frame("forger-src"), page.frame("forger-srcdoc")]) await frame?.evaluate(forge);
  await expect.poll(() => page.evaluate("forged")).toBe(12);
  await expect(page.getByText("connect.succeeded")).toHaveCount(0);
  await expect(page.getByText("int_forged")).toHaveCount(0);
  await expect(shown).toHaveCount(1);
  expect((await shown.boundingBox())?.height).toBeLessThan(9_000);
});

test("a dashboard page asks for sign-in first", async ({ page, product }) => {
  await page.goto(`${product.origin}/customers`);
  await expect(page).toHaveURL(/\/sign-in/);
});
