import type { Page } from "@playwright/test";
import { expect, test } from "#tests/support/e2e";
import { fieldLine as line, openMarketplace, shootFrame } from "#tests/support/frame";
import { api, ask, connectHubspot, control, hubspotTruth, mint, readAll } from "#tests/support/program";
import { type Stack, startStack } from "#tests/support/stack";

// The whole of it in one story: the vendor designs, a customer maps a field of their own and turns it on, a second version is rolled out over
// what the customer has changed, and the account changes underneath. Properties of the account get other names here, and the demo's
// templates are withdrawn, so it is a product of its own.

const HUBSPOT = "HubSpot (sandbox)";
const NAME = "Contacts for the team";
/** Whose account is which: the first goes through the browser, the others connect and turn on by program. */
const [FIRST, ...OTHERS] = [
  { customer: "chain-one", portal: "4711001", contacts: 300 },
  { customer: "chain-two", portal: "4711002", contacts: 60 },
  { customer: "chain-three", portal: "4711003", contacts: 60 },
] as const;

type Stored = { externalId: string; data: Record<string, unknown> };

let stack: Stack;

test.beforeAll(async () => {
  stack = await startStack();
  for (const { portal, contacts } of [FIRST, ...OTHERS])
    await control(stack, { service: "hubspot", portal, object: "contacts", records: contacts });
});
test.afterAll(() => stack?.stop());

const row = (page: Page, key: string) => page.locator(`[data-field="${key}"]`);
const pick = async (page: Page, label: string | RegExp, option: string | RegExp) => {
  await page.getByRole("combobox", { name: label }).click();
  await page.getByRole("option", { name: option }).click();
};

/** What of one customer's records is not as their account has it, field of the model by property. */
async function wrong(customer: string, portal: string, fields: Record<string, (properties: Record<string, unknown>) => unknown>) {
  const path = `/v1/records?limit=500&model=contact&customer=${customer}&cursor=`;
  const [stored, truth] = await Promise.all([readAll<Stored>(stack, path, ""), hubspotTruth(stack, portal)]);
  const differing = stored.filter(({ externalId, data }) => {
    const properties = truth.get(externalId)?.properties ?? {};
    return Object.entries(fields).some(([field, of]) => (data[field] ?? null) !== (of(properties) ?? null));
  });
  return { stored: stored.length, wrong: differing.length };
}

const joined = (...parts: unknown[]) => parts.filter((part) => part !== null && part !== undefined && part !== "").join(" ") || null;

async function signIn(page: Page): Promise<void> {
  await page.goto(`${stack.origin}/sign-in`);
  await page.getByRole("button", { name: "Continue as the demo's admin" }).click();
  await page.waitForURL(/\/overview/);
}

/** The demo's own templates are taken off offer, as the vendor's backend does it. */
async function withdrawOther(): Promise<void> {
  const { items } = (await api(stack, "/v1/templates")).json() as { items: { id: string; name: string }[] };
  const headers = { authorization: `Bearer ${stack.secretKey}`, "content-type": "application/json" };
  for (const { id } of items.filter(({ name }) => name.endsWith(" to Acme")))
    await ask(`${stack.origin}/v1/templates/${id}/status`, { method: "PUT", headers, body: JSON.stringify({ status: "draft" }) });
}

/** What an expression or a text is refused with, in the row of its field; and nothing can be published meanwhile. */
async function refused(page: Page, key: string, box: RegExp, value: string, message: RegExp): Promise<void> {
  const field = row(page, key);
  await field.getByRole("textbox", { name: box }).fill(value);
  await expect(field.getByRole("alert")).toContainText(message);
}

