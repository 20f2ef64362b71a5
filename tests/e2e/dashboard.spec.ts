import type { Page } from "@playwright/test";
import { expect, test } from "#tests/support/e2e";
import { api } from "#tests/support/program";

// What the vendor's team does by hand, and what must not be lost or broken while they do it.

async function signIn(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.getByRole("button", { name: "Continue as the demo's admin" }).click();
  await page.waitForURL(/\/overview/);
}

async function openMapping(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/templates`);
  await page
    .getByRole("link", { name: /^Edit mapping of Companies/ })
    .first()
    .click();
  await expect(page.getByRole("button", { name: "Publish" })).toBeVisible();
}

const row = (page: Page, key: string) => page.locator(`[data-field="${key}"]`);

test("the sign-in page says who can sign in to the demo", async ({ page, product }) => {
  await page.goto(`${product.origin}/sign-in`);
  await page.getByRole("button", { name: "admin@acme.example" }).click();
  await expect(page.getByLabel("E-mail")).toHaveValue("admin@acme.example");
});

test("the mapping editor says what is wrong beside the field, and nothing typed is lost", async ({
  page,
  product,
  shoot,
  expectAccessible,
}) => {
  await signIn(page, product.origin);
  await openMapping(page, product.origin);
  const name = row(page, "name");
  await name.getByRole("button", { name: /^Source of/ }).click();
  await page.getByRole("button", { name: "A text with fields in it" }).click();
  const text = name.getByRole("textbox", { name: /^Text for/ });

  await text.fill("{properties.name");
  await expect(name.getByRole("alert")).toContainText("{ without its }");
  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(page.getByText("The draft was not saved")).toBeVisible();
  await expect(text).toHaveValue("{properties.name");

  await text.fill("{properties.nmae}");
  await expect(name.getByRole("alert")).toContainText("Did you mean {properties.name}?");
  await shoot(page, "40-mapping-issue");
  await expect(page.getByRole("button", { name: "Publish" })).toBeDisabled();
  await expect(page.getByText("This cannot be published yet.")).toContainText("Did you mean {properties.name}?");
  await expect(page.getByText(/1 field has an error/)).toBeVisible();
  await page.getByRole("button", { name: "Go there" }).press("Enter");
  await expect(text).toBeFocused();

  await text.fill("{properties.name} Inc");
  await expect(name.getByRole("alert")).toHaveCount(0);
  await expectAccessible(page);

  // In the app, by "back", and by closing: each asks, and staying keeps what was typed.
  await page.getByRole("link", { name: "Customers" }).first().click();
  await expect(page.getByRole("dialog", { name: "Leave without saving?" })).toBeVisible();
  await page.getByRole("button", { name: "Stay" }).click();
  await page.goBack();
  await expect(page.getByRole("dialog", { name: "Leave without saving?" })).toBeVisible();
  await page.getByRole("button", { name: "Stay" }).click();
  await expect(text).toHaveValue("{properties.name} Inc");
  await expect(page).toHaveURL(/\/mapping\//);
  await page.getByRole("link", { name: "Customers" }).first().click();
  await page.getByRole("button", { name: "Leave without saving" }).click();
  await expect(page).toHaveURL(/\/customers/);
});

test("an expression and a value map are edited with a live preview, and publishing shows what changes", async ({
  page,
  product,
  shoot,
}) => {
  await signIn(page, product.origin);
  await openMapping(page, product.origin);
  const name = row(page, "name");
  await name.getByRole("button", { name: /^Source of/ }).click();
  await page.getByRole("button", { name: "A computed value" }).click();
  const expression = name.getByRole("textbox", { name: /^Expression for/ });
  await expression.fill("properties.name +");
  await expect(name.getByRole("alert")).toBeVisible();
  await expression.fill('properties.name + " (CRM)"');
  await expect(name.getByRole("alert")).toHaveCount(0);
  await expect(name.getByText(/\(CRM\)$/)).toBeVisible();

  await name.getByRole("button", { name: /^Rules of/ }).click();
  await name.getByRole("button", { name: "Add an entry" }).click();
  await name.getByRole("textbox", { name: "Value 1 of the source" }).fill("Nobody (CRM)");
  await name.getByRole("textbox", { name: /^Value 1 of (?!the)/ }).fill("nobody");
  await shoot(page, "41-mapping-expression");
  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(page.getByText("Draft saved")).toBeVisible();
  await page.reload();
  await expect(expression).toHaveValue('properties.name + " (CRM)"');

  await page.getByRole("button", { name: "Publish" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText('= properties.name + " (CRM)"');
  await expect(dialog).toContainText('"Nobody (CRM)" becomes "nobody"');
  await shoot(page, "41-mapping-publish");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(expression).toHaveCount(0);
});

test("a key is made for one purpose and does nothing else", async ({ page, product, shoot }) => {
  await signIn(page, product.origin);
  await page.goto(`${product.origin}/api-keys`);
  await page.getByRole("button", { name: "Create key" }).first().click();
  await page.getByLabel("Name").fill("Reporting");
  await page.getByRole("checkbox", { name: /Open the marketplace/ }).click();
  await page.getByRole("checkbox", { name: /Change/ }).click();
  await shoot(page, "42-key-scopes");
  // A doubled press makes one key.
  await page
    .getByRole("dialog")
    .getByRole("button", { name: "Create key" })
    .evaluate((button: HTMLButtonElement) => {
      button.click();
      button.click();
    });
  const secret = await page.getByText(/^sk_test_[\w-]{43}$/).innerText();
  const as = { ...product, secretKey: secret };
  expect((await api(as, "/v1/customers")).status).toBe(200);
  const refused = await api(as, "/v1/customers", { externalId: "reporting" });
  expect(refused.status).toBe(403);
  expect(refused.json()["detail"]).toContain("`write`");
  await page.keyboard.press("Escape");
  const row = page.getByRole("row", { name: /Reporting/ });
  await expect(row).toContainText("Read");
  await expect(row).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Create key" }).first()).toBeFocused();

  await row.getByRole("button", { name: "Revoke Reporting" }).press("Enter");
  await page.getByRole("button", { name: "Revoke key" }).press("Enter");
  await expect(row).toContainText("Revoked");
  // The button that asked is gone: its neighbourhood has the focus.
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
});

test("on a telephone the tables show what matters without scrolling sideways; the overview ends where its content does", async ({
  page,
  product,
}) => {
  await signIn(page, product.origin);
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ["runs", "webhooks", "api-keys", "integrations"]) {
    await page.goto(`${product.origin}/${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    const beyond = await page.evaluate(() =>
      [...document.querySelectorAll("section:has(> table)"), document.documentElement].map((one) => one.scrollWidth - one.clientWidth),
    );
    expect(Math.max(...beyond), path).toBe(0);
  }
  await page.setViewportSize({ width: 1280, height: 2400 });
  await page.goto(`${product.origin}/overview`);
  await expect(page.getByText("last 24 hours")).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(2400);
});

