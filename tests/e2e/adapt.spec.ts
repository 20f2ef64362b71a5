import { readFileSync } from "node:fs";
import type { FrameLocator, Page } from "@playwright/test";
import postgres from "postgres";
import { expect, test } from "#tests/support/e2e";
import { fieldLine as line, openMarketplace, shootFrame } from "#tests/support/frame";
import { api, connectionsOf, control, hubspotTruth, marketplace, mint, readAll } from "#tests/support/program";
import { type Stack, startStack } from "#tests/support/stack";

// A customer adapts what the vendor designed: before it is turned on, and while it runs. What the product has seen of the account is made wide
// here, so it is a product of its own. The tests go on from each other. What a new version and a changed account do is in chain.spec.ts.
test.describe.configure({ mode: "serial" });

const CUSTOMER = "adapt-spec";
const HUBSPOT = "HubSpot (sandbox)";
const PORTAL = "4711001";
const CONTACTS = 300;

type Stored = { externalId: string; data: Record<string, unknown> };

let stack: Stack;

test.beforeAll(async () => {
  stack = await startStack();
  await control(stack, { service: "hubspot", portal: PORTAL, object: "contacts", records: CONTACTS });
  await control(stack, { service: "hubspot", portal: PORTAL, object: "companies", records: 40 });
});
test.afterAll(() => stack?.stop());

const embed = async () => marketplace(stack, (await mint(stack, CUSTOMER)).token);
const records = (model = "contact") => readAll<Stored>(stack, `/v1/records?limit=500&model=${model}&cursor=`, "");
const truth = () => hubspotTruth(stack, PORTAL);

const open = (page: Page) => openMarketplace(page, stack, CUSTOMER);

async function openMapping(page: Page): Promise<FrameLocator> {
  const frame = await open(page);
  await frame.getByRole("button", { name: HUBSPOT }).click();
  await frame.getByRole("tab", { name: /^Mapping/ }).click();
  await expect(frame.getByRole("tab", { name: "Fields" })).toBeVisible();
  return frame;
}

test("a customer maps an own field by keyboard, sees real records arrive, tries it on all, and turns it on", async ({
  page,
  expectAccessible,
}) => {
  const frame = await open(page);
  await frame.getByRole("button", { name: HUBSPOT }).click();
  const opened = page.context().waitForEvent("page");
  await frame.getByRole("button", { name: "Connect", exact: true }).click();
  const popup = await opened;
  await popup.getByRole("radio").first().check();
  await Promise.all([popup.waitForEvent("close"), popup.getByRole("button", { name: "Allow" }).click()]);

  await expect(frame.getByText("Asks you for: Employees.")).toBeVisible();
  await shootFrame(page, frame, "80-turn-on");
  await frame.getByRole("button", { name: "Choose your fields first" }).click();
  await expect(frame.getByText("Your fields as of")).toBeVisible({ timeout: 30_000 });
  const tier = line(frame, "loyaltyTier");

  await test.step("a suggestion says why, and does nothing by itself", async () => {
    await expect(tier).toContainText("Which of your fields holds the loyalty tier?");
    await expect(tier).toContainText("Perhaps Loyalty tier: the same name");
    await expect(tier.getByRole("button", { name: "Field for Loyalty tier" })).toContainText("Choose a field");
    await expect(line(frame, "updatedAt")).toHaveCount(0);
    await shootFrame(page, frame, "81-map");
  });

  await test.step("found by typing; Escape leaves it as it was, Enter takes it", async () => {
    const field = tier.getByRole("button", { name: "Field for Loyalty tier" });
    await field.focus();
    await page.keyboard.press("Enter");
    const search = frame.getByRole("combobox", { name: `Search your ${HUBSPOT} fields` });
    await expect(search).toBeFocused();
    await expectAccessible(page);
    await shootFrame(page, frame, "82-fields");
    await page.keyboard.press("Escape");
    await expect(field).toContainText("Choose a field");
    await expect(field).toBeFocused();
    await page.keyboard.press("Enter");
    await page.keyboard.type("loy");
    await expect(frame.getByRole("option")).toHaveCount(1);
    await expect(frame.getByRole("option")).toContainText("your field");
    await page.keyboard.press("Enter");
    await expect(field).toContainText("Loyalty tier");
    await expect(tier).toContainText(/bronze|silver|gold|platinum/);
  });

  await test.step("a field that may be left out, and a real record beside it", async () => {
    const arrives = frame.getByRole("region", { name: "The record as it arrives" });
    await frame.getByRole("checkbox", { name: "Take Country" }).uncheck();
    await expect(arrives.getByText("so far:").first()).toBeVisible();
    await frame.getByRole("combobox", { name: "Record to try it on" }).click();
    await frame.getByRole("option", { name: /Emptiest/ }).click();
    await expect(frame.getByText(/records fit/)).toBeVisible();
    await expectAccessible(page);
  });

  await test.step("tried on all of them, nothing written", async () => {
    await frame.getByRole("button", { name: "Try it" }).click();
    await expect(frame.getByText(`Of ${CONTACTS} contacts, ${CONTACTS} would be new.`)).toBeVisible({ timeout: 30_000 });
    expect(await records()).toEqual([]);
    await shootFrame(page, frame, "83-tried");
    await expectAccessible(page);
  });

  await frame.getByRole("button", { name: "Turn on", exact: true }).click();
  await expect(frame.getByRole("status").filter({ hasText: "Up to date." })).toBeVisible({ timeout: 60_000 });
  const [stored, real] = [await records(), await truth()];
  expect(stored).toHaveLength(CONTACTS);
  for (const { externalId, data } of stored) {
    expect(data["loyaltyTier"] ?? null).toBe(real.get(externalId)?.properties["loyalty_tier"] ?? null);
    expect(data).not.toHaveProperty("country");
  }
});

