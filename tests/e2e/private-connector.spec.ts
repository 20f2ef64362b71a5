import { expect, test } from "#tests/support/e2e";
import { guideManifest, startHivewise } from "#tests/support/hivewise";
import { ORDERS_WSDL } from "#tests/support/wsdl";

// The guide, walked in a browser: a file nobody here has seen becomes a connector, and a customer's records.

// A description that cannot be read is refused.
test.use({ expectedErrors: [/connectors\.draft\)/] });

test("a private connector: written, tried, published, offered, connected, synced", async ({ page, product, shoot, expectAccessible }) => {
  test.setTimeout(240_000);
  const { hives, party } = await startHivewise();
  try {
    await page.goto(`${product.origin}/sign-in`);
    await page.getByRole("button", { name: "Continue as the demo's admin" }).click();
    await page.waitForURL(/\/overview/);

    await test.step("written: faults name the line and go away", async () => {
      await page.goto(`${product.origin}/connectors`);
      await shoot(page, "60-connectors");
      await page.getByRole("link", { name: "Add a connector" }).click();
      const editor = page.getByRole("textbox", { name: "Manifest" });
      await test.step("or begun with the system's own description", async () => {
        await page.getByRole("button", { name: "Start from a description" }).click();
        const dialog = page.getByRole("dialog");
        const text = dialog.getByLabel("Description", { exact: true });
        await text.fill("<definitions>\n<x>\n</definitions>");
        await dialog.getByRole("button", { name: "Make a draft" }).click();
        await expect(dialog.getByRole("alert")).toContainText("Line 3");
        await expectAccessible(page);
        await text.fill(ORDERS_WSDL);
        await dialog.getByRole("button", { name: "Make a draft" }).click();
        await expect(page.getByRole("region", { name: "About this draft" })).toContainText("ModifiedSince");
        await expect(page.getByText("Nothing is wrong with it.")).toBeVisible();
        await expect(editor).toHaveValue(/key: x-order-service/);
        await shoot(page, "60-drafted");
      });
      await editor.fill(
        guideManifest().replace("{ path: /api/hives }", "{ path: api/hives }").replace("updatedAt: modified", "updateAt: modified"),
      );
      const faults = page.getByRole("region", { name: "Faults" });
      await expect(faults.getByText('must start with "/"')).toBeVisible();
      await expect(faults.getByText('did you mean "updatedAt"?')).toBeVisible();
      await shoot(page, "61-faults");
      await faults.getByRole("button", { name: /^line/ }).first().click();
      await expect(editor).toBeFocused();
      await editor.fill(guideManifest());
      await expect(page.getByText("Nothing is wrong with it.")).toBeVisible();
      await page.getByRole("button", { name: "Save as draft" }).click();
      await page.waitForURL(/\/connectors\/x-hivewise\/1$/);
    });

    await test.step("tried: each step raw and parsed, the key nowhere", async () => {
      await page.getByLabel("Region").fill("eu1");
      await page.getByLabel("API key").fill("hv-key-good-1");
      await page.getByLabel("Stand-in").fill(party.origin);
      await page.getByRole("button", { name: "Check" }).click();
      await expect(page.getByText("The credential is accepted.")).toBeVisible();
      await page.getByRole("button", { name: "Identify" }).click();
      await expect(page.getByText("Account AP-7: Linden Row")).toBeVisible();
      await page.getByRole("button", { name: "First page" }).click();
      await expect(page.getByText("100 records. There is a next page.")).toBeVisible();
      await shoot(page, "62-console");
      await page.getByRole("tab", { name: "Fields" }).click();
      await expect(page.getByText("site.row").first()).toBeVisible();
      await page.getByRole("tab", { name: "Over the wire" }).click();
      await expect(page.getByText(/x-hive-key: ••••/)).toBeVisible();
      expect(await page.locator("main").innerText()).not.toContain("hv-key-good-1");
      await page.getByRole("tab", { name: "Report" }).click();
      await expect(page.getByText("Hives: the first page is read")).toBeVisible();
      await shoot(page, "63-report");
    });

    await test.step("published and offered", async () => {
      await page.getByRole("button", { name: "Publish", exact: true }).click();
      await page.getByRole("button", { name: "Publish version 1" }).click();
      await expect(page.getByRole("button", { name: "Retire" })).toBeVisible();
      await page.goto(`${product.origin}/connectors/x-hivewise`);
      await shoot(page, "64-connector");
      await page.getByRole("button", { name: "New integration" }).click();
      await page.getByLabel("Stand-in").fill(party.origin);
      await expectAccessible(page);
      await page.getByRole("button", { name: "Create integration" }).click();
      await expect(page.getByText("It is on offer")).toBeVisible();
      await page.getByRole("button", { name: "Open the integration" }).click();
      await expect(page.getByRole("heading", { name: "Hivewise" })).toBeVisible();
    });

    await test.step("connected and synced", async () => {
      await page.goto(`${product.demoOrigin}/demo?customer=initech`);
      const frame = page.frameLocator("iframe[title=Integrations]");
      await frame.getByRole("button", { name: "Hivewise" }).click();
      await frame.getByRole("button", { name: "Connect", exact: true }).click();
      await expect(frame.getByLabel("Region")).toBeVisible();
      await shoot(page, "66-questions");
      await frame.getByLabel("Region").fill("eu1");
      await frame.getByLabel("API key").fill("hv-key-good-1");
      await frame.getByRole("button", { name: "Test and connect" }).click();
      await frame.getByRole("button", { name: "Turn on" }).click();
      await expect(frame.getByText("Up to date.")).toBeVisible({ timeout: 60_000 });
      await shoot(page, "65-synced");
      const answer = await fetch(`${product.origin}/v1/records?model=hive&limit=500`, {
        headers: { authorization: `Bearer ${product.secretKey}` },
      });
      const { items } = (await answer.json()) as { items: { data: Record<string, unknown> }[] };
      expect(items.length).toBe(hives.length);
      expect(items.map((item) => item.data["tag"])).toContain("H-230");
    });
  } finally {
    await party.stop();
  }
});
