import { execFileSync } from "node:child_process";
import { expect, test } from "#tests/support/e2e";
import { guideManifest, startHivewise } from "#tests/support/hivewise";
import { api, type Place, readAll } from "#tests/support/program";

// What other systems tell us by calling, and what is gone at them, seen to the end in a browser.

const FRAME = "iframe[title=Integrations]";

/** What the API answers to a POST that it takes. */
async function post(place: Place, path: string, body: unknown): Promise<Record<string, unknown>> {
  const answer = await api(place, path, body);
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer.text === "" ? {} : answer.json();
}

test("an incoming webhook: put on offer, connected, its address opened, called by curl, its record synced", async ({
  page,
  product,
  shoot,
}) => {
  const { origin } = product;
  await page.goto(`${origin}/sign-in`);
  await page.getByRole("button", { name: "Continue as the demo's admin" }).click();
  await page.waitForURL(/\/overview/);

  await test.step("put on offer", async () => {
    await page.goto(`${origin}/connectors/generic-webhook-in`);
    await page.getByRole("button", { name: "New integration" }).click();
    await page.getByRole("button", { name: "Create integration" }).click();
    await page.getByRole("button", { name: "Open the integration" }).click();
    await expect(page.getByRole("heading", { name: "Incoming calls" })).toBeVisible();
    await expect(page.getByText("No address yet")).toBeVisible();
    await shoot(page, "80-no-address");
  });
  const integrationPage = page.url();

  await test.step("connected by a customer", async () => {
    await page.goto(`${product.demoOrigin}/demo?customer=initech`);
    const frame = page.frameLocator(FRAME);
    await frame.getByRole("button", { name: "Incoming webhook" }).click();
    await frame.getByRole("button", { name: "Connect", exact: true }).click();
    await frame.getByLabel("Name of the sender").fill("northwind");
    await frame.getByRole("button", { name: "Test and connect" }).click();
    await frame.getByRole("button", { name: "Turn on" }).click();
    await expect(frame.getByText("Up to date.")).toBeVisible({ timeout: 60_000 });
  });

  let [address, secret] = ["", ""];
  await test.step("an address is opened; address and secret are shown once", async () => {
    await page.goto(integrationPage);
    await page.getByRole("button", { name: "Open an address" }).click();
    await page.getByRole("button", { name: "Open address" }).click();
    address = await page.getByTestId("inbound-address").innerText();
    secret = await page.getByTestId("inbound-secret").innerText();
    await page.getByText("Test it from a shell").last().click();
    await shoot(page, "81-address-once");
    await page.getByRole("button", { name: "I have stored both" }).click();
    await page.reload();
    await expect(page.getByText("No call yet")).toBeVisible();
    expect(await page.locator("main").innerText()).not.toContain(address.split("/").at(-1));
  });

  await test.step("called as the page says, by curl; the record is in the stream", async () => {
    await page.getByText("Test it from a shell").click();
    const lines = await page.getByRole("region", { name: "test call" }).innerText();
    const call = (key: string) =>
      execFileSync("bash", ["-c", `${lines.replace("ACCOUNT", "northwind").replace("curl", "curl -s -o /dev/null -w '%{http_code}'")}`], {
        env: { ...process.env, ADDRESS: address, SECRET: key },
      }).toString();
    expect(call(secret)).toBe("200");
    await expect(page.getByText("1 call accepted")).toBeVisible();
    const found = async () => {
      const items = await readAll<{ externalId: string }>(product, "/v1/records?model=record&limit=10&cursor=", "");
      return items.map((item) => item.externalId);
    };
    await expect.poll(found, { timeout: 30_000 }).toEqual(["1001"]);
    expect(call("somebody else's secret")).toBe("401");
    await expect(page.getByText(/Refused .*: the signature was wrong\./)).toBeVisible();
    await shoot(page, "82-calls");
  });

  await test.step("the secret is replaced, the address closed", async () => {
    await page.getByRole("button", { name: "More for the address of All accounts" }).click();
    await page.getByRole("menuitem", { name: "Replace the secret" }).click();
    await page.getByRole("button", { name: "Replace the secret" }).click();
    await expect(page.getByTestId("inbound-secret")).not.toHaveText(secret);
    await page.getByRole("button", { name: "I have stored it" }).click();
    await page.getByRole("button", { name: "More for the address of All accounts" }).click();
    await page.getByRole("menuitem", { name: "Close address" }).click();
    await page.getByRole("button", { name: "Close address" }).click();
    await expect(page.getByText("No address yet")).toBeVisible();
  });
});

