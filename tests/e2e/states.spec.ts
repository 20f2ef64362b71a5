import type { FrameLocator, Page } from "@playwright/test";
import postgres from "postgres";
import { newId } from "#server/lib/ids";
import { expect, test } from "#tests/support/e2e";
import { shootLooks } from "#tests/support/looks";
import { connectionsOf, marketplace, mint, type Place } from "#tests/support/program";
import { insert } from "#tests/support/world";

// Every state a customer's marketplace can be in, in every look (shown-states.json says which picture shows which). What cannot be
// brought about in a second is written into the rows by which the product knows it.

const KEY = "pk_test_acmecrmdemo";
const CUSTOMER = "states-spec";
const SANDBOX = "Sandbox CRM";

let owner: postgres.Sql;
test.beforeAll(({ product }) => {
  owner = postgres(product.databaseUrl, { max: 1, onnotice: () => {} });
});
test.afterAll(() => owner.end());

/** A connected account whose first sync is through, and that nobody syncs again meanwhile. */
async function connected(place: Place, token: string): Promise<string> {
  const embed = marketplace(place, token);
  const integration = (await embed.marketplace.list.query()).find(({ name }) => name === SANDBOX);
  const integrationId = integration?.id ?? "";
  const { fields, templates } = await embed.marketplace.get.query({ integrationId });
  const done = await embed.connect.submitKey.mutate({ integrationId, fields: { [fields[0]?.key ?? ""]: "sbx_of_the_states" } });
  if (done.outcome !== "connected") throw new Error(done.outcome);
  await embed.installations.activate.mutate({ connectionId: done.connection.id, templateId: templates[0]?.id ?? "" });
  await expect.poll(async () => (await connectionsOf(embed, SANDBOX))[0]?.state, { timeout: 60_000 }).toBe("active");
  await owner`update streams set due_at = now() + interval '1 day' where connection_id = ${done.connection.id}`;
  return done.connection.id;
}

/** The vendor's page, above which the looks are shown. */
async function openPage(page: Page, place: Place): Promise<string> {
  const { token } = await mint(place, CUSTOMER);
  await page.setViewportSize({ width: 2_064, height: 900 });
  await page.goto(`${place.demoOrigin}/demo?customer=initech`);
  await expect(page.locator('iframe[src*="/embed/"]')).toBeVisible();
  return token;
}

test("the states of a connection, as its customer sees them", async ({ page, product, expectAccessible }) => {
  const token = await openPage(page, product);
  const connection = await connected(product, token);
  const show = (name: string, says: string | RegExp) => shootLooks(page, name, { publishableKey: KEY, token, view: { connection }, says });
  const stream = (set: Record<string, unknown>) => owner`update streams set ${owner(set)} where connection_id = ${connection}`;
  const state = (set: Record<string, unknown>) => owner`update connections set ${owner(set)} where id = ${connection}`;
  const well = { failure_code: null, pause_reasons: [], phase: "incremental", quarantine_count: 0, last_success_at: new Date() };
  const records = (await owner`select record_count from streams where connection_id = ${connection}`)[0]?.["record_count"];

  await show("101-state-healthy", "Up to date.");
  for (const [name, set, says] of [
    ["101-state-activating", { phase: "backfill", last_success_at: null, record_count: 0 }, "Connecting."],
    ["101-state-delayed", { failure_code: "provider_rate_limited" }, "asked us to slow down"],
    ["101-state-provider-away", { failure_code: "provider_unavailable" }, "not answering right now"],
    ["101-state-vendor-fixes", { failure_code: "config_invalid" }, "not set up completely"],
    ["101-state-customer-fixes", { failure_code: "insufficient_scope" }, "does not allow everything"],
    ["101-state-paused-by-customer", { pause_reasons: ["customer"] }, "You paused it."],
    ["101-state-paused-by-vendor", { pause_reasons: ["vendor"] }, "Paused by the people who run this service."],
    ["101-state-paused-by-system", { pause_reasons: ["quarantine"], quarantine_count: 1_200 }, "Needs attention."],
    ["101-state-partly-failing", { quarantine_count: 7 }, "7 records held back"],
  ] as const) {
    await stream({ ...well, record_count: records, ...set });
    await show(name, says);
  }
  await stream({ ...well, record_count: records });
  await state({ status: "reauth" });
  await show("101-state-reauth", "Reconnect to continue.");
  await expectAccessible(page);
  await state({ status: "disconnected" });
  await show("101-state-disconnected", "Disconnected.");
  await state({ status: "active" });
});

