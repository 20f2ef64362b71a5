import { generateKeyPairSync } from "node:crypto";
import type { FrameLocator, Page } from "@playwright/test";
import { SignJWT } from "jose";
import { expect, test } from "#tests/support/e2e";
import { api, ask, mint, type Place } from "#tests/support/program";

// The marketplace inside a page: what the page's engineer is told, the browser's own buttons, accounts beside each other.
// A customer of its own, so that the other stories stay as they are.

const CUSTOMER = "embed-spec";
const HUBSPOT = "HubSpot (sandbox)";
const KEY = "pk_test_acmecrmdemo";
const HEADING = { level: 1, name: "Integrations" } as const;

async function openAs(page: Page, place: Place, session: () => Promise<unknown>): Promise<FrameLocator> {
  await page.route("**/demo/session", async (route) => route.fulfill({ json: { token: await session() } }));
  await page.goto(`${place.demoOrigin}/demo`);
  return page.frameLocator('iframe[src*="/embed/"]');
}
const minted =
  (place: Place, customer = CUSTOMER) =>
  async () =>
    (await mint(place, customer)).token;

/** What stands on the console of the page, errors only. */
function errorsOf(page: Page): string[] {
  const errors: string[] = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  return errors;
}

async function signIn(page: Page, { origin }: Place): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.getByRole("button", { name: "Continue as the demo's admin" }).click();
  await expect(page).toHaveURL(/overview/);
}

test("a JWT that the vendor signed itself opens the marketplace; a bad one says why to the engineer only", async ({
  page,
  product,
  expectedErrors,
}) => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const added = await api(product, "/v1/embed-keys", { key: publicKey.export({ type: "spki", format: "pem" }), kid: "embed-spec" });
  expect(added.status).toBe(201);
  const { items } = added.json() as { items: { id: string }[] };
  const sign = (lifeS: number) =>
    new SignJWT({ name: "Signed Ltd", origin: product.demoOrigin })
      .setProtectedHeader({ alg: "EdDSA", kid: "embed-spec" })
      .setSubject(CUSTOMER)
      .setAudience(KEY)
      .setExpirationTime(Math.floor(Date.now() / 1000) + lifeS)
      .sign(privateKey);
  try {
    let life = 300;
    const frame = await openAs(page, product, () => sign(life));
    await expect(frame.getByRole("heading", HEADING)).toBeVisible();
    await expect(frame.getByRole("button", { name: HUBSPOT })).toBeVisible();

    expectedErrors.push(/\[Inlay\]/, /status of 401/);
    const errors = errorsOf(page);
    life = -300;
    await page.reload();
    await expect(frame.getByRole("heading", { name: "Your integrations could not be opened" })).toBeVisible();
    await expect.poll(() => errors.find((text) => text.startsWith("[Inlay]"))).toMatch(/The JWT was refused\. This token expired at 20/);
    await expect(frame.getByText(/JWT|token/i)).toHaveCount(0);
  } finally {
    const headers = { authorization: `Bearer ${product.secretKey}` };
    for (const { id } of items) await ask(`${product.origin}/v1/embed-keys/${id}`, { method: "DELETE", headers });
  }
});

test("a page that does it wrong reads on its console what to do", async ({ page, product, expectedErrors }) => {
  expectedErrors.push(/\[Inlay\]/, /status of 500/);
  const errors = errorsOf(page);
  const ours = () => errors.filter((text) => text.startsWith("[Inlay]"));

  await test.step("session() gives no text, or throws", async () => {
    const frame = await openAs(page, product, async () => ({ token: "ems_test_inside_an_object" }));
    await expect(frame.getByRole("heading", { name: "Your integrations could not be opened" })).toBeVisible();
    expect(ours()).toEqual(["[Inlay] session() gave: no token. It has to return a session token or your JWT, as text."]);
    await expect(page.getByText(/^error/)).toBeVisible();
    await page.unrouteAll();
    await page.route("**/demo/session", (route) => route.fulfill({ status: 500, body: "" }));
    await page.reload();
    await expect.poll(ours).toContainEqual(expect.stringMatching(/session\(\) gave: Error: No session \(500\)\./));
  });
});

