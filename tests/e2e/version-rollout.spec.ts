import postgres from "postgres";
import { FieldMapping } from "#server/mapping/schema";
import { expect, test } from "#tests/support/e2e";
import { marketplace, mint } from "#tests/support/program";

// A new version of a mapping, from the dialog that says whom it reaches to the card that shows how far it is.

const CUSTOMERS = ["rollout-one", "rollout-two", "rollout-three"];

test("a version is rolled out step by step, paused, taken on, and finished", async ({ page, product, shoot }) => {
  const sql = postgres(product.databaseUrl, { max: 1 });
  try {
    let place = { templateId: "", streamId: "" };
    for (const customer of CUSTOMERS) {
      const embed = marketplace(product, (await mint(product, customer)).token);
      const crm = (await embed.marketplace.list.query()).find(({ name }) => name === "Sandbox CRM");
      const connected = await embed.connect.submitKey.mutate({ integrationId: crm?.id ?? "", fields: { key: `sbx_${customer}` } });
      if (connected.outcome !== "connected") throw new Error(connected.outcome);
      const [template] = await sql`select id from templates where integration_id = ${crm?.id ?? ""} and streams @> '[{"key": "contacts"}]'`;
      const templateId = template?.["id"] as string;
      const connectionId = connected.connection.id;
      await embed.installations.activate.mutate({ connectionId, templateId });
      const [stream] = await sql`select id from streams where connection_id = ${connectionId} and key = 'contacts'`;
      place = { templateId, streamId: stream?.["id"] as string };
    }
    const city = (constant: string) => FieldMapping.parse({ target: "city", constant });
    const own = { field: city("Paris"), base: city("Lyon") };
    await sql`insert into stream_overrides (stream_id, n, environment_id, customer_id, overrides, created_by)
      select id, 1, environment_id, customer_id, ${sql.json({ city: own })}, 'customer' from streams where id = ${place.streamId}`;

    await page.goto(`${product.origin}/sign-in`);
    await page.getByRole("button", { name: "Continue as the demo's admin" }).click();
    await page.waitForURL(/\/overview/);
    await page.goto(`${product.origin}/templates/${place.templateId}/mapping/contacts`);
    await page.getByRole("textbox", { name: "Text for Full name" }).fill("{properties.lastname} {properties.firstname}");
    await page.getByRole("button", { name: "Publish" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText(/customers; 1 has changes of their own; 1 conflict\./)).toBeVisible();
    await dialog.getByRole("button", { name: /1 conflict/ }).click();
    await expect(dialog.getByText("Conflict: theirs stays until they decide")).toBeVisible();
    await dialog.getByRole("radio", { name: /Step by step/ }).check();
    await shoot(page, "90-rollout-dialog");
    await dialog.getByRole("button", { name: /^Roll out version/ }).click();
    await expect(page.getByText(/is being rolled out/)).toBeVisible();

    await page.goto(`${product.origin}/templates/${place.templateId}`);
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
  } finally {
    await sql.end();
  }
});