test("many records gone at the source: nothing is deleted until somebody says so", async ({ page, product, shoot }) => {
  test.setTimeout(300_000);
  const { origin } = product;
  const { hives, party } = await startHivewise();
  const live = async () => (await readAll(product, "/v1/records?model=guarded_hive&limit=500&cursor=", "")).length;
  try {
    // Each pass reads everything, and shows who is missing.
    const source = guideManifest()
      .replace("key: x-hivewise", "key: x-guarded")
      .replace("name: Hivewise", "name: Guarded hives")
      .replace("    changes:\n", "    deletes: { by: scan, everyMs: 1000 }\n    changes:\n");
    await post(product, "/v1/connectors", { source });
    await post(product, "/v1/connectors/x-guarded/versions/1/publish", {});
    const integration = { connector: "x-guarded", sandboxOrigin: party.origin };
    const { id: integrationId } = await post(product, "/v1/integrations", integration);
    await post(product, "/v1/templates", { integrationId, object: "hive", model: "guarded_hive" });

    const frame = page.frameLocator(FRAME);
    const question = frame.getByText("100 of 230 records are gone at the source.");
    /** A pass of changes shows nobody missing; the whole reading after it does. */
    const syncUntilAsked = () =>
      expect(async () => {
        await frame.getByRole("button", { name: "Sync now" }).click({ timeout: 5_000 });
        await expect(question).toBeVisible({ timeout: 5_000 });
      }).toPass({ timeout: 90_000 });
    await test.step("synced, then many vanish", async () => {
      await page.goto(`${product.demoOrigin}/demo?customer=initech`);
      await frame.getByRole("button", { name: "Guarded hives" }).click();
      await frame.getByRole("button", { name: "Connect", exact: true }).click();
      await frame.getByLabel("Region").fill("eu1");
      await frame.getByLabel("API key").fill("hv-key-good-1");
      await frame.getByRole("button", { name: "Test and connect" }).click();
      await frame.getByRole("button", { name: "Turn on" }).click();
      await expect(frame.getByText("Up to date.")).toBeVisible({ timeout: 60_000 });
      hives.splice(0, 100);
      await syncUntilAsked();
      await expect(frame.getByText("H-001 · Hive 1")).toBeVisible();
      expect(await live()).toBe(230);
      await shoot(page, "83-guard-widget");
    });

    await test.step("the vendor sees the same on the customer's page", async () => {
      const desk = await page.context().newPage();
      await desk.goto(`${origin}/sign-in`);
      await desk.getByRole("button", { name: "Continue as the demo's admin" }).click();
      await desk.waitForURL(/\/overview/);
      await desk.goto(`${origin}/customers?q=Initech`);
      await desk.getByRole("link", { name: "Initech" }).first().click();
      const note = desk.getByRole("region", { name: "Missing records of Hives" });
      await expect(note.getByText("100 of 230 records are gone at the source; none has been deleted.")).toBeVisible();
      await note.scrollIntoViewIfNeeded();
      await shoot(desk, "84-guard-vendor");
      await note.getByRole("button", { name: "Keep them" }).click();
      await expect(desk.getByText("They stay as they were last seen.", { exact: false })).toBeVisible();
      await desk.getByRole("dialog").getByRole("button", { name: "Keep them" }).click();
      await expect(note).toBeHidden();
      await desk.close();
      expect(await live()).toBe(230);
    });

    await test.step("asked again at the next reading; the customer says they are gone", async () => {
      await expect(question).toBeHidden();
      await syncUntilAsked();
      await frame.getByRole("button", { name: "Delete 100 records" }).click();
      await shoot(page, "85-guard-confirm");
      await frame.getByRole("button", { name: "Delete 100 records" }).click();
      await expect.poll(live, { timeout: 60_000 }).toBe(130);
      await expect(frame.getByText("Up to date.")).toBeVisible({ timeout: 60_000 });
      await frame.getByRole("tab", { name: "Activity" }).click();
      await expect(frame.getByText(/100 deleted/).first()).toBeVisible();
      await shoot(page, "86-deleted");
    });
  } finally {
    await party.stop();
  }
});