test("later the mapping is changed; somebody else's change is shown and nothing typed is lost; all of it can be gone back from", async ({
  page,
  expectAccessible,
  expectedErrors,
}) => {
  expectedErrors.push(/status of 409/);
  const frame = await openMapping(page);
  const job = line(frame, "jobTitle");
  await job.getByRole("button", { name: "Field for Job title" }).click();
  await page.keyboard.type("website");
  await page.keyboard.press("Enter");
  await expect(frame.getByText("1 change not saved.")).toBeVisible();

  await test.step("what was begun stays while something else is looked at", async () => {
    await frame.getByRole("tab", { name: "Overview" }).click();
    await frame.getByRole("tab", { name: "Mapping" }).click();
    await expect(job.getByRole("button", { name: "Field for Job title" })).toContainText("Website");
  });

  await test.step("a colleague saves the same field meanwhile", async () => {
    const other = await embed();
    const [connection] = await connectionsOf(other, HUBSPOT);
    const stream = connection?.streams[0];
    if (!connection || !stream) throw new Error("nothing is connected");
    const adaptation = await other.mapping.get.query({ connectionId: connection.id, templateId: stream.templateId });
    const seen = adaptation.streams[0];
    const current = seen?.fields.find(({ target }) => target === "jobTitle")?.current;
    if (!seen?.streamId || !current) throw new Error("no job title");
    await other.mapping.save.mutate({
      streamId: seen.streamId,
      n: seen.overrides.n,
      fields: { jobTitle: { ...current, default: "Somebody" } },
    });
    await frame.getByRole("button", { name: "Save" }).click();
    await expect(frame.getByText("Somebody else has changed this mapping meanwhile. Your changes are still here.")).toBeVisible();
    await expect(job).toContainText("Changed elsewhere meanwhile");
    await expect(job.getByRole("button", { name: "Field for Job title" })).toContainText("Website");
    await shootFrame(page, frame, "84-contested");
    await expectAccessible(page);
  });

  await frame.getByRole("button", { name: "Save" }).click();
  await expect(frame.getByText("Saved. Your contacts are being mapped anew")).toBeVisible();
  const real = await truth();
  const titles = async () =>
    (await records()).filter(({ externalId, data }) => data["jobTitle"] === real.get(externalId)?.properties["website"]);
  await expect.poll(async () => (await titles()).length, { timeout: 40_000 }).toBe(CONTACTS);

  await test.step("back to the first of the three, asked before it is done", async () => {
    await frame.getByRole("tab", { name: "History" }).click();
    await expect(frame.getByText("You or a colleague")).toHaveCount(3);
    await shootFrame(page, frame, "85-history");
    await expectAccessible(page);
    await frame.getByRole("button", { name: "Go back to this" }).nth(1).click();
    await expect(frame.getByText("Go back to how it was after this change?")).toBeVisible();
    await expect(frame.getByRole("button", { name: "Cancel" })).toBeFocused();
    await frame.getByRole("button", { name: "Go back to this" }).nth(1).click();
    await expect(frame.getByText("Gone back. Your contacts are being mapped anew.")).toBeVisible();
    await expect(frame.getByText("You or a colleague")).toHaveCount(4);
    const back = async () =>
      (await records()).filter(({ externalId, data }) => data["jobTitle"] === real.get(externalId)?.properties["jobtitle"]);
    await expect.poll(async () => (await back()).length, { timeout: 40_000 }).toBe(CONTACTS);
  });
});