test("the browser's Back leads to the screen before, and from the first one off the page", async ({ page, product }) => {
  await page.goto(`${product.demoOrigin}/demo/contacts`);
  const frame = await openAs(page, product, minted(product));
  const home = frame.getByRole("heading", HEADING);
  const crm = frame.getByRole("heading", { level: 1, name: "Sandbox CRM" });
  const entries = await page.evaluate(() => history.length);
  await frame.getByRole("button", { name: "Sandbox CRM" }).click();
  await frame.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(frame.getByRole("heading", { level: 1, name: "Connect Sandbox CRM" })).toBeVisible();
  expect(await page.evaluate(() => history.length)).toBe(entries + 1); // however deep
  const back = () => page.evaluate(() => history.back());
  await back();
  await expect(crm).toBeVisible();
  await back();
  await expect(home).toBeVisible();
  await page.evaluate(() => history.forward());
  await expect(crm).toBeVisible();
  await back();
  await expect(home).toBeVisible();

  await test.step("the frame's own way back leaves nothing behind that would have to be pressed away", async () => {
    await frame.getByRole("button", { name: "Sandbox CRM" }).click();
    await frame.getByRole("button", { name: "All integrations" }).click();
    await expect(home).toBeVisible();
    await back();
    await expect(page).toHaveURL(/\/demo\/contacts/);
  });
});