test("the states of the fields a customer maps", async ({ page, product }) => {
  const token = await openPage(page, product);
  const [row] = await owner`select c.* from connections c join customers u on u.id = c.customer_id where u.external_id = ${CUSTOMER}`;
  const connection = String(row?.["id"]);
  const mapping = async (frame: FrameLocator) => frame.getByRole("tab").nth(3).click();
  const show = (name: string, says: string) =>
    shootLooks(page, name, { publishableKey: KEY, token, view: { connection }, says, lead: mapping });
  const look = async (set: Record<string, unknown>) => {
    await owner`delete from action_calls where connection_id = ${connection} and kind = 'look'`;
    const { environment_id, customer_id } = row ?? {};
    const call = {
      id: newId("actionCall"),
      environment_id,
      customer_id,
      connection_id: connection,
      kind: "look",
      name: "fields",
      input: "",
    };
    await insert(owner, "action_calls", { ...call, asked_at: new Date(), finished_at: new Date(), ...set });
  };
  await look({ status: "running", finished_at: null });
  await show("104-fields-loading", "We are looking at your Sandbox CRM account");
  await look({ status: "failed", code: "insufficient_scope" });
  await show("104-fields-scope-missing", "Try again");
  await look({ status: "failed", code: "provider_unavailable" });
  await show("104-fields-provider-away", "Try again");
  await owner`delete from action_calls where connection_id = ${connection} and kind = 'look'`;
  await owner`delete from records where customer_id = ${String(row?.["customer_id"])}`;
  await owner`delete from connection_schemas where connection_id = ${connection}`;
  // The connector's own example stands in, and says so when it is opened.
  await show("104-preview-empty", "Your own fields have not been looked at yet");
});

test("the states of the catalogue and of its frame", async ({ page, product, expectedErrors, expectAccessible, shoot }) => {
  expectedErrors.push(/status of 40[014]/, /\[Inlay\]/);
  const token = await openPage(page, product);
  const environment = (await owner`select id from environments where publishable_key = ${KEY}`)[0]?.["id"];
  const sandbox = (await owner`select id from integrations where environment_id = ${environment} and name = ${SANDBOX}`)[0]?.["id"];
  const show = (name: string, says: string | RegExp, view?: { integration: string }, own = token) =>
    shootLooks(page, name, { publishableKey: KEY, token: own, says, ...(view ? { view } : {}) });
  const other = (await mint(product, "states-other")).token;

  await test.step("loading, then what there is", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route("**/api/trpc/embed/marketplace.list**", async (route) => {
      await held;
      await route.continue();
    });
    await show("102-loading", "Integrations", undefined, other);
    release();
    await page.unrouteAll({ behavior: "wait" });
    await show("102-catalogue", "Coming soon", undefined, other);
    await show("102-detail", "What it does", { integration: sandbox }, other);
  });
  await test.step("not in the plan", async () => {
    await owner`update integrations set gate = 'plan == "pro"', featured = true where id = ${sandbox}`;
    await show("102-plan-locked", "Not in your plan", undefined, other);
    await show("102-plan-locked-detail", "Not in your plan", { integration: sandbox }, other);
    await owner`update integrations set gate = null, featured = false where id = ${sandbox}`;
  });
  await test.step("nothing on offer", async () => {
    const before = await owner`select id, status from integrations where environment_id = ${environment}`;
    await owner`update integrations set status = 'hidden' where environment_id = ${environment}`;
    await show("102-empty", "No integrations yet", undefined, other);
    for (const { id, status } of before) await owner`update integrations set status = ${status} where id = ${id}`;
  });
  await test.step("a session that has ended, one that there is not, and no page around", async () => {
    await show("102-session-ended", "Your session has ended", undefined, "ems_test_spent");
    await show("102-no-session", "could not be opened", undefined, "");
    await expectAccessible(page);
    await page.goto(`${product.origin}/embed/${KEY}`);
    await expect(page.getByRole("heading", { name: "This page has to be opened inside Acme CRM" })).toBeVisible();
    await shoot(page, "102-not-embedded");
  });
});

test("the ways a sign-in can end", async ({ page, product, expectAccessible }) => {
  const { token, customerId } = await mint(product, "states-signing-in");
  await page.route("**/demo/session", (route) => route.fulfill({ json: { token } }));
  await page.goto(`${product.demoOrigin}/demo`);
  const frame = page.frameLocator('iframe[src*="/embed/"]');
  const shot = (name: string) => page.screenshot({ path: `test-results/screens/${name}-1280.png`, animations: "disabled" });
  await frame.getByRole("button", { name: "HubSpot (sandbox)" }).click();
  let button = "Connect";
  const opened = async () => {
    const opening = page.context().waitForEvent("page");
    await frame.getByRole("button", { name: button, exact: true }).click();
    const popup = await opening;
    await expect(popup.getByRole("button", { name: "Allow", exact: true })).toBeVisible();
    return popup;
  };
  for (const [name, set, says, next] of [
    ["103-expired", { expires_at: new Date(0) }, "That took too long", "Try again"],
    [
      "103-insufficient-scope",
      { status: "failed", error_code: "insufficient_scope" },
      "This account may not share everything that is needed",
      "Try with another account",
    ],
    [
      "103-provider-error",
      { status: "failed", error_code: "provider_unavailable", error_detail: "HubSpot: temporarily_unavailable" },
      "reported a problem. Nothing was connected.",
      "Try again",
    ],
  ] as const) {
    const popup = await opened();
    if (name === "103-expired") await shot("103-waiting");
    await owner`update authorizations set ${owner(set)} where customer_id = ${customerId} and status = 'waiting'`;
    await expect(frame.getByText(says)).toBeVisible();
    if (name === "103-provider-error") await frame.getByText("Details", { exact: true }).click();
    await shot(name);
    await popup.close();
    button = next;
  }
  await expectAccessible(page);
  const popup = await opened();
  await popup.close();
  await expect(frame.getByText("The window was closed before access was allowed")).toBeVisible();
  await shot("103-closed");
});
