import type { FrameLocator, Page } from "@playwright/test";
import { expect, test } from "#tests/support/e2e";

/** The story of a customer, walked in a browser across two origins: the vendor's page and the frame inside it. */

const marketplace = (page: Page): FrameLocator => page.frameLocator("iframe[title=Integrations]");

async function openDemo(page: Page, demoOrigin: string, customer: string): Promise<FrameLocator> {
  await page.goto(`${demoOrigin}/demo?customer=${customer}`);
  const frame = marketplace(page);
  await expect(frame.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
  return frame;
}

/** Opens the sign-in window by `button` and answers there with `decision`. */
async function consent(page: Page, frame: FrameLocator, button: string, decision: "Allow" | "Deny"): Promise<void> {
  const opened = page.context().waitForEvent("page");
  await frame.getByRole("button", { name: button, exact: true }).click();
  const popup = await opened;
  const closed = popup.waitForEvent("close");
  await popup.getByRole("button", { name: decision, exact: true }).click();
  await closed;
}

test("a customer connects an account, and its records arrive in the vendor's product", async ({
  page,
  product,
  shoot,
  expectAccessible,
}) => {
  const frame = await openDemo(page, product.demoOrigin, "globex");
  await test.step("the marketplace shows in the vendor's colours", async () => {
    expect(new URL(product.origin).hostname).not.toBe(new URL(product.demoOrigin).hostname);
    await expect(frame.getByRole("button", { name: "HubSpot (sandbox)" })).toBeVisible();
    const accent = await frame.locator("html").evaluate((root) => getComputedStyle(root).getPropertyValue("--accent").trim());
    expect(accent).toBe("#0f766e");
    expect(await page.context().cookies(product.origin)).toEqual([]);
    await expectAccessible(page);
    await shoot(page, "1-marketplace");
  });

  await test.step("a search that finds nothing offers the way back", async () => {
    await frame.getByRole("searchbox").fill("zzz");
    await expect(frame.getByText("Nothing matches “zzz”")).toBeVisible();
    await frame.getByRole("button", { name: "Show all integrations" }).click();
    await expect(frame.getByRole("button", { name: "Sandbox CRM" })).toBeVisible();
  });

  await test.step("the detail says what is read before anything is connected", async () => {
    await frame.getByRole("button", { name: "HubSpot (sandbox)" }).click();
    await expect(frame.getByRole("heading", { name: "What is read" })).toBeVisible();
    await frame.locator("summary", { hasText: "Contacts" }).click();
    await expect(frame.getByText("E-mail", { exact: false }).first()).toBeVisible();
    await expectAccessible(page);
    await shoot(page, "2-detail");
  });

  await test.step("access that is not allowed is said plainly, and can be tried again", async () => {
    await consent(page, frame, "Connect", "Deny");
    await expect(frame.getByText("Access was not allowed in HubSpot (sandbox)")).toBeVisible();
    await expectAccessible(page);
    await shoot(page, "3-denied");
    await consent(page, frame, "Try again", "Allow");
  });

  await test.step("the connected account is named, and the template turned on", async () => {
    await expect(frame.getByText("Connected:")).toBeVisible();
    await expect(frame.getByRole("checkbox", { name: "Contacts to Acme" })).toBeChecked();
    await expectAccessible(page);
    await shoot(page, "4-turn-on");
    await frame.getByRole("button", { name: "Turn on" }).click();
  });

  await test.step("the first sync shows its progress, then that all is up to date", async () => {
    await expect(frame.getByRole("progressbar")).toBeVisible();
    await expect(frame.getByText(/of about 10,000 contacts/)).toBeVisible();
    await expect(frame.getByText("Up to date.")).toBeVisible({ timeout: 60_000 });
    await expect(frame.getByText("10,000", { exact: true })).toBeVisible();
    await expectAccessible(page);
    await shoot(page, "5-home");
    await frame.getByRole("tab", { name: "Activity" }).click();
    await expect(frame.getByText(/First sync of Contacts: 10,000 new/)).toBeVisible();
    await shoot(page, "6-activity");
  });

  await test.step("the vendor's page heard of it", async () => {
    const heard = page.locator(".acme-log").first();
    for (const event of ["connect.started", "connect.failed", "connect.succeeded", "installation.activated", "sync.completed"]) {
      await expect(heard.getByText(event).first()).toBeVisible();
    }
  });

  await test.step("a signed webhook arrived, and the vendor's backend reads the records", async () => {
    await expect(page.getByText("✓ signature verified").first()).toBeVisible();
    await page.getByRole("link", { name: "Contacts" }).click();
    await expect(page.getByRole("row")).toHaveCount(11);
    await expect(page.getByText(/#\d+ contact created/).first()).toBeVisible();
    await expectAccessible(page);
    await shoot(page, "7-records");
  });
});

test("a changed record arrives within seconds of “Sync now”", async ({ page, product }) => {
  const frame = await openDemo(page, product.demoOrigin, "globex");
  await frame.getByRole("button", { name: "HubSpot (sandbox)" }).click();
  await expect(frame.getByText("Up to date.")).toBeVisible();
  const simulator = await page.context().newPage();
  await simulator.goto(product.simulatorOrigin);
  await changeOneContact(simulator);
  await simulator.close();
  await frame.getByRole("button", { name: "Sync now" }).click();
  await frame.getByRole("tab", { name: "Activity" }).click();
  await expect(frame.getByText(/Sync of Contacts: 1 updated/)).toBeVisible({ timeout: 20_000 });
});

/** In the simulator's own screen: gives the first contact of the connected account another job. */
async function changeOneContact(simulator: Page): Promise<void> {
  await simulator
    .getByRole("link", { name: /contacts/i })
    .first()
    .click();
  await simulator.locator("table a").first().click();
  await simulator.getByLabel(/job ?title/i).fill("Head of Changes");
  await simulator.getByRole("button", { name: /save/i }).click();
}

test("an account with a key is tried before it is kept, and disconnecting says what will happen", async ({
  page,
  product,
  shoot,
  expectAccessible,
}) => {
  const frame = await openDemo(page, product.demoOrigin, "initech");
  await frame.getByRole("button", { name: "Sandbox CRM" }).click();
  await frame.getByRole("button", { name: "Connect", exact: true }).click();
  const key = frame.getByLabel(/key/i).first();
  await expect(key).toHaveAttribute("type", "password");
  await frame.getByRole("button", { name: "Test and connect" }).click();
  await expect(frame.getByText(/is needed/)).toBeVisible();
  await key.fill("sk_wrong_0123456789");
  await frame.getByRole("button", { name: "Test and connect" }).click();
  await expect(frame.getByText("did not accept this key", { exact: false })).toBeVisible();
  await expectAccessible(page);
  await shoot(page, "8-key-refused");
});

test("the same marketplace opens as a dialog that gives the focus back", async ({ page, product, shoot }) => {
  await openDemo(page, product.demoOrigin, "globex");
  const opener = page.getByRole("button", { name: "Open as a dialog" });
  await opener.click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  const inside = dialog.frameLocator("iframe");
  await expect(inside.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
  await shoot(page, "9-dialog");
  await inside.getByRole("searchbox").press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test("the marketplace in the vendor's dark look", async ({ page, product, shoot, expectAccessible }) => {
  const frame = await openDemo(page, product.demoOrigin, "globex");
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(frame.locator("html")).toHaveAttribute("data-theme", "dark");
  await expectAccessible(page);
  await shoot(page, "10-marketplace-dark");
  await frame.getByRole("button", { name: "HubSpot (sandbox)" }).click();
  await expect(frame.getByRole("tab", { name: "Overview" })).toBeVisible();
  await expectAccessible(page);
  await shoot(page, "11-home-dark");
});

test("what must not open says so", async ({ page, product, expectedErrors }) => {
  expectedErrors.push(/status of 40[04]/);
  await page.goto(`${product.origin}/embed/pk_test_acmecrmdemo`);
  await expect(page.getByRole("heading", { name: "This page has to be opened inside Acme CRM" })).toBeVisible();
  const unknown = await page.goto(`${product.origin}/embed/pk_test_nobody`);
  expect(unknown?.status()).toBe(404);
  const spent = await page.goto(`${product.origin}/connect/callback/int_unknown?state=${"s".repeat(43)}&code=c`);
  expect(spent?.status()).toBe(400);
  expect(spent?.headers()["referrer-policy"]).toBe("no-referrer");
  expect(spent?.headers()["cache-control"]).toBe("no-store");
  await expect(page.getByRole("heading", { name: "This sign-in is not known any more" })).toBeVisible();
  expect(page.url()).not.toContain("code=");
});