test("a dialog closes on Escape from the first moment, has the focus, and gives it back", async ({ page, product, expectAccessible }) => {
  const pageFrame = await openAs(page, product, minted(product));
  await expect(pageFrame.getByRole("heading", HEADING)).toBeVisible(); // the vendor's page is alive
  const opener = page.getByRole("button", { name: "Open as a dialog" });
  const dialog = page.getByRole("dialog");
  await opener.press("Enter");
  await page.keyboard.press("Escape"); // the frame has not even loaded
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();

  await opener.press("Enter");
  const inside = dialog.frameLocator("iframe");
  await expect(inside.getByRole("main")).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press("Tab");
  await expect(inside.getByRole("button", { name: "Close" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test("a second account stands beside the first; a closed window is noticed at once", async ({ page, product, shoot }) => {
  const frame = await openAs(page, product, minted(product));
  const connect = async (button: string, account: number) => {
    const opened = page.context().waitForEvent("page");
    await frame.getByRole("button", { name: button, exact: true }).click();
    const popup = await opened;
    await popup.getByRole("radio").nth(account).check();
    const closed = popup.waitForEvent("close");
    await popup.getByRole("button", { name: "Allow", exact: true }).click();
    await closed;
    await frame.getByRole("button", { name: "Not now" }).click();
    await expect(frame.getByRole("tab", { name: "Overview" })).toBeVisible();
  };
  await frame.getByRole("button", { name: HUBSPOT }).click();
  await connect("Connect", 0);
  await frame.getByRole("tab", { name: "Settings" }).click();

  await test.step("closed by the customer", async () => {
    const opened = page.context().waitForEvent("page");
    await frame.getByRole("button", { name: "Connect another account" }).click();
    const popup = await opened;
    await expect(popup.getByRole("button", { name: "Allow" })).toBeVisible();
    await popup.close();
    await expect(frame.getByText("The window was closed before access was allowed")).toBeVisible({ timeout: 2_000 });
  });
  await test.step("the account that is there already", async () => {
    const opened = page.context().waitForEvent("page");
    await frame.getByRole("button", { name: "Open the window again" }).click();
    const popup = await opened;
    await popup.getByRole("radio").nth(0).check();
    await popup.getByRole("button", { name: "Allow", exact: true }).click();
    await expect(frame.getByText("This account is already connected")).toBeVisible();
    await page.screenshot({ path: "test-results/screens/50-duplicate-1280.png", animations: "disabled" });
  });
  await connect("Try another account", 1);
  await frame.getByRole("button", { name: "All integrations" }).click();
  await expect(frame.getByText("2 accounts")).toBeVisible();
  await frame.getByRole("button", { name: HUBSPOT }).click();
  await expect(frame.getByRole("heading", { name: "Connected accounts" })).toBeVisible();
  await expect(frame.getByRole("list").first().getByRole("listitem")).toHaveCount(2);
  await shoot(page, "50-two-accounts");
});

test("who misses a tool asks for it, and the vendor sees who", async ({ page, product, shoot, expectAccessible }) => {
  const frame = await openAs(page, product, minted(product));
  await frame.getByRole("searchbox").fill("Pipedrive");
  await frame.getByRole("button", { name: "Ask Acme CRM for Pipedrive" }).click();
  await expect(frame.getByText("Acme CRM knows that you would like Pipedrive.")).toBeVisible();
  await expectAccessible(page);
  await shoot(page, "51-asked");
  await frame.getByRole("button", { name: "Show all integrations" }).click();
  await frame.getByLabel("Missing a tool?").fill("Zoho CRM");
  await frame.getByLabel("Missing a tool?").press("Enter");
  await expect(frame.getByText("Acme CRM knows that you would like Zoho CRM.")).toBeVisible();

  await signIn(page, product);
  await page.goto(`${product.origin}/integrations`);
  const wish = page.getByRole("listitem").filter({ hasText: "Pipedrive" });
  await expect(wish).toContainText(/Signed Ltd|embed-spec/); // named by its signed session, else by its id
  await expect(wish).toContainText("1 customer");
  await shoot(page, "52-asked-vendor");
  await wish.getByRole("button", { name: "Take Pipedrive off the list" }).click();
  await expect(wish).toBeHidden();
});

test("a vendor's engineer registers a signing key; a private one is refused", async ({ page, product, shoot, expectedErrors }) => {
  expectedErrors.push(/status of 400/);
  await signIn(page, product);
  await page.goto(`${product.origin}/settings`);
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const field = page.getByLabel("Public key");
  await field.fill(privateKey.export({ type: "pkcs8", format: "pem" }) as string);
  await page.getByRole("button", { name: "Add key" }).click();
  await expect(page.getByText(/is a private key/)).toBeVisible();
  await field.fill(publicKey.export({ type: "spki", format: "pem" }) as string);
  await page.getByLabel("Key id").fill("spec-key");
  await page.getByRole("button", { name: "Add key" }).click();
  const remove = page.getByRole("button", { name: "Remove the signing key spec-key" });
  await expect(remove).toBeVisible();
  await expect(page.getByText("ES256", { exact: true })).toBeVisible();
  await shoot(page, "53-signing-keys");
  await remove.click();
  await page.getByRole("button", { name: "Remove key" }).click();
  await expect(remove).toBeHidden();
});

test("light and dark as the page or the system has it, still and narrow", async ({ page, product, shoot, expectAccessible }) => {
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  const frame = await openAs(page, product, minted(product));
  await expect(frame.getByRole("heading", HEADING)).toBeVisible();
  // The demo's page is light by day and says so: the system's choice does not count.
  await expect(frame.locator("html")).toHaveAttribute("data-theme", "light");
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(frame.locator("html")).toHaveAttribute("data-theme", "dark");
  await shoot(page, "54-dark");
  await frame.getByRole("button", { name: HUBSPOT }).click();
  await expect(frame.getByRole("heading", { name: "Connected accounts" })).toBeVisible();
  const moving = await frame.locator("html").evaluate(() => document.getAnimations().filter((one) => one.playState === "running").length);
  expect(moving).toBe(0);
  await page.setViewportSize({ width: 360, height: 740 });
  const tooWide = () => frame.locator("html").evaluate((root) => root.scrollWidth - root.clientWidth);
  await expect.poll(tooWide).toBeLessThanOrEqual(0);
  await expectAccessible(page);
  await page.screenshot({ path: "test-results/screens/55-dark-360.png", fullPage: true });
});

test.describe("in German, as the browser asks for", () => {
  test.use({ locale: "de-AT" });
  test("the marketplace speaks the customer's language, server and all", async ({ page, product, shoot }) => {
    const frame = await openAs(page, product, minted(product, "language-spec"));
    await expect(frame.locator("html")).toHaveAttribute("lang", "de");
    await expect(page.locator('iframe[src*="/embed/"]')).toHaveAttribute("title", "Integrationen");
    await frame.getByRole("searchbox").fill("gibt es nicht");
    await expect(frame.getByText("Nichts passt zu „gibt es nicht“")).toBeVisible();
    await frame.getByRole("button", { name: "Alle Integrationen zeigen" }).click();
    await shoot(page, "56-german");
    await frame.getByRole("button", { name: "Sandbox CRM" }).click();
    await expect(frame.getByText("gelesen und aktuell gehalten")).toBeVisible(); // said by the server
    await frame.getByRole("button", { name: "Verbinden", exact: true }).click();
    await frame.getByRole("textbox", { name: "API-Schlüssel" }).fill("wrong-key-0123456789");
    await frame.getByRole("button", { name: "Prüfen und verbinden" }).click();
    await expect(frame.getByText("nimmt diesen Schlüssel nicht an")).toBeVisible();
    await shoot(page, "57-german-key-refused");
  });
});

test.describe("in Arabic", () => {
  test.use({ locale: "ar" });
  test("the marketplace runs from right to left", async ({ page, product, shoot }) => {
    const frame = await openAs(page, product, minted(product, "language-spec"));
    await expect(frame.locator("html")).toHaveAttribute("dir", "rtl");
    await expect(frame.getByRole("heading", HEADING)).toBeVisible(); // the demo's own title
    await shoot(page, "58-arabic");
    await frame.getByRole("button", { name: "Sandbox CRM" }).click();
    await expect(frame.getByRole("button", { name: "اتصال", exact: true })).toBeVisible();
    await shoot(page, "59-arabic-detail");
  });
});
