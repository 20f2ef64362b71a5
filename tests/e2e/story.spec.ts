import type { FrameLocator, Page } from "@playwright/test";
import { expect, test } from "#tests/support/e2e";
import { api, control, type Place, readAll } from "#tests/support/program";

// The whole way once, in the order a vendor and a customer walk it: the specs share one running product and its data.
test.describe.configure({ mode: "serial" });

const CONTACTS = 10_000;

type Item = { externalId: string; data: Record<string, string>; mappingVersion: number };
type Change = { externalId: string };

/** Every contact, as the vendor's backend reads them. */
const contacts = (place: Place) => readAll<Item>(place, "/v1/records?limit=1000&model=contact&cursor=", "");

/** How many records the third party has given out so far, by its own count. */
async function recordsRead(page: Page, { simulatorOrigin }: { simulatorOrigin: string }): Promise<number> {
  await page.goto(simulatorOrigin);
  const said = await page.getByText(/records read/).innerText();
  return Number(/([\d,]+) records read/.exec(said)?.[1]?.replaceAll(",", ""));
}

async function openDemo(page: Page, demoOrigin: string): Promise<FrameLocator> {
  await page.goto(`${demoOrigin}/demo`);
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("heading", { name: "Integrations" })).toBeVisible();
  return frame;
}

/** The counts a progress bar shows, as they come, until `enough` of them were higher than the one before. */
async function watchProgress(frame: FrameLocator, enough: number): Promise<number[]> {
  const seen: number[] = [];
  const bar = frame.getByRole("progressbar", { name: "contacts" });
  await expect(async () => {
    const words = (await bar.getAttribute("aria-valuetext", { timeout: 1_000 })) ?? "";
    const done = Number(/^[\d,]+/.exec(words)?.[0].replaceAll(",", ""));
    if (done > (seen.at(-1) ?? 0)) seen.push(done);
    expect(seen.length).toBeGreaterThanOrEqual(enough);
  }).toPass({ timeout: 40_000, intervals: [100] });
  return seen;
}

async function signIn(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.getByRole("button", { name: "Continue as the demo's admin" }).click();
  await page.waitForURL(/\/overview/);
}

test("a vendor's page on another site shows the marketplace in the vendor's colours", async ({ page, product, shoot }) => {
  const frame = await openDemo(page, product.demoOrigin);
  await expect(frame.getByRole("button", { name: "HubSpot (sandbox)" })).toBeVisible();
  await expect(frame.getByText("Coming soon").first()).toBeVisible();
  const source = await page.locator("iframe").getAttribute("src");
  expect(new URL(source ?? "").origin).toBe(product.origin);
  expect(source).not.toContain("ems_");
  expect(await page.context().cookies(product.origin)).toEqual([]);
  await shoot(page, "01-marketplace");
});

test("a customer connects an account, turns a template on and sees 10,000 contacts arrive", async ({ page, product, shoot }) => {
  const frame = await openDemo(page, product.demoOrigin);
  await frame.getByRole("button", { name: "HubSpot (sandbox)" }).click();
  await expect(frame.getByRole("heading", { name: "What you can turn on" })).toBeVisible();
  await shoot(page, "02-integration");

  const opened = page.waitForEvent("popup");
  await frame.getByRole("button", { name: "Connect", exact: true }).click();
  const popup = await opened;
  await expect(popup.getByRole("heading", { name: "Connect an app" })).toBeVisible();
  await shoot(popup, "03-consent");
  await Promise.all([popup.waitForEvent("close"), popup.getByRole("button", { name: "Allow" }).click()]);

  await expect(frame.getByText("globex-marketing.example")).toBeVisible();
  await shoot(page, "04-connected");
  // A source that takes its time: what moves meanwhile is looked at.
  await control(product, { latencyMs: 150 });
  await frame.getByRole("button", { name: "Turn on" }).click();
  const counts = await watchProgress(frame, 3);
  expect(counts.at(-1)).toBeLessThan(CONTACTS);
  await shoot(page, "04-first-sync");
  await control(product, { latencyMs: 0 });
  await expect(frame.getByRole("status").filter({ hasText: "Up to date." })).toBeVisible({ timeout: 60_000 });
  await expect(frame.getByRole("definition").filter({ hasText: "10,000" })).toBeVisible();
  await shoot(page, "05-up-to-date");

  await expect(page.getByText("signature verified").first()).toBeVisible({ timeout: 30_000 });
  const records = await contacts(product);
  expect(records).toHaveLength(CONTACTS);
  expect(new Set(records.map(({ externalId }) => externalId)).size).toBe(CONTACTS);
});