test("designed, adapted, turned on, rolled out anew, and put right when the account changes", async ({ page, shoot, expectAccessible }) => {
  test.setTimeout(300_000);
  await withdrawOther();
  await signIn(page);

  await test.step("the vendor designs a template over an object of HubSpot", async () => {
    await page.goto(`${stack.origin}/templates`);
    await page.getByRole("button", { name: "New template" }).click();
    await pick(page, "Integration", /^HubSpot/);
    await page.getByLabel("Name", { exact: true }).fill(NAME);
    await page.getByRole("button", { name: "Create template" }).click();
    await page.waitForURL(/\/templates\/tpl_/);
    await page.getByRole("button", { name: "Add a stream" }).click();
    await pick(page, /^Object of HubSpot/, /^Contact/);
    await pick(page, "Your model", /^Contact/);
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Use all/ })
      .click();
    await page.getByRole("dialog").getByRole("button", { name: "Add stream" }).click();
    await expect(page.getByText(/^\d+ fields\./)).toBeVisible();
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Publish version 1" }).click();
    await expect(page.getByText("Version 1, not on offer; nobody runs it yet.")).toBeVisible();
  });
  const templateUrl = page.url();

  await test.step("a type that does not fit, a wrong text, an expression that loops and one that explodes say so at their field", async () => {
    await page.getByRole("link", { name: /^Edit mapping of/ }).click();
    const created = row(page, "createdAt");
    await created.getByRole("button", { name: "Source of Created" }).click();
    await page.keyboard.type("first name");
    await page.keyboard.press("Enter");
    await expect(created).toContainText(/createdAt \(from properties\.firstname\) .*date and time.* the text ".+"; .*"To date and time"/);
    await shoot(page, "95-chain-misfit");
    await created.getByRole("button", { name: "Source of Created" }).click();
    await page.keyboard.type("createdAt");
    await page.keyboard.press("Enter");
    await expect(created).not.toContainText("properties.firstname");

    const name = row(page, "fullName");
    await name.getByRole("button", { name: "Source of Full name" }).click();
    await page.getByRole("button", { name: "A computed value" }).click();
    const box = /^Expression for/;
    await refused(
      page,
      "fullName",
      box,
      "labels.map(a, labels.map(b, b))",
      /"map" inside another list method may only run over a list of "a"/,
    );
    await refused(page, "fullName", box, `${"a + ".repeat(300)}a`, /split it over fields or use transforms/);
    await refused(page, "fullName", box, "properties.firstname +", /cannot be read/);
    await shoot(page, "96-chain-refused");
    await expect(page.getByText(/This cannot be published yet\. Full name: the expression cannot be read/)).toBeVisible();
    await expect(page.getByRole("button", { name: "Publish" })).toBeDisabled();
    await name.getByRole("button", { name: "Source of Full name" }).click();
    await page.getByRole("button", { name: "A text with fields in it" }).click();
    await refused(page, "fullName", /^Text for/, "{properties.firstname", /has a \{ without its \}\. Close it/);
    await name.getByRole("textbox", { name: /^Text for/ }).fill("{properties.firstname} {properties.lastname}");
    await expect(name.getByRole("alert")).toHaveCount(0);
  });

  await test.step("what customers may choose; published and put on offer", async () => {
    for (const [key, label, choice] of [
      ["loyaltyTier", "Loyalty tier", "Map it otherwise"],
      ["jobTitle", "Job title", "Map it otherwise"],
      ["country", "Country", "Leave it out"],
    ] as const) {
      await row(page, key)
        .getByRole("button", { name: `Rules of ${label}` })
        .click();
      await row(page, key).getByRole("combobox", { name: "Customers may" }).click();
      await page.getByRole("option", { name: choice }).click();
    }
    await row(page, "loyaltyTier")
      .getByLabel(/^Asked as/)
      .fill("Which of your fields holds the loyalty tier?");
    await page.getByRole("button", { name: "Publish" }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Publish version/ })
      .click();
    await expect(page.getByText(/^Version \d is in use/).first()).toBeVisible();
    await page.goto(templateUrl);
    await page.getByRole("button", { name: "Put on offer" }).click();
    await expect(page.getByText("On offer", { exact: true })).toBeVisible();
  });

  for (const { customer, portal } of OTHERS) await connectHubspot(stack, (await mint(stack, customer)).token, portal);

  await test.step("a customer maps an own field, sees their records arrive, tries it on all, and turns it on", async () => {
    const frame = await openMarketplace(page, stack, FIRST.customer);
    await frame.getByRole("button", { name: HUBSPOT }).click();
    const opened = page.context().waitForEvent("page");
    await frame.getByRole("button", { name: "Connect", exact: true }).click();
    const popup = await opened;
    await popup.getByRole("radio").first().check();
    await Promise.all([popup.waitForEvent("close"), popup.getByRole("button", { name: "Allow" }).click()]);
    await frame.getByRole("button", { name: "Choose your fields first" }).click();
    await expect(frame.getByText("Your fields as of")).toBeVisible({ timeout: 30_000 });
    for (const [key, label, typed] of [
      ["loyaltyTier", "Loyalty tier", "loy"],
      ["jobTitle", "Job title", "website"],
    ] as const) {
      await line(frame, key)
        .getByRole("button", { name: `Field for ${label}` })
        .click();
      await page.keyboard.type(typed);
      await page.keyboard.press("Enter");
    }
    await expect(line(frame, "loyaltyTier")).toContainText(/bronze|silver|gold|platinum/);
    await frame.getByRole("button", { name: "Try it" }).click();
    const all = `Of ${FIRST.contacts} contacts, ${FIRST.contacts} would be new.`;
    await expect(frame.getByText(all)).toBeVisible({ timeout: 30_000 });
    expect((await wrong(FIRST.customer, FIRST.portal, {})).stored).toBe(0);
    await frame.getByRole("button", { name: "Turn on", exact: true }).click();
    await expect(frame.getByRole("status").filter({ hasText: "Up to date." })).toBeVisible({ timeout: 60_000 });
    const fields = {
      email: (p: Record<string, unknown>) => p["email"],
      loyaltyTier: (p: Record<string, unknown>) => p["loyalty_tier"],
      jobTitle: (p: Record<string, unknown>) => p["website"],
      fullName: (p: Record<string, unknown>) => joined(p["firstname"], p["lastname"]),
    };
    expect(await wrong(FIRST.customer, FIRST.portal, fields)).toEqual({ stored: FIRST.contacts, wrong: 0 });
  });

  await test.step("a second version is seen with whom it reaches, and rolled out step by step", async () => {
    await page.goto(templateUrl);
    await page.getByRole("link", { name: /^Edit mapping of/ }).click();
    await page.getByRole("textbox", { name: "Text for Full name" }).fill("{properties.lastname} {properties.firstname}");
    const source = page.getByRole("button", { name: "Source of Job title" });
    await source.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("lifecycle");
    await page.keyboard.press("Enter");
    await expect(source).toContainText(/lifecycle/i);
    await page.keyboard.press("ControlOrMeta+Enter");
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText(/3 customers; 1 has changes of their own; 1 conflict\./)).toBeVisible();
    const reached = dialog.getByRole("list", { name: "Customers it reaches" }).getByRole("listitem").first();
    await reached.getByRole("button", { name: /1 conflict/ }).click();
    await expect(reached.getByText("Conflict: theirs stays until they decide")).toBeVisible();
    await expect(reached.getByText("properties.website")).toBeVisible();
    await expect(reached.getByText(/^Dry run: [\d,]+ (new|changed)/)).toBeVisible({ timeout: 30_000 });
    await dialog.getByRole("radio", { name: /Step by step/ }).check();
    await dialog.getByRole("button", { name: /^Roll out version/ }).click();
    await expect(page.getByText(/is being rolled out/)).toBeVisible();

    await page.goto(templateUrl);
    await expect(page.getByRole("heading", { name: "Roll-outs" })).toBeVisible();
    // No customer is the vendor's own here, so that the first to have it are five in a hundred.
    await expect(page.getByText(/^1 of 3 streams · /)).toBeVisible({ timeout: 30_000 });
    await page.getByRole("button", { name: "Finish now" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Finish now" }).click();
    await expect(page.getByText("With everybody")).toBeVisible();
    for (const { customer, portal, contacts } of OTHERS) {
      const turned = { fullName: (p: Record<string, unknown>) => joined(p["lastname"], p["firstname"]) };
      await expect.poll(() => wrong(customer, portal, turned), { timeout: 40_000 }).toEqual({ stored: contacts, wrong: 0 });
    }
  });

  const frame = await openMarketplace(page, stack, FIRST.customer);
  await frame.getByRole("button", { name: HUBSPOT }).click();
  await frame.getByRole("tab", { name: /^Mapping/ }).click();

  await test.step("the field that both have changed is decided by the customer, side by side", async () => {
    const decide = frame.getByRole("region", { name: "Changes by Acme CRM" });
    await expect(decide).toContainText("Acme CRM has a new recommendation for “Job title”, which you have changed.");
    await expect(decide).toContainText("Website");
    await expect(decide).toContainText("Lifecycle stage");
    await shootFrame(page, frame, "89-conflict");
    await expectAccessible(page);
    await decide.getByRole("button", { name: "Take the new one" }).click();
    await expect(decide).toBeHidden();
    const taken = {
      jobTitle: (p: Record<string, unknown>) => p["lifecyclestage"],
      fullName: (p: Record<string, unknown>) => joined(p["lastname"], p["firstname"]),
      loyaltyTier: (p: Record<string, unknown>) => p["loyalty_tier"],
    };
    await expect.poll(() => wrong(FIRST.customer, FIRST.portal, taken), { timeout: 40_000 }).toEqual({ stored: FIRST.contacts, wrong: 0 });
  });

  await test.step("a field that gets another name is noticed, told on every screen, and put right by one click", async () => {
    const renamed = { loyalty_tier: "loyalty_tier_level" };
    await control(stack, { service: "hubspot", portal: FIRST.portal, object: "contacts", renamed });
    await frame.getByRole("button", { name: "Look again" }).click();
    const task = frame.getByRole("region", { name: "Changes in your account" });
    await expect(task).toContainText(`A field seems to have a new name in ${HUBSPOT}`, { timeout: 30_000 });
    await expect(frame.getByRole("tab", { name: "Mapping (1)" })).toBeVisible();
    await shootFrame(page, frame, "87-drift");
    await expectAccessible(page);
    await frame.getByRole("tab", { name: "Overview" }).click();
    await expect(frame.getByText(`A change to the fields of ${HUBSPOT} waits for you.`)).toBeVisible();
    await shootFrame(page, frame, "88-overview");
    await frame.getByRole("button", { name: "Decide" }).click();
    await task.getByRole("button", { name: "Use “Loyalty tier level” instead" }).click();
    await expect(task).toBeHidden();
    await expect(frame.getByRole("tab", { name: "Mapping", exact: true })).toBeVisible();
    await expect(line(frame, "loyaltyTier").getByRole("button", { name: "Field for Loyalty tier" })).toContainText("Loyalty tier level");
    const right = { loyaltyTier: (p: Record<string, unknown>) => p["loyalty_tier"] };
    await expect.poll(() => wrong(FIRST.customer, FIRST.portal, right), { timeout: 40_000 }).toEqual({ stored: FIRST.contacts, wrong: 0 });
  });
});
