import type { Page } from "@playwright/test";
import postgres from "postgres";
import { newId } from "#server/lib/ids";
import { pick, signIn, slowest } from "#tests/support/dashboard";
import { expect, test } from "#tests/support/e2e";
import { marketplace, mint } from "#tests/support/program";

// What the vendor designs, in a browser: a model from a sample, a template over it, what customers may choose, and its publishing.

const SAMPLE = [
  { Email: "ada@globex.example", "First Name": "Ada", phone: "+33 1 23", address: { city: "Paris" }, signedUpAt: "2026-03-01T09:00:00Z" },
  { Email: "grace@globex.example", "First Name": "Grace", phone: null, address: { city: "Lyon" }, signedUpAt: "2026-04-01T09:00:00Z" },
];

const row = (page: Page, key: string) => page.locator(`[data-field="${key}"]`);
test("a model from a sample, a template over it, choices for customers, published", async ({ page, product, shoot, expectAccessible }) => {
  test.setTimeout(240_000);
  await signIn(page, product.origin);

  await test.step("a model from a sample", async () => {
    await page.goto(`${product.origin}/models`);
    await shoot(page, "80-models");
    await page.getByRole("link", { name: "New model" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Subscriber");
    await expect(page.getByLabel("Key", { exact: true })).toHaveValue("subscriber");
    await page.getByRole("button", { name: "From a sample" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox").fill("{ not json");
    await expect(dialog.getByRole("alert")).toContainText("This is not JSON");
    await dialog.getByRole("textbox").fill(JSON.stringify(SAMPLE));
    await expect(dialog.getByText("5 fields found")).toBeVisible();
    await shoot(page, "81-model-sample");
    await dialog.getByRole("button", { name: "Use these fields" }).click();
    await page.getByRole("checkbox", { name: "Required" }).first().check();
    await shoot(page, "82-model-new");
    await page.getByRole("button", { name: "Create model" }).click();
    await page.waitForURL(/\/models\/subscriber$/);
    await expect(page.getByText("Version 1, filled by no template yet.")).toBeVisible();
  });

  await test.step("a template over it, with suggestions that are taken by a click", async () => {
    await page.goto(`${product.origin}/templates`);
    await page.getByRole("button", { name: "New template" }).click();
    await pick(page, "Integration", /^HubSpot/);
    await page.getByLabel("Name", { exact: true }).fill("Subscribers to Acme");
    await page.getByRole("button", { name: "Create template" }).click();
    await page.waitForURL(/\/templates\/tpl_/);
    await expect(page.getByRole("button", { name: "Put on offer" })).toBeDisabled();
    await page.getByRole("button", { name: "Add a stream" }).click();
    const dialog = page.getByRole("dialog");
    await pick(page, "Object of HubSpot", /^Contact/);
    await pick(page, "Your model", "Subscriber");
    await expect(dialog.getByText(/the same name|means the same/).first()).toBeVisible();
    await expect(dialog.getByText("1 required field is empty.")).toBeVisible();
    await shoot(page, "83-add-stream");
    await dialog.getByRole("button", { name: /^Use all/ }).click();
    await dialog.getByRole("button", { name: "Add stream" }).click();
    await expect(page.getByText(/^\d fields\./)).toBeVisible();
    await expect(dialog).toBeHidden(); // while it goes it gives the focus back, and a list opened meanwhile closes again
    await page.getByLabel("Called").fill("Subscribers");
    await pick(page, "Reads changes", "Every 15 minutes");
    await pick(page, "First reads", "The last 90 days");
    await page.getByRole("button", { name: "Save draft" }).click();
    await expect(page.getByText(/A draft with \d changes? waits\./)).toBeVisible();
    await shoot(page, "84-template");
    await page.getByRole("button", { name: "Publish" }).click();
    const publish = page.getByRole("dialog", { name: "Publish Subscribers to Acme?" });
    await expect(publish).toContainText(/New stream.*Subscribers/);
    await shoot(page, "84-template-publish");
    await publish.getByRole("button", { name: "Publish version 1" }).click();
    await expect(page.getByText("Version 1, not on offer; nobody runs it yet.")).toBeVisible();
  });

  await test.step("or one that is ready: found, seen field by field, and taken over as a draft", async () => {
    const template = page.url();
    await page.goto(`${product.origin}/templates`);
    await page.getByRole("link", { name: "Start from a ready template" }).click();
    await page.getByRole("searchbox", { name: "Search use cases" }).fill("newsletter consent");
    await expect(page.getByRole("link", { name: "Shop → accounting" })).toHaveCount(0);
    await shoot(page, "84-ready-templates");
    await page.getByRole("link", { name: "CRM ↔ e-mail marketing" }).click();
    await page.getByRole("radio", { name: /^HubSpot/ }).check();
    const take = page.getByRole("button", { name: "Create template" });
    await expect(take).toBeDisabled(); // the model there is would get a field
    await page.getByRole("checkbox", { name: "Add 1 field to Contact" }).check();
    await shoot(page, "84-ready-template");
    await take.click();
    await page.waitForURL(/\/templates\/tpl_/);
    await expect(page.getByText("Not on offer", { exact: true })).toBeVisible();
    await expect(page.getByText(/^\d+ fields, customers choose/).first()).toBeVisible();
    await page.goto(template);
  });

  await test.step("what customers may choose, and which records", async () => {
    await page.getByRole("link", { name: "Edit mapping of Subscribers" }).click();
    await expect(page.getByRole("button", { name: "Publish" })).toBeVisible();
    // By keyboard from the field in hand to a source field: search, arrow, Enter.
    await row(page, "phone").getByRole("button", { name: "Source of Phone" }).focus();
    const search = page.getByRole("combobox", { name: "Search the source's fields" });
    await search.fill("company");
    await search.press("ArrowDown");
    await search.press("Enter");
    await expect(row(page, "phone").getByRole("button", { name: "Source of Phone" })).toContainText(/company/i);
    await row(page, "phone").getByRole("button", { name: "Rules of Phone" }).click();
    await row(page, "phone").getByRole("combobox", { name: "Customers may" }).click();
    await page.getByRole("option", { name: "Have to map it" }).click();
    await row(page, "phone")
      .getByLabel(/^Asked as/)
      .fill("Which number do you call?");
    // A transform takes effect with what a person chose for it, and says what that is.
    await row(page, "phone").getByRole("button", { name: "Add a transform to Phone" }).click();
    await page.getByRole("combobox", { name: "Search transforms" }).fill("to minor units");
    await page.getByRole("option", { name: "To minor units" }).click();
    const settings = row(page, "phone").getByRole("region", { name: "Settings: To minor units" });
    await settings.getByRole("button", { name: /^Add/ }).click();
    await expect(settings.getByRole("alert")).toHaveText("Fill this in.");
    await settings.getByRole("button", { name: "Currency" }).click();
    await page.getByRole("combobox", { name: "Search: currency" }).fill("eur");
    await page.getByRole("option", { name: /^Euro\s*EUR$/ }).click();
    await settings.getByRole("button", { name: /^Add/ }).click();
    await expect(row(page, "phone").getByRole("button", { name: "Settings of To minor units: EUR" })).toBeVisible();
    await row(page, "phone").getByRole("button", { name: "Remove To minor units" }).click();
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    const filter = page.getByLabel("Only records where");
    await filter.fill("properties.email =");
    await expect(filter).toHaveAttribute("aria-invalid", "true");
    await filter.fill('properties.email != ""');
    await expect(page.getByText(/samples? pass(es)?\./)).toBeVisible();
    await shoot(page, "85-studio");
    await page.setViewportSize({ width: 1600, height: 900 });
    await page.screenshot({ path: "test-results/screens/85-studio-1600.png" });
    await page.setViewportSize({ width: 1280, height: 860 });
  });

  await test.step("the whole difference, then published and on offer", async () => {
    await page.getByRole("button", { name: "Publish" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("customers have to map it, asked “Which number do you call?”");
    await expect(dialog).toContainText('only records where properties.email != ""');
    await shoot(page, "86-publish");
    await dialog.getByRole("button", { name: "Publish version 2" }).click();
    await expect(page.getByText("Version 2 is in use").first()).toBeVisible();
    await page.getByRole("button", { name: /^Version 1\b/ }).click();
    const earlier = page.getByRole("dialog", { name: "Version 1" });
    await earlier.getByRole("tab", { name: "Against version 2, in use" }).click();
    await expect(earlier).toContainText("only records where");
    await shoot(page, "86-version");
    await earlier.getByRole("button", { name: "Make a draft of this" }).click();
    await expect(page.getByText(/a draft with \d changed fields? waits/)).toBeVisible();
    await page.getByRole("button", { name: "Discard" }).click();
    await expect(page.getByText("Version 2 is in use.")).toBeVisible();
    await page.getByRole("link", { name: "Subscribers to Acme" }).first().click();
    await page.getByRole("button", { name: "Put on offer" }).click();
    await expect(page.getByText("On offer", { exact: true })).toBeVisible();
    await expect(page.getByText(/customers choose 1, filtered/)).toBeVisible();
    // The template as a whole bears the number, and says what each brought.
    await page.getByRole("button", { name: /^Version 2\b/ }).click();
    const whole = page.getByRole("dialog", { name: "Version 2" });
    await expect(whole).toContainText('only records where properties.email != ""');
    await shoot(page, "86-template-version");
    await whole.getByRole("button", { name: "Close" }).first().click();
  });

  await test.step("a breaking change says who is affected before it is saved", async () => {
    await page.goto(`${product.origin}/models/subscriber`);
    await page.getByRole("combobox", { name: "Type of First Name" }).click();
    await page.getByRole("option", { name: "Number", exact: true }).click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Save version 2 with 1 breaking change?" });
    await expect(dialog).toContainText("was text and is now a number");
    await expect(dialog).toContainText("Subscribers to Acme: nobody runs it yet.");
    await shoot(page, "87-breaking");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expectAccessible(page);
  });

  await test.step("streams that write: one that only does, one both ways, each with how, and which fields go back", async () => {
    await page.goto(`${product.origin}/templates`);
    await page.getByRole("link", { name: "Subscribers to Acme" }).first().click();
    await page.getByRole("button", { name: "Add a stream" }).click();
    const dialog = page.getByRole("dialog");
    await pick(page, "Object of HubSpot", /^Contact/);
    await pick(page, "Your model", "Subscriber");
    await dialog.getByRole("radio", { name: /^Write/ }).check();
    await dialog.getByRole("button", { name: /^Use (all|the suggestion)/ }).click();
    await expect(dialog.getByText(/fields? (are written|is not written|are not written)/).first()).toBeVisible();
    await shoot(page, "83-add-stream-write");
    await dialog.getByRole("button", { name: "Add stream" }).click();
    await expect(page.getByText(/What you send is written to HubSpot.* at once\./)).toBeVisible();
    await page.getByRole("button", { name: "Add a stream" }).click();
    await pick(page, "Object of HubSpot", /^Contact/);
    await pick(page, "Your model", "Subscriber");
    await dialog.getByRole("radio", { name: /^Both ways/ }).check();
    await dialog.getByRole("button", { name: /^Use (all|the suggestion)/ }).click();
    await pick(page, "The same record when equal", "Email");
    await pick(page, "Who has the last word on a field", "A person decides");
    await dialog.getByRole("button", { name: "Add stream" }).click();
    const writing = page.getByRole("button", { name: /^Writing:.*last word: a person decides/ });
    await writing.click();
    await page.getByRole("button", { name: "A field with a rule of its own" }).click();
    await page.getByRole("option", { name: "First Name" }).click();
    await pick(page, "Who has the last word on First Name", "HubSpot");
    await page.getByRole("button", { name: "Save draft" }).click();
    await expect(page.getByRole("button", { name: "Save draft" })).toBeDisabled();
    await shoot(page, "84-template-writes");
    await page.getByRole("button", { name: "Publish" }).click();
    const publish = page.getByRole("dialog", { name: "Publish Subscribers to Acme?" });
    await expect(publish).toContainText("subscriber to contact, at once");
    await expect(publish).toContainText("contact both ways with subscriber");
    await publish.getByRole("button", { name: "Publish version 3" }).click();
    await expect(page.getByText("Version 3, on offer; nobody runs it yet.")).toBeVisible();
    // Which fields go back stands in the mapping as well.
    await page.getByRole("link", { name: "Edit mapping of" }).last().click();
    await expect(page.getByText(/fields? go both ways\./)).toBeVisible();
    await shoot(page, "84-studio-writes");
  });
});

const CUSTOM = 1_000;

test("a mapping is tried on a chosen customer's own records, and a thousand fields are drawn as a screenful", async ({
  page,
  product,
  shoot,
}) => {
  test.setTimeout(240_000);
  const sql = postgres(product.databaseUrl, { max: 1 });
  try {
    // An account of its own, connected as the marketplace does, which turns out to have very many custom fields.
    const { token } = await mint(product, "design-spec");
    const embed = marketplace(product, token);
    const crm = (await embed.marketplace.list.query()).find(({ name }) => name === "Sandbox CRM");
    const connected = await embed.connect.submitKey.mutate({ integrationId: crm?.id ?? "", fields: { key: "sbx_design_spec" } });
    if (connected.outcome !== "connected") throw new Error(connected.outcome);
    const connectionId = connected.connection.id;
    const looked = () => sql`select fields from connection_schemas where connection_id = ${connectionId} and object = 'contact'`;
    await expect.poll(async () => (await looked()).length, { timeout: 60_000 }).toBe(1);
    const custom = Array.from({ length: CUSTOM }, (_, n) => ({
      path: `properties.own_${n}`,
      title: `Own field ${n}`,
      type: "string",
      custom: true,
    }));
    await sql`update connection_schemas set fields = fields || ${sql.json(custom)} where connection_id = ${connectionId} and object = 'contact'`;

    await signIn(page, product.origin);
    const [template] = await sql`select id from templates where integration_id = ${crm?.id ?? ""} and streams @> '[{"key": "contacts"}]'`;
    await page.goto(`${product.origin}/templates/${template?.["id"]}/mapping/contacts`);
    await page.getByRole("button", { name: "Records of" }).click();
    await page.getByRole("option", { name: /design-spec/ }).click();
    await expect(page.getByText("That you looked is noted.")).toBeVisible();
    const panel = page.getByRole("listbox", { name: "Source fields" });
    await page.getByRole("button", { name: /^Custom 1,\d{3}$/ }).click();
    expect(await sql`select actor from audit_entries where subject = ${connectionId}`).toHaveLength(1);
    await expect(panel.getByRole("option").first()).toHaveAttribute("aria-setsize", /^1\d{3}$/);
    expect(await panel.getByRole("option").count()).toBeLessThan(60);
    const search = page.getByRole("combobox", { name: "Search the source's fields" });
    const longest = await slowest(page, async () => {
      await panel.evaluate((list) => list.scrollTo(0, list.scrollHeight));
      await expect(panel.getByText("Own field 999")).toBeVisible();
      await search.pressSequentially("own field 77");
      await expect(panel.getByRole("option").first()).toHaveAttribute("aria-setsize", "19");
    });
    console.log(`${CUSTOM} fields: scrolled to the end and searched; the longest task was ${longest} ms`);
    await shoot(page, "88-studio-customer");

    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expect(page.getByText(/^Of (the first )?[\d,]+ records?, read from the account/)).toBeVisible({ timeout: 60_000 });
    await shoot(page, "89-dry-run");

    // And a model with as many fields: its rows are those in sight, wherever one scrolls.
    const wide = Array.from({ length: CUSTOM }, (_, n) => ({ key: `field_${n}`, name: `Field ${n}`, type: "string", required: false }));
    const [modelId, templateId] = [newId("model"), newId("template")];
    await sql`insert into models (id, environment_id, key, name, fields)
      select ${modelId}, environment_id, 'wide', 'Wide', ${sql.json(wide)} from templates where id = ${template?.["id"]}`;
    await sql`insert into templates (id, environment_id, integration_id, name, streams)
      select ${templateId}, environment_id, integration_id, 'Wide', jsonb_build_array(streams->0 || '{"key": "contacts", "model": "wide"}'::jsonb)
        from templates where id = ${template?.["id"]}`;
    await page.goto(`${product.origin}/templates/${templateId}/mapping/contacts`);
    const rows = page.locator("[data-field]");
    await expect(rows.first()).toHaveAttribute("aria-setsize", String(CUSTOM));
    expect(await rows.count()).toBeLessThan(60);
    await rows.first().hover();
    await expect(async () => {
      await page.mouse.wheel(0, 200_000);
      await expect(row(page, `field_${CUSTOM - 1}`)).toBeVisible({ timeout: 2_000 });
    }).toPass({ timeout: 60_000 });
    expect(await rows.count()).toBeLessThan(60);
    expect(await page.locator("dt").count()).toBeLessThan(120);
    expect(await page.locator("*").count()).toBeLessThan(6_000);
  } finally {
    await sql.end();
  }
});