test("a contact changed at the third party arrives after Sync now", async ({ page, product, shoot }) => {
  const { latest } = (await api(product, "/v1/changes?after=0&limit=1")).json();
  await page.goto(`${product.simulatorOrigin}/hubspot/4711001/contacts`);
  await page.locator("main table a").first().click();
  const id = page.url().split("/").at(-1);
  await page.getByRole("textbox", { name: "Job title" }).fill("Chief Story Teller");
  await shoot(page, "06-third-party");
  await page.getByRole("button", { name: "Save contact" }).click();

  const frame = await openDemo(page, product.demoOrigin);
  await frame.getByRole("button", { name: "HubSpot (sandbox)" }).click();
  await frame.getByRole("button", { name: "Sync now" }).click();
  await expect
    .poll(async () => (await readAll<Change>(product, "/v1/changes?limit=100&after=", String(latest))).map((one) => one.externalId), {
      timeout: 20_000,
    })
    .toContain(id);
  const changed = (await contacts(product)).find(({ externalId }) => externalId === id);
  expect(changed?.data["jobTitle"]).toBe("Chief Story Teller");
});

test("the vendor's own pages show what its backend reads", async ({ page, product, shoot }) => {
  await page.goto(`${product.demoOrigin}/demo/contacts`);
  await expect(page.getByRole("table").getByRole("row")).toHaveCount(11);
  await expect(page.getByRole("region", { name: "Newest changes" })).toContainText("Chief Story Teller");
  await shoot(page, "05-acme-contacts");
});

test("a member signs in by a link in an e-mail, which works once", async ({ page, product, browser, shoot }) => {
  await page.goto(`${product.origin}/customers`);
  await expect(page).toHaveURL(/\/sign-in/);
  await shoot(page, "06-sign-in");
  await page.getByLabel("E-mail").fill("admin@acme.example");
  await page.getByRole("button", { name: "Send a sign-in link" }).click();
  await expect(page.getByRole("heading", { name: "Look at your inbox" })).toBeVisible();
  await shoot(page, "06-link-sent");
  await page.getByRole("link", { name: "Open the demo's mail" }).click();
  const link = page.getByRole("link", { name: /\/api\/auth\/callback\/email/ }).first();
  await expect(async () => {
    await page.reload();
    await expect(link).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 15_000 });
  await shoot(page, "06-mail");
  const address = (await link.getAttribute("href")) ?? "";
  await link.click();
  await page.waitForURL(/\/overview/);
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();

  const stranger = await browser.newContext();
  const again = await stranger.newPage();
  await again.goto(address);
  await expect(again.getByText("This link has expired or was already used. Ask for a new one.")).toBeVisible();
  await stranger.close();
});

test("the vendor's team sees the run and publishes another mapping; the third party is not asked again", async ({
  page,
  product,
  shoot,
}) => {
  test.setTimeout(300_000); // many screens, each at two widths
  await signIn(page, product.origin);
  for (const [room, heading] of [
    ["overview", "Overview"],
    ["customers", "Customers"],
    ["runs", "Runs"],
    ["templates", "Templates"],
    ["integrations", "Integrations"],
    ["webhooks", "Webhooks"],
    ["consumers", "Feed consumers"],
    ["api-keys", "API keys"],
  ] as const) {
    await page.goto(`${product.origin}/${room}`);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    await shoot(page, `10-${room}`);
  }
  await page.goto(`${product.origin}/runs`);
  await page.getByRole("link", { name: "Contacts" }).last().click();
  await expect(page.getByText("10,000").first()).toBeVisible();
  await shoot(page, "11-run");
  await page.goto(`${product.origin}/customers`);
  await page.getByRole("link", { name: "Globex" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Globex" })).toBeVisible();
  await expect(page.getByText("globex-marketing.example").first()).toBeVisible();
  await shoot(page, "11-customer");

  await page.goto(`${product.origin}/templates`);
  await page.getByRole("link", { name: "Edit mapping of Contacts in Contacts to Acme" }).first().click();
  await page.getByRole("textbox", { name: "Text for Full name" }).fill("{properties.lastname}, {properties.firstname}");
  await shoot(page, "12-mapping");
  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(page.getByText("Draft saved")).toBeVisible();
  const readBefore = await recordsRead(await page.context().newPage(), product);
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("radio", { name: /All at once/ }).check();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Publish version/ })
    .click();

  await expect
    .poll(async () => (await contacts(product)).filter(({ mappingVersion }) => mappingVersion === 2).length, {
      timeout: 60_000,
      intervals: [1_000],
    })
    .toBe(CONTACTS);
  const [record] = await contacts(product);
  expect(record?.data["fullName"]).toBe(`${record?.data["lastName"]}, ${record?.data["firstName"]}`);
  expect((await recordsRead(page, product)) - readBefore).toBeLessThan(1000); // increments look back a little; a second reading of everything would show
});

test("a customer who denies consent is told so and can try again", async ({ page, product }) => {
  await page.goto(`${product.demoOrigin}/demo?customer=initech`);
  const frame = page.frameLocator("iframe");
  await frame.getByRole("button", { name: "HubSpot (sandbox)" }).click();
  const opened = page.waitForEvent("popup");
  await frame.getByRole("button", { name: "Connect", exact: true }).click();
  const popup = await opened;
  await Promise.all([popup.waitForEvent("close"), popup.getByRole("button", { name: "Deny" }).click()]);
  await expect(frame.getByText("Access was not allowed in HubSpot (sandbox)")).toBeVisible();
  await expect(frame.getByRole("button", { name: "Try again" })).toBeVisible();
});
