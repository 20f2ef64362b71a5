import { createServer } from "node:http";
import type { FrameLocator, Page } from "@playwright/test";
import postgres from "postgres";
import { expect, test } from "#tests/support/e2e";
import { type Answer, api, ask, mint, type Place } from "#tests/support/program";
import { createScene } from "#tests/support/world";

// Wrong input gets its own clear answer, at each door: what a program is told, and what a person sees.

const KEY = "pk_test_acmecrmdemo";
const SECRET = "inlay-demo-secret-0123456789abcdef";
const CUSTOMER = "wrong-input";

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** The problem a refusal of the API must be: its status, its code, and a sentence that says what to do. */
function expectProblem(answer: Answer, status: number, code: string, sentence: string | RegExp): void {
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  const problem = answer.json();
  expect(problem).toMatchObject({ status, code, type: `/v1/docs#${code}`, detail: expect.stringMatching(sentence) });
  expect(answer.status).toBe(status);
  expect(problem["requestId"]).toBe(answer.headers.get("x-request-id"));
}

test("a program that sends something wrong is told what, and what to do", async ({ product }) => {
  const { origin } = product;
  const post = (body: string, headers: Record<string, string> = { "content-type": "application/json" }) =>
    ask(`${origin}/v1/embed-sessions`, { method: "POST", headers: { ...bearer(product.secretKey), ...headers }, body });

  await test.step("keys", async () => {
    const records = (headers: Record<string, string>) => ask(`${origin}/v1/records`, { headers });
    const none = await records({});
    expectProblem(none, 401, "unauthenticated", "Send your secret key as `Authorization: Bearer sk_…`.");
    expect(none.headers.get("www-authenticate")).toBe('Bearer realm="inlay"');
    expectProblem(await records(bearer(KEY)), 401, "unauthenticated", "This is a publishable key. The API needs the secret key");
    expectProblem(await records(bearer("sk_test_nobody")), 401, "unauthenticated", "This secret key is not known here.");
    expectProblem(await records(bearer((await mint(product, CUSTOMER)).token)), 401, "unauthenticated", "This is not a secret key");
  });
  await test.step("bodies", async () => {
    expectProblem(await post("{"), 400, "invalid", "The body is not valid JSON: ");
    expectProblem(await post("[1]"), 400, "invalid", "The body must be a JSON object.");
    expectProblem(await post("a=b", { "content-type": "text/plain" }), 400, "invalid", "Send the body as JSON, with the header");
    expectProblem(await post("{}"), 400, "invalid", /^customer: /);
    const unknown = await post('{"customer":{"id":"x"},"colour":"red"}');
    expectProblem(unknown, 400, "invalid", /colour/);
    expectProblem(await post(`{"customer":{"id":"${"x".repeat(1_100_000)}"}}`), 413, "invalid", "The body is larger than 1 MiB.");
    const elsewhere = await api(product, "/v1/embed-sessions", { customer: { id: "x" }, origin: "https://evil.example" });
    expectProblem(
      elsewhere,
      400,
      "invalid",
      `https://evil.example is not an allowed origin of this environment. Allowed: ${product.demoOrigin}`,
    );
    expect(elsewhere.json()["issues"]).toEqual([{ path: "origin", message: "is not an allowed origin of this environment" }]);
  });
  await test.step("addresses and parameters", async () => {
    expectProblem(
      await api(product, "/v1/no-such-thing"),
      404,
      "not_found",
      "There is no /v1/no-such-thing here. All operations are listed at /v1/docs.",
    );
    const method = await ask(`${origin}/v1/records`, { method: "DELETE", headers: bearer(product.secretKey) });
    expectProblem(method, 405, "invalid", "/v1/records takes GET, not DELETE.");
    expect(method.headers.get("allow")).toBe("GET, HEAD");
    expectProblem(await api(product, "/v1/changes?after=soon"), 400, "invalid", /^after: /);
    expectProblem(await api(product, "/v1/records?limit=5000"), 400, "invalid", /^limit: /);
    expectProblem(await api(product, "/v1/records?cursor=%00%FF"), 400, "invalid", /./);
  });
});