test("the mapping is read as a document, and kept", async ({ page, expectAccessible }) => {
  const frame = await openMapping(page);
  await frame.getByRole("tab", { name: "Document" }).click();
  const row = frame.getByRole("row", { name: /Loyalty tier/ });
  await expect(row).toContainText("Yours");
  await shootFrame(page, frame, "86-document");
  await expectAccessible(page);
  const downloaded = page.waitForEvent("download");
  await frame.getByRole("button", { name: "Download" }).click();
  const file = await downloaded;
  expect(file.suggestedFilename()).toMatch(/^mapping-hubspot-.*\.md$/);
  expect(readFileSync(await file.path(), "utf8")).toMatch(/Loyalty tier/);
});

test("of an account with two thousand fields only those in sight are drawn; each is found by typing", async ({
  page,
  expectAccessible,
}) => {
  const sql = postgres(stack.databaseUrl, { max: 1 });
  await sql`
    update connection_schemas set fields = fields || (
      select jsonb_agg(jsonb_build_object('path', 'properties.own_' || n, 'title', 'Own field ' || n, 'type', 'string', 'custom', true))
        from generate_series(1, 2000) n) where object = 'contact'`;
  await sql.end();
  const frame = await openMapping(page);
  const field = line(frame, "jobTitle").getByRole("button", { name: "Field for Job title" });
  await field.click();
  const options = frame.getByRole("option");
  await expect(options.first()).toBeVisible();
  const total = Number(await options.first().getAttribute("aria-setsize"));
  expect(total).toBeGreaterThan(2_000);
  expect(await options.count()).toBeLessThan(60);
  await page.keyboard.press("End");
  await expect(options.last()).toHaveAttribute("aria-posinset", String(total));
  await frame.getByRole("listbox").evaluate((list) => list.scrollTo(0, list.scrollHeight / 2));
  await expect.poll(async () => Number(await options.last().getAttribute("aria-posinset"))).toBeLessThan(total * 0.75);
  await page.keyboard.type("own 1234");
  await expect(options).toHaveCount(1);
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(field).toContainText("Own field 1234");
  await frame.getByRole("button", { name: "Discard" }).click();
  await expect(field).toContainText("Job title");
});

test("what must be chosen is asked for and led to; a stream that is not wanted stays off", async ({ page, expectAccessible }) => {
  const frame = await open(page);
  await frame.getByRole("button", { name: HUBSPOT }).click();
  await frame.getByRole("tab", { name: "Settings" }).click();
  await frame.getByRole("button", { name: "Choose what to sync" }).click();
  await frame.getByRole("button", { name: "Choose your fields" }).click();
  const employees = line(frame, "employees");
  await expect(employees).toContainText("Has to be chosen before this can be turned on.");
  await frame.getByRole("checkbox", { name: "Sync deals" }).uncheck();
  await expectAccessible(page);
  await shootFrame(page, frame, "90-must-choose");
  await frame.getByRole("button", { name: "Turn on", exact: true }).click();
  await expect(employees.getByRole("button", { name: "Field for Employees" })).toBeFocused();
  await employees.getByRole("button", { name: "Use it" }).click();
  await expect(employees.getByRole("button", { name: "Field for Employees" })).toContainText("Number of employees");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.getByRole("button", { name: "Dark" }).click();
  await shootFrame(page, frame, "91-dark");
  await expectAccessible(page);
  await frame.getByRole("button", { name: "Turn on", exact: true }).click();
  await expect.poll(async () => (await records("company")).length, { timeout: 60_000 }).toBe(40);
  expect((await records("company")).every(({ data }) => typeof data["employees"] === "number")).toBe(true);
  const [connection] = await connectionsOf(await embed(), HUBSPOT);
  const on = connection?.streams.filter(({ status }) => status === "active").map(({ key }) => key);
  expect(on?.sort()).toEqual(["companies", "contacts"]);
  expect((await api(stack, "/v1/records?model=deal&limit=1")).json()).toMatchObject({ items: [] });
});
