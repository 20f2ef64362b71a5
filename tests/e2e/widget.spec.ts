import type { FrameLocator, Page } from "@playwright/test";
import { expect, test } from "#tests/support/e2e";
import { mint } from "#tests/support/program";

// What a customer can meet in the marketplace besides the straight way: refusals, decisions, blocked windows, other looks.
// Initech is the customer here, so that the story of Globex stays as it is.

const HUBSPOT = "HubSpot (sandbox)";

async function openDemo(page: Page, demoOrigin: string): Promise<FrameLocator> {
  await page.goto(`${demoOrigin}/demo?customer=initech`);
  const frame = page.frameLocator("iframe[title=Integrations]");
  await expect(frame.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
  return frame;
}

/** Opens the sign-in window by `button` and answers there with `decision`, for the account whose name matches. */
async function consent(page: Page, frame: FrameLocator, button: string, decision: "Allow" | "Deny", account?: RegExp): Promise<void> {
  const opened = page.context().waitForEvent("page");
  await frame.getByRole("button", { name: button, exact: true }).click();
  const popup = await opened;
  if (account) await popup.getByRole("radio", { name: account }).check();
  await expect(popup.getByRole("button", { name: decision, exact: true })).toBeVisible();
  // The third party cannot lead the frame that opened its window elsewhere.
  await popup.evaluate(() => {
    try {
      window.opener.location.href = "about:blank";
    } catch {
      // Refused, as it should be.
    }
  });
  const closed = popup.waitForEvent("close");
  await popup.getByRole("button", { name: decision, exact: true }).click();
  await closed;
}

test("a search that finds nothing offers the way back; the detail says what is read", async ({ page, product, expectAccessible }) => {
  const frame = await openDemo(page, product.demoOrigin);
  const accent = await frame.locator("html").evaluate((root) => getComputedStyle(root).getPropertyValue("--accent").trim());
  expect(accent).toBe("#0f766e");
  await frame.getByRole("searchbox").fill("zzz");
  await expect(frame.getByText("Nothing matches “zzz”")).toBeVisible();
  await expectAccessible(page);
  await frame.getByRole("button", { name: "Show all integrations" }).click();
  await frame.getByRole("button", { name: "Slack" }).click();
  await expect(frame.getByRole("button", { name: "Coming soon" })).toBeDisabled();
  await frame.getByRole("button", { name: "All integrations" }).click();
  await frame.getByRole("button", { name: HUBSPOT }).click();
  await frame.locator("summary", { hasText: "Contacts" }).first().press("Enter");
  await expect(frame.getByText(/First name, Last name/)).toBeVisible();
});

test("access denied, then allowed though the page was reloaded meanwhile, then the same account again", async ({
  page,
  product,
  shoot,
}) => {
  const frame = await openDemo(page, product.demoOrigin);
  await frame.getByRole("button", { name: HUBSPOT }).click();
  await consent(page, frame, "Connect", "Deny");
  await expect(frame.getByText(`Access was not allowed in ${HUBSPOT}`)).toBeVisible();
  await shoot(page, "20-denied");

  await test.step("the window that is open when the page is reloaded still counts, once its person says so", async () => {
    const opened = page.context().waitForEvent("page");
    await frame.getByRole("button", { name: "Try again" }).click();
    const popup = await opened;
    await expect(popup.getByRole("button", { name: "Allow" })).toBeVisible();
    await page.reload();
    await expect(frame.getByText(`Waiting for you in the ${HUBSPOT} window`)).toBeVisible();
    await popup.getByRole("button", { name: "Allow" }).click();
    await expect(popup.getByRole("heading", { name: `Connect ${HUBSPOT} to Initech?` })).toBeVisible();
    const closed = popup.waitForEvent("close");
    await popup.getByRole("button", { name: "Connect" }).click();
    await closed;
  });
  await expect(frame.getByText("Connected:")).toBeVisible();
  await frame.getByRole("button", { name: "Not now" }).click();
  await expect(frame.getByRole("button", { name: "Choose what to sync" }).first()).toBeVisible();

  await test.step("reconnecting with another account asks what is meant", async () => {
    await frame.getByRole("tab", { name: "Settings" }).click();
    await frame.getByRole("button", { name: "Reconnect" }).click();
    const other = page.context().waitForEvent("page");
    await frame.getByRole("button", { name: `Continue to ${HUBSPOT}` }).click();
    const popup = await other;
    await popup.getByRole("radio").nth(1).check();
    await popup.getByRole("button", { name: "Allow" }).click();
    await expect(frame.getByText("That is a different account")).toBeVisible();
    await shoot(page, "21-different-account");
    await frame.getByRole("button", { name: "Cancel" }).click();
  });
});

test("a window closed early is noticed; a blocked one is replaced by this tab", async ({ page, product, shoot, expectAccessible }) => {
  const frame = await openDemo(page, product.demoOrigin);
  await frame.getByRole("button", { name: HUBSPOT }).click();
  await frame.getByRole("tab", { name: "Settings" }).click();
  await frame.getByRole("button", { name: "Reconnect" }).click();

  const opened = page.context().waitForEvent("page");
  await frame.getByRole("button", { name: `Continue to ${HUBSPOT}` }).click();
  const popup = await opened;
  await expect(popup.getByRole("button", { name: "Allow" })).toBeVisible();
  await popup.close();
  await expect(frame.getByText("The window was closed before access was allowed")).toBeVisible();
  await expectAccessible(page);

  await frame.locator("html").evaluate(() => {
    window.open = () => null;
  });
  await frame.getByRole("button", { name: "Open the window again" }).click();
  const here = frame.getByRole("link", { name: `Open ${HUBSPOT} in this tab` });
  await expect(here).toBeVisible();
  await shoot(page, "22-blocked");
  await here.click();
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(page.getByRole("heading", { name: `Connect ${HUBSPOT} to Initech?` })).toBeVisible();
  await shoot(page, "22-returned");
  await page.getByRole("button", { name: "Connect" }).click();
  await page.waitForURL(`${product.demoOrigin}/demo**`);
  await expect(frame.getByRole("tab", { name: "Overview" })).toBeVisible();
  await expect(page.getByText("connect.succeeded")).toBeVisible();
});

test("a key is tried before it is kept; disconnecting says what will happen", async ({ page, product, shoot, expectAccessible }) => {
  const frame = await openDemo(page, product.demoOrigin);
  await frame.getByRole("button", { name: "Sandbox CRM" }).click();
  await frame.getByRole("button", { name: "Connect", exact: true }).click();
  const key = frame.getByLabel("API key");
  await expect(key).toHaveAttribute("type", "password");
  await frame.getByRole("button", { name: "Test and connect" }).click();
  await expect(frame.getByText("API key is needed.")).toBeVisible();
  await key.fill("wrong-key-0123456789");
  await frame.getByRole("button", { name: "Test and connect" }).click();
  await expect(frame.getByText("does not accept this key")).toBeVisible();
  await shoot(page, "23-key-refused");
  await key.fill("sbx_demo_key");
  await frame.getByRole("button", { name: "Test and connect" }).click();
  await frame.getByRole("button", { name: "Turn on" }).click();
  await expect(frame.getByText("Up to date.")).toBeVisible({ timeout: 60_000 });
  await frame.getByRole("tab", { name: "Activity" }).click();
  await expect(frame.getByText(/First sync of Contacts/)).toBeVisible();
  await shoot(page, "24-activity");
  await frame.getByRole("tab", { name: "Problems" }).click();
  await expectAccessible(page);
  await frame.getByRole("tab", { name: "Settings" }).click();
  await frame.getByRole("button", { name: "Pause" }).click();
  await expect(frame.getByText("Syncing is paused")).toBeVisible();
  await frame.getByRole("button", { name: "Resume" }).click();
  await frame.getByRole("button", { name: "Disconnect Sandbox CRM" }).click();
  await expect(frame.getByText(/the access you gave at Sandbox CRM is withdrawn/)).toBeVisible();
  await shoot(page, "25-disconnect");
  await test.step("A-56: a press that may have been led here unseen is not enough", async () => {
    const over = "position:fixed;inset:0;pointer-events:none;background:#fff;opacity:0.9;z-index:9";
    await page.evaluate((style) => document.body.insertAdjacentHTML("beforeend", `<div id="over" style="${style}"></div>`), over);
    const disconnect = frame.getByRole("button", { name: "Disconnect Sandbox CRM" });
    await expect(async () => {
      await disconnect.click({ timeout: 2_000 });
      await expect(frame.getByText("Something lies over this button")).toBeVisible({ timeout: 2_000 });
    }).toPass();
    await expect(disconnect).toBeDisabled();
    await frame.getByLabel("Type Sandbox CRM to go on").fill("Sandbox CRM");
    await page.evaluate(() => document.getElementById("over")?.remove());
    await shoot(page, "25-disconnect-covered");
  });
  await frame.getByRole("button", { name: "Disconnect Sandbox CRM" }).click();
  await expect(frame.getByRole("searchbox")).toBeVisible();
  await expect(page.getByText("disconnected").first()).toBeVisible();
});

test("who is not the admin sends a link; whoever opens it connects that account, once", async ({ page, product, shoot, browser }) => {
  await page.route("**/demo/session", async (route) => route.fulfill({ json: { token: (await mint(product, "link-spec")).token } }));
  const frame = await openDemo(page, product.demoOrigin);
  await frame.getByRole("button", { name: "Sandbox CRM" }).click();
  await frame.getByRole("button", { name: "Connect", exact: true }).click();
  await frame.getByText("I am not the admin of this account").click();
  await frame.getByRole("button", { name: "Make a link" }).click();
  await expect(frame.getByText("The link has not been opened yet.")).toBeVisible();
  await shoot(page, "60-link-made");
  const url = await frame.getByRole("textbox", { name: "Link to send" }).inputValue();

  const admin = await browser.newPage(); // another person, another browser
  await admin.goto(url);
  await expect(admin.getByRole("heading", { level: 1, name: "Connect Sandbox CRM for link-spec" })).toBeVisible();
  expect(admin.url()).not.toContain("lnk_");
  await shoot(admin, "61-link-opened");
  await expect(frame.getByText("The link was opened; the account is not connected yet.")).toBeVisible();
  await admin.reload();
  await admin.getByRole("button", { name: "Cancel" }).click();
  await admin.getByLabel("API key").fill("sbx_of_the_admin");
  await admin.getByRole("button", { name: "Test and connect" }).click();
  await expect(admin.getByRole("heading", { name: "Sandbox CRM is connected" })).toBeVisible();
  await shoot(admin, "62-link-done");
  await admin.goto("about:blank");
  await admin.goto(url);
  await expect(admin.getByRole("heading", { name: "This link does not work any more" })).toBeVisible();
  await admin.context().close();

  await frame.getByRole("button", { name: "Go on with it" }).click();
  await expect(frame.getByRole("tab", { name: "Overview" })).toBeVisible();
});

test("the marketplace opens as a dialog too, and gives the focus back", async ({ page, product, shoot }) => {
  await openDemo(page, product.demoOrigin);
  const opener = page.getByRole("button", { name: "Open as a dialog" });
  await opener.click();
  const dialog = page.getByRole("dialog");
  const inside = dialog.frameLocator("iframe");
  await expect(inside.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
  await shoot(page, "26-dialog");
  await inside.getByRole("searchbox").press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test("the marketplace follows the vendor's dark look", async ({ page, product, shoot }) => {
  const frame = await openDemo(page, product.demoOrigin);
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(frame.locator("html")).toHaveAttribute("data-theme", "dark");
  await shoot(page, "27-dark");
  await frame.getByRole("button", { name: HUBSPOT }).click();
  await expect(frame.getByRole("tab", { name: "Overview" })).toBeVisible();
  await shoot(page, "28-home-dark");
});

test("what must not open says so", async ({ page, product, shoot, expectedErrors }) => {
  expectedErrors.push(/status of 40[04]/);
  await page.goto(`${product.origin}/embed/pk_test_acmecrmdemo`);
  await expect(page.getByRole("heading", { name: "This page has to be opened inside Acme CRM" })).toBeVisible();
  const unknown = await page.goto(`${product.origin}/embed/pk_test_nobody`);
  expect(unknown?.status()).toBe(404);
  const spent = await page.goto(`${product.origin}/connect/callback/int_unknown?state=${"s".repeat(43)}&code=c`);
  expect(spent?.status()).toBe(400);
  expect(spent?.headers()).toMatchObject({ "referrer-policy": "no-referrer", "cache-control": "no-store" });
  await expect(page.getByRole("heading", { name: "This sign-in is not known any more" })).toBeVisible();
  expect(page.url()).not.toContain("code=");
  await shoot(page, "29-unknown-sign-in");
});

test("what keeps the marketplace shut is said for what it is: a page that is slow, a key that is not known", async ({
  page,
  product,
  expectedErrors,
}) => {
  expectedErrors.push(/\[Inlay\]/, /status of 404/);
  await page.route("**/demo/session", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    await route.continue();
  });
  await page.goto(`${product.demoOrigin}/demo?customer=initech`);
  const frame = page.frameLocator("iframe[title=Integrations]");
  await expect(frame.getByRole("heading", { name: "Acme CRM has not answered yet" })).toBeVisible();
  await expect(frame.getByRole("button", { name: "Ask again" })).toBeVisible();
  await expect(frame.getByRole("button", { name: HUBSPOT })).toBeVisible(); // by itself
  await page.unrouteAll({ behavior: "ignoreErrors" });

  const told = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const mount = document.body.appendChild(document.createElement("div"));
        const { Inlay } = window as unknown as { Inlay: { open(options: object): unknown } };
        Inlay.open({ publishableKey: "pk_test_nobody", mount, session: async () => "", onEvent: resolve });
      }),
  );
  expect(told).toEqual({ type: "error", message: expect.stringContaining("no marketplace with this publishable key") });
});