test("what is not there and what is not yours are told apart by nobody", async ({ product }) => {
  const owner = postgres(product.databaseUrl, { max: 1, onnotice: () => {} });
  const strange = await createScene(owner, { name: "Somebody else" });
  await owner`update streams set status = 'off' where environment_id = ${strange.environment}`;
  await owner`update webhook_endpoints set status = 'disabled' where environment_id = ${strange.environment}`;
  await owner.end();
  const body = async (path: string, method = "GET") => {
    const answer = await ask(`${product.origin}${path}`, {
      method,
      headers: { ...bearer(product.secretKey), "x-request-id": "req_the_same", "content-type": "application/json" },
      ...(method === "POST" ? { body: "{}" } : {}),
    });
    return [answer.status, answer.text.replaceAll(path.split("/")[3] ?? "", "ID")];
  };
  const nothing = "0".repeat(20);
  for (const [method, path, theirs] of [
    ["GET", "/v1/connections/", strange.connection],
    ["DELETE", "/v1/connections/", strange.connection],
    ["GET", "/v1/customers/", strange.customer],
    ["POST", "/v1/streams/", `${strange.stream}/sync`],
  ] as const) {
    const missing = theirs.replace(/_[^/]+/, `_${nothing}`);
    const refused = await body(path + theirs, method);
    expect(refused[0]).toBe(404);
    expect(refused).toEqual(await body(path + missing, method));
    expect(JSON.parse(String(refused[1]))).toMatchObject({ code: "not_found", next: "Check the id" });
  }
});

/** The frame's own question, asked by a program. */
const bootstrap = (place: Place, headers: Record<string, string>) => ask(`${place.origin}/api/trpc/embed/session.bootstrap`, { headers });
const saidBy = (answer: Answer) => {
  const error = answer.json()["error"] as { json: { data: { httpStatus: number; inlay: Record<string, unknown> } } };
  return { status: answer.status, ...error.json.data.inlay };
};

async function expire(product: Place & { databaseUrl: string }, token: { customerId: string }): Promise<void> {
  const owner = postgres(product.databaseUrl, { max: 1 });
  await owner`update embed_sessions set expires_at = now() - interval '1 second' where customer_id = ${token.customerId}`;
  await owner.end();
}

test("a token that is made up, expired, or used from another page is refused in the customer's words", async ({ product }) => {
  const minted = await mint(product, CUSTOMER);
  const ended = { status: 401, code: "unauthenticated", text: "Your session has ended. Reload the page to go on.", detail: null };
  const forbidden = { status: 403, code: "forbidden", text: "You are not allowed to do this.", detail: null };
  expect(saidBy(await bootstrap(product, bearer("ems_test_nobody")))).toMatchObject(ended);
  expect(saidBy(await bootstrap(product, {}))).toMatchObject(ended);
  expect((await bootstrap(product, { ...bearer(minted.token), "x-inlay-host-origin": product.demoOrigin })).status).toBe(200);
  for (const headers of [{ "x-inlay-host-origin": "https://evil.example" }, { origin: "https://evil.example" }]) {
    expect(saidBy(await bootstrap(product, { ...bearer(minted.token), ...headers }))).toMatchObject(forbidden);
  }
  await expire(product, minted);
  expect(saidBy(await bootstrap(product, bearer(minted.token)))).toMatchObject(ended);
});

/** The demo's page for a customer of this file's own; counts how often it was asked for a session. */
async function openDemo(
  page: Page,
  product: Place,
): Promise<{ frame: FrameLocator; asked: () => number; last: () => { customerId: string } }> {
  let asked = 0;
  let last = { token: "", customerId: "" };
  await page.route("**/demo/session", async (route) => {
    asked += 1;
    last = await mint(product, CUSTOMER);
    await route.fulfill({ json: last });
  });
  await page.goto(`${product.demoOrigin}/demo`);
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("button", { name: "HubSpot (sandbox)" })).toBeVisible();
  return { frame, asked: () => asked, last: () => last };
}

test("a session that expires while somebody looks is renewed unseen, once; without a new one the screen says so", async ({
  page,
  product,
}) => {
  const { frame, asked, last } = await openDemo(page, product);
  await expire(product, last());
  await frame.getByRole("button", { name: "HubSpot (sandbox)" }).click();
  await expect(frame.getByRole("heading", { name: "What is read" })).toBeVisible();
  expect(asked()).toBe(2);

  await page.unrouteAll();
  await page.route("**/demo/session", (route) => route.fulfill({ json: { token: "ems_test_spent" } }));
  await expire(product, last());
  await frame.getByRole("button", { name: "All integrations" }).click();
  await frame.getByRole("button", { name: "Sandbox CRM" }).click();
  await expect(frame.getByRole("heading", { name: "Your session has ended" })).toBeVisible();
  await expect(frame.getByText("Reload to go on; nothing was lost and running syncs continue.", { exact: false })).toBeVisible();
});

