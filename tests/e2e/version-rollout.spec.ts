import postgres from "postgres";
import { FieldMapping } from "#server/mapping/schema";
import { expect, test } from "#tests/support/e2e";
import { marketplace, mint } from "#tests/support/program";

// A new version of a mapping, from the dialog that says whom it reaches to the card that shows how far it is.

const CUSTOMERS = ["rollout-one", "rollout-two", "rollout-three"];

test("a version is rolled out step by step, paused, taken on, and finished; who has changed the same field decides", async ({
  page,
  product,
  shoot,
}) => {
  const turnedOn = [];
  for (const customer of CUSTOMERS) {
    const { token, customerId } = await mint(product, customer);
    const embed = marketplace(product, token);
    const crm = (await embed.marketplace.list.query()).find(({ name }) => name === "Sandbox CRM");
    const connected = await embed.connect.submitKey.mutate({ integrationId: crm?.id ?? "", fields: { key: `sbx_${customer}` } });
    if (connected.outcome !== "connected") throw new Error(connected.outcome);
    const connectionId = connected.connection.id;
    const offer = (await embed.marketplace.get.query({ integrationId: crm?.id ?? "" })).templates.find(
      ({ name }) => name === "Contacts to Acme",
    );
    const templateId = offer?.id ?? "";
    const view = await embed.installations.activate.mutate({ connectionId, templateId });
    turnedOn.push({ embed, connectionId, templateId, customerId, streamId: view.streams[0]?.id ?? "" });
  }
  const [own] = turnedOn;
  if (!own) throw new Error("nobody has turned it on");
  const { templateId, connectionId, embed } = own;
  const mine = FieldMapping.parse({ target: "jobTitle", from: "company.name", onError: "null" });
  await embed.mapping.save.mutate({ streamId: own.streamId, n: 0, fields: { jobTitle: mine } });

  await page.goto(`${product.origin}/sign-in`);
  await page.getByRole("button", { name: "Continue as the demo's admin" }).click();
  await page.waitForURL(/\/overview/);
  await page.goto(`${product.origin}/templates/${templateId}/mapping/contacts`);
  await page.getByRole("textbox", { name: "Text for Full name" }).fill("{properties.lastname} {properties.firstname}");
  await page.getByRole("button", { name: "Source of Job title" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("lifecycle");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(page.getByRole("button", { name: "Source of Job title" })).not.toContainText(/lifecycle/i);
  await page.keyboard.press("ControlOrMeta+Shift+z");
  await expect(page.getByRole("button", { name: "Source of Job title" })).toContainText(/lifecycle/i);
  await page.keyboard.press("ControlOrMeta+Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(/customers; 1 has changes of their own; 1 conflict\./)).toBeVisible();
  const reached = dialog.getByRole("list", { name: "Customers it reaches" }).getByRole("listitem").first();
  await reached.getByRole("button", { name: /1 conflict/ }).click();
  await expect(reached.getByText("Conflict: theirs stays until they decide")).toBeVisible();
  await expect(reached.getByText("company.name")).toBeVisible();
  await expect(reached.getByText(/^Dry run: [\d,]+ (new|changed)/)).toBeVisible({ timeout: 30_000 });
  await dialog.getByRole("radio", { name: /Step by step/ }).check();
  await shoot(page, "90-rollout-dialog");
  await dialog.getByRole("button", { name: /^Roll out version/ }).click();
  await expect(page.getByText(/is being rolled out/)).toBeVisible();

  await page.goto(`${product.origin}/templates/${templateId}`);
  await expect(page.getByRole("heading", { name: "Roll-outs" })).toBeVisible();
  // No customer is the vendor's own here, so that the first to have it are five in a hundred.
  await expect(page.getByText(/^1 of \d+ streams · /)).toBeVisible({ timeout: 30_000 });
  await shoot(page, "91-rollout-card");
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Paused", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByText("Rolling out", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Finish now" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Finish now" }).click();
  await expect(page.getByText("With everybody")).toBeVisible();

  // How a stream runs is a version of the template like any other: seen with whom it reaches, then published.
  await page.getByRole("combobox", { name: "Reads changes" }).first().click();
  await page.getByRole("option", { name: "Every 15 minutes" }).click();
  await page.getByRole("button", { name: "Publish" }).click();
  const publish = page.getByRole("dialog", { name: /^Publish / });
  await expect(publish.getByText(/customers run what changes, and gets? this version step by step/)).toBeVisible();
  await publish.getByRole("radio", { name: /All at once/ }).check();
  await shoot(page, "92-template-publish");
  await publish.getByRole("button", { name: "Publish version 3" }).click();
  await expect(page.getByText(/^Version 3, on offer;/)).toBeVisible();
  const sql = postgres(product.databaseUrl, { max: 1 });
  const paces =
    await sql`select distinct interval_ms from streams where template_id = ${templateId} and key = 'contacts' and status = 'active'`;
  await sql.end();
  expect(paces.map((row) => row["interval_ms"])).toEqual([900_000]);

  // What both have changed waits for the customer; the vendor's team may decide it for them, and the history says so.
  const waiting = async () => (await embed.mapping.get.query({ connectionId, templateId })).streams[0]?.overrides;
  await expect.poll(async () => (await waiting())?.conflicts.map(({ target }) => target)).toEqual(["jobTitle"]);
  await page.goto(`${product.origin}/customers/${own.customerId}?tab=mapping`);
  const conflict = page.getByRole("region", { name: "Changed by the template and the customer" });
  await expect(conflict).toContainText("Job title was changed by the template");
  await shoot(page, "93-customer-mapping");
  await conflict.getByRole("button", { name: "Job title: take the template’s" }).click();
  const ask = page.getByRole("dialog", { name: /^Take the template’s Job title for / });
  await ask.getByRole("button", { name: "Take the template’s" }).click();
  await expect(conflict).toHaveCount(0);
  await expect.poll(waiting).toMatchObject({ conflicts: [] });
  await expect(ask).toBeHidden(); // what lies behind an open dialog is hidden too
  await page.getByRole("tab", { name: "History" }).click();
  await expect(page.getByText("In use", { exact: true })).toBeVisible();
  await shoot(page, "94-customer-mapping-history");
  await page.getByRole("button", { name: "Go back to revision 1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Go back" }).click();
  await expect.poll(async () => (await waiting())?.n ?? 0).toBeGreaterThan(2);
});