test("a session that has run out is renewed by asking the page; one that cannot be had is said", async ({
  page,
  product,
  expectedErrors,
  expectAccessible,
}) => {
  expectedErrors.push(/status of 500/, /\[Inlay\]/);
  let asked = 0;
  await page.route("**/demo/session", (route) => {
    asked += 1;
    return asked === 1 ? route.fulfill({ json: { token: "ems_test_spent" } }) : route.continue();
  });
  const frame = await openDemo(page, product.demoOrigin);
  await expect(frame.getByRole("button", { name: HUBSPOT })).toBeVisible();
  expect(asked).toBe(2);

  await page.unrouteAll();
  await page.route("**/demo/session", (route) => route.fulfill({ json: { token: "ems_test_spent" } }));
  await page.reload();
  await expect(frame.getByRole("heading", { name: "Your session has ended" })).toBeVisible();
  await expectAccessible(page);

  await page.unrouteAll();
  await page.route("**/demo/session", (route) => route.fulfill({ status: 500, body: "" }));
  await page.reload();
  await expect(frame.getByRole("heading", { name: "Your integrations could not be opened" })).toBeVisible();
  await page.unrouteAll();
  await frame.getByRole("button", { name: "Reload" }).click();
  await expect(frame.getByRole("button", { name: HUBSPOT })).toBeVisible();
});