test("a page of a stranger may not frame the marketplace, and a frame that got there says nothing to it", async ({
  page,
  product,
  expectedErrors,
}) => {
  expectedErrors.push(/frame-ancestors|Content Security Policy/i, /chrome-error|Failed to load resource/);
  const server = createServer((_, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.end(`<!doctype html><title>Stranger</title><link rel="icon" href="data:,"><div id="here"></div><script src="${product.origin}/v1/inlay.js"></script>
      <script>var asked = 0; var heard = []; addEventListener("message", (e) => heard.push(e.data));
      Inlay.open({ publishableKey: "${KEY}", mount: "#here", session: async () => { asked++; return "ems_test_any"; } })</script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  try {
    await page.goto(`http://127.0.0.1:${port}/`);
    await expect.poll(() => page.frames().at(-1)?.url()).toBe("chrome-error://chromewebdata/");

    // Even if the browser let it in: the frame finds that the page is not one of the vendor's, and says no word.
    await page.route("**/embed/**", async (route) => {
      const answer = await route.fetch();
      const { "content-security-policy": _policy, ...headers } = answer.headers();
      await route.fulfill({ response: answer, headers });
    });
    await page.reload();
    const frame = page.frameLocator("iframe");
    await expect(frame.getByRole("heading", { name: "This page has to be opened inside Acme CRM" })).toBeVisible();
    await expect(frame.getByRole("button")).toHaveCount(0);
    expect(await page.evaluate("[asked, heard]")).toEqual([0, []]);
  } finally {
    server.close();
  }
});

/** Replaces the OAuth app of HubSpot in the dashboard, as a person of the vendor's team does. */
async function saveSecret(page: Page, origin: string, secret: string): Promise<void> {
  await page.goto(`${origin}/integrations`);
  await page.getByRole("link", { name: "HubSpot (sandbox)" }).click();
  await page.getByLabel("Client id").fill("inlay-demo");
  await page.getByLabel("Client secret").fill(secret);
  await page.getByRole("button", { name: "Save OAuth app" }).click();
  // Where accounts are connected, a person says twice that they mean it.
  const sure = page.getByRole("button", { name: "Replace the OAuth app" });
  const saved = page.getByText("Integration saved");
  await expect(sure.or(saved)).toBeVisible();
  if (await sure.isVisible()) await sure.click();
  await expect(saved).toBeVisible();
}

async function allow(page: Page, frame: FrameLocator, button: string): Promise<void> {
  const opened = page.context().waitForEvent("page");
  await frame.getByRole("button", { name: button, exact: true }).click();
  const popup = await opened;
  await popup.getByRole("button", { name: "Allow", exact: true }).click();
}

test("with a wrong client secret the customer reads nothing of it, and the vendor what to correct", async ({
  page,
  product,
  expectedErrors,
  expectAccessible,
  shoot,
}) => {
  expectedErrors.push(/status of 412/);
  const vendor = await page.context().newPage();
  await vendor.goto(`${product.origin}/sign-in`);
  await vendor.getByRole("button", { name: "Continue as the demo's admin" }).click();
  await vendor.waitForURL(/\/overview/);
  await saveSecret(vendor, product.origin, "not-the-secret");
  const { frame } = await openDemo(page, product);
  try {
    await frame.getByRole("button", { name: "HubSpot (sandbox)" }).click();
    await allow(page, frame, "Connect");
    await expect(frame.getByText("HubSpot (sandbox) could not be connected")).toBeVisible();
    await expect(
      frame.getByText("This integration is not set up completely yet. Its provider has been told what is missing."),
    ).toBeVisible();
    expect(await frame.locator("body").innerText()).not.toMatch(/secret|client|401/i);
    await shoot(page, "30-secret-customer");

    await vendor.goto(`${product.origin}/integrations`);
    await expect(vendor.getByText("Connecting fails")).toBeVisible();
    await vendor.getByRole("link", { name: "HubSpot (sandbox)" }).click();
    const note = vendor.getByRole("region", { name: "Connecting fails" });
    await expect(note).toContainText("The integration's configuration is incomplete or wrong.");
    await expect(note).toContainText(/HubSpot answered 40\d.*Check the integration's client id and secret\./);
    await expect(note).toContainText("Your team can fix this. Next: Correct the OAuth app below.");
    await expectAccessible(vendor);
    await shoot(vendor, "31-secret-vendor");
  } finally {
    await saveSecret(vendor, product.origin, SECRET);
  }
  await allow(page, frame, "Try again");
  await expect(frame.getByText("Connected:")).toBeVisible();
  await vendor.goto(`${product.origin}/integrations`);
  await expect(vendor.getByRole("link", { name: "HubSpot (sandbox)" })).toBeVisible();
  await expect(vendor.getByText("Connecting fails")).toHaveCount(0);
});