test("a webhook endpoint that cannot be reached is refused with its reason; one is switched off and on", async ({
  page,
  product,
  shoot,
  expectedErrors,
}) => {
  expectedErrors.push(/status of 400.*webhooks\.create/); // the refusal itself
  await signIn(page, product.origin);
  await page.goto(`${product.origin}/webhooks`);
  await page.getByRole("button", { name: "Add endpoint" }).first().click();
  await page.getByLabel("Address").fill("https://10.0.0.8/hook");
  await page.getByRole("dialog").getByRole("button", { name: "Add endpoint" }).click();
  await expect(page.getByRole("alert")).toContainText("private address");
  await page.getByLabel("Address").fill("https://1.1.1.1/inlay-e2e");
  await page.getByRole("dialog").getByRole("button", { name: "Add endpoint" }).click();
  await expect(page.getByText(/^whsec_/)).toBeVisible();
  await page.keyboard.press("Escape");
  const more = page.getByRole("button", { name: "More for https://1.1.1.1/inlay-e2e" });
  await more.click();
  await page.getByRole("menuitem", { name: "Switch off" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Switch off" }).click();
  await expect(page.getByText("Switched off by your team.")).toBeVisible();
  await shoot(page, "43-webhooks");
  await page.getByRole("button", { name: "Switch on https://1.1.1.1/inlay-e2e" }).click();
  await expect(page.getByText("Switched off by your team.")).toHaveCount(0);
  await more.click();
  await page.getByRole("menuitem", { name: "Replace the secret" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Replace the secret" }).click();
  await expect(page.getByText(/^whsec_/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText(/Two secrets sign/)).toBeVisible();
  await more.click();
  await page.getByRole("menuitem", { name: "Remove endpoint" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove endpoint" }).click();
  await expect(more).toHaveCount(0);
});

test("A-54: customers with any name fit their table, and many are acted on at once", async ({ page, product, shoot, expectAccessible }) => {
  const names = [
    "x".repeat(200),
    "Very long company name ".repeat(8).trim(),
    "شركة المثال للتجارة والصناعة",
    `<img src=x onerror="window.hit=1">{{7*7}}\u202e</title><script>window.hit=1</script>`,
    "🦄🏳️‍🌈 Émojis 👩‍👩‍👧‍👦 & Cö.",
  ];
  for (const [at, name] of names.entries()) {
    expect((await api(product, "/v1/customers", { externalId: `odd-${at}-${"y".repeat(at === 0 ? 150 : 1)}`, name })).status).toBe(200);
  }
  await signIn(page, product.origin);
  await page.goto(`${product.origin}/customers`);
  const state = page.getByRole("columnheader", { name: "Last sync" });
  await expect(state).toBeInViewport();
  await expect(page.getByText('<img src=x onerror="window.hit=1">', { exact: false })).toBeVisible();
  expect(await page.evaluate("window.hit")).toBeUndefined();
  await shoot(page, "44-customers-odd-names");
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.setViewportSize({ width: 1280, height: 860 });

  await page.getByRole("checkbox", { name: `Choose ${names[2]}` }).click();
  await page.getByRole("checkbox", { name: `Choose ${names[4]}` }).click();
  await expect(page.getByText("2 customers chosen")).toBeVisible();
  await shoot(page, "44-customers-chosen");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Nothing changed")).toBeVisible(); // they have no streams
});

test("the first paint has data", async ({ page, product, request, expectedErrors }) => {
  await signIn(page, product.origin);
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const shown = async (path: string) => {
    const html = await (await request.get(`${product.origin}${path}`, { headers: { cookie: cookies } })).text();
    return html.replace(/<script[\s\S]*?<\/script>/g, "");
  };
  // Under load the page may come before its data does, so it is asked more than once.
  await expect.poll(() => shown("/customers")).toContain("Very long company name");
  await expect.poll(() => shown("/overview")).toContain("Recent runs");

  await test.step("what is not there answers 404, with the way to what is", async () => {
    const statusOf = async (path: string) => (await request.get(`${product.origin}${path}`, { headers: { cookie: cookies } })).status();
    for (const path of [
      "/customers/cus_no",
      "/templates/tpl_no",
      "/runs/run_no",
      "/models/no",
      "/integrations/int_no",
      "/templates/tpl_no/mapping/no",
    ])
      await expect.poll(() => statusOf(path), path).toBe(404);
    expect(await statusOf("/customers")).toBe(200);
    expectedErrors.push(/status of 404/);
    await page.goto(`${product.origin}/customers/cus_no`);
    await expect(page.getByText("This does not exist here.")).toBeVisible();
    await page.getByRole("link", { name: "Go to Customers" }).click();
    await expect(page).toHaveURL(/\/customers$/);
  });
});
