import type { FrameLocator } from "@playwright/test";
import { signIn } from "#tests/support/dashboard";
import { expect, test } from "#tests/support/e2e";
import { openMarketplace, shootFrame } from "#tests/support/frame";
import { api, ask, marketplace, mint, type Place } from "#tests/support/program";

// A stream that goes both ways, as the customer meets it: what they are told before they agree, a change of each side at the other, and what
// both have changed, decided by them and by the vendor; what was written is taken back.

const CUSTOMER = "both-ways-spec";
/** The account at the third party; any key of this look opens one of its own. */
const KEY = "sbx_both_ways_spec";
const CRM = "Sandbox CRM";
const OWN = { id: "m-1", email: "mae.jemison@acme.example" };

type Values = Record<string, unknown>;
type There = { id: string; properties: Values };

const MODEL = {
  name: "Member",
  fields: [
    { key: "email", name: "Email", type: "string", required: true },
    { key: "firstName", name: "First name", type: "string" },
    { key: "jobTitle", name: "Job title", type: "string" },
  ],
};
const FIELDS = [
  { target: "email", from: "properties.email" },
  { target: "firstName", from: "properties.firstname" },
  { target: "jobTitle", from: "properties.jobtitle" },
];

/** What the API answers to what it takes. */
async function say(place: Place, method: string, path: string, body: unknown): Promise<Values> {
  const headers = { authorization: `Bearer ${place.secretKey}`, "content-type": "application/json" };
  const answer = await ask(`${place.origin}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.text === "" ? {} : answer.json();
}

/** Both sides of the stream: the vendor's own record through its API, and the third party through its own. */
function sidesOf(place: Place, customerId: string) {
  const records = `/v1/customers/${customerId}/models/member/records`;
  const third = `${place.simulatorOrigin}/api.sandbox-crm.example/v1/contacts`;
  const headers = { "x-api-key": KEY, "content-type": "application/json" };
  const there = async (): Promise<There | undefined> => {
    const lines = (await ask(`${place.simulatorOrigin}/_truth/sandbox-crm/contacts?key=${KEY}`)).text.split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as There).find(({ properties }) => properties["email"] === OWN.email);
  };
  return {
    there,
    here: async () => (await api(place, `${records}/${OWN.id}`)).json()["data"] as Values,
    send: (data: Values) => say(place, "PUT", records, { records: [{ id: OWN.id, data: { email: OWN.email, ...data } }] }),
    edit: async (properties: Values) => {
      const answer = await ask(`${third}/${(await there())?.id}`, { method: "PATCH", headers, body: JSON.stringify({ properties }) });
      if (answer.status !== 200) throw new Error(answer.text);
    },
  };
}

/** A template of one stream that goes both ways, on offer: a person decides where both sides have changed a field. */
async function offer(place: Place): Promise<string> {
  const { token } = await mint(place, CUSTOMER);
  const integrationId = (await marketplace(place, token).marketplace.list.query()).find(({ name }) => name === CRM)?.id;
  await say(place, "PUT", "/v1/models/member", MODEL);
  const { id } = await say(place, "POST", "/v1/templates", { integrationId, object: "contact", model: "member", name: "Members" });
  const both = {
    object: "contact",
    model: "member",
    direction: "two_way",
    label: "Members",
    match: "email",
    owners: { default: "manual" },
  };
  const { stream } = await say(place, "POST", `/v1/templates/${id}/streams`, { ...both, intervalMs: 10_000, fields: FIELDS });
  await say(place, "DELETE", `/v1/templates/${id}/streams/contact`, undefined);
  await say(place, "POST", `/v1/templates/${id}/publish`, {});
  return `${place.origin}/templates/${id}/mapping/${stream}`;
}

const title = (data: Values | undefined) => data?.["jobTitle"] ?? data?.["jobtitle"];

test("turned on by a customer who is told what is written; changes go both ways; what both changed is decided; a write is taken back", async ({
  page,
  product,
  shoot,
  expectAccessible,
}) => {
  test.setTimeout(240_000);
  const studio = await offer(product);
  const { customerId } = await mint(product, CUSTOMER);
  const sides = sidesOf(product, customerId);
  let frame: FrameLocator;

  await test.step("what is read and what is written is said before anything is connected, and before it is turned on", async () => {
    frame = await openMarketplace(page, product, CUSTOMER);
    await frame.getByRole("button", { name: CRM }).click();
    const written = frame.getByRole("region", { name: "What is written" });
    await expect(written).toContainText("Members");
    await shootFrame(page, frame, "70-both-detail");
    await frame.getByRole("button", { name: "Connect", exact: true }).click();
    await frame.getByLabel("API key").fill(KEY);
    await frame.getByRole("button", { name: "Test and connect" }).click();
    await frame.getByRole("checkbox", { name: "Members" }).check();
    await frame.getByRole("checkbox", { name: "Contacts to Acme" }).uncheck();
    await expect(frame.getByText(`Written to ${CRM}: members. Records are made and changed there.`)).toBeVisible();
    await shootFrame(page, frame, "71-both-turn-on");
    await expectAccessible(page);
    await frame.getByRole("button", { name: "Turn on", exact: true }).click();
    await expect(frame.getByText("Up to date.").first()).toBeVisible({ timeout: 60_000 });
  });

  await test.step("a record of ours is made there, a change of each side comes to the other", async () => {
    await sides.send({ firstName: "Mae", jobTitle: "Physician" });
    await expect.poll(async () => title((await sides.there())?.properties), { timeout: 60_000 }).toBe("Physician");
    await sides.edit({ firstname: "Mae C." });
    await frame.getByRole("button", { name: "Sync now" }).click();
    await expect.poll(async () => (await sides.here())["firstName"], { timeout: 60_000 }).toBe("Mae C.");
    await sides.send({ firstName: "Mae C.", jobTitle: "Astronaut" });
    await expect.poll(async () => title((await sides.there())?.properties), { timeout: 60_000 }).toBe("Astronaut");
  });

  await test.step("what is sent is seen before it is: of one record field by field, and of all by a dry run; the vendor sees it as well", async () => {
    await frame.getByRole("tab", { name: "Mapping" }).click();
    const sent = frame.getByRole("region", { name: `As it is sent to ${CRM}` });
    await expect(sent).toContainText("Astronaut");
    await frame.getByRole("button", { name: "Try it" }).click();
    await expect(frame.getByRole("region", { name: `What would be sent to ${CRM}` })).toContainText("nothing would be sent.", {
      timeout: 60_000,
    });
    await shootFrame(page, frame, "72-both-mapping");
    await expectAccessible(page);
    await frame.getByRole("tab", { name: "Overview" }).click();
    const desk = await page.context().newPage();
    await signIn(desk, product.origin);
    await desk.goto(studio);
    await expect(desk.getByRole("region", { name: `What is sent to ${CRM}` })).toContainText("Astronaut");
    await shoot(desk, "72-both-studio");
    await desk.close();
  });

  /** Both sides change the job title before either hears of the other. */
  const disagree = async (ours: string, theirs: string) => {
    await sides.edit({ jobtitle: theirs });
    await sides.send({ firstName: "Mae C.", jobTitle: ours });
  };
  const both = () => Promise.all([sides.here().then(title), sides.there().then((one) => title(one?.properties))]);

  await test.step("what both have changed waits for the customer, who types a third value", async () => {
    await disagree("Pilot", "Dancer");
    const differs = frame.getByRole("region", { name: "Changed on both sides" });
    await expect(frame.getByText("1 record was changed on both sides.")).toBeVisible({ timeout: 60_000 });
    await frame.getByRole("tab", { name: /^Problems/ }).click();
    await expect(differs).toContainText(OWN.email);
    await expect(differs).toContainText("Before: Astronaut");
    expect(await both()).toEqual(["Pilot", "Dancer"]);
    await shootFrame(page, frame, "72-both-differ");
    await expectAccessible(page);
    await differs.getByRole("button", { name: "Another value…" }).click();
    await expect(differs.getByRole("textbox", { name: "Another value for “Job title”" })).toHaveValue("Pilot");
    await differs.getByRole("textbox").fill("Engineer");
    await page.keyboard.press("Enter");
    await expect(differs).toBeHidden();
    await expect.poll(both, { timeout: 60_000 }).toEqual(["Engineer", "Engineer"]);
  });

  await test.step("the vendor decides one as well, with a value of its own, and takes the last write back", async () => {
    await disagree("Author", "Teacher");
    const desk = await page.context().newPage();
    await desk.goto(`${product.origin}/customers/${customerId}?tab=problems`);
    await desk.getByRole("button", { name: /^Job title of .*: other ways$/ }).click({ timeout: 60_000 });
    await shoot(desk, "73-both-conflict");
    await desk.getByRole("menuitem", { name: "Another value…" }).click();
    const dialog = desk.getByRole("dialog", { name: /^Another Job title for/ });
    await expect(dialog.getByLabel("Job title")).toHaveValue("Author");
    await dialog.getByLabel("Job title").fill("Professor");
    await shoot(desk, "74-both-own-value");
    await dialog.getByRole("button", { name: "Use this value" }).click();
    await expect(dialog).toBeHidden();
    await expect.poll(both, { timeout: 60_000 }).toEqual(["Professor", "Professor"]);

    await desk.goto(`${product.origin}/customers/${customerId}?tab=writes`);
    const newest = desk.getByRole("region", { name: "Writes" }).getByRole("row").nth(1);
    await expect(newest).toContainText("Professor");
    await shoot(desk, "75-both-writes");
    await newest.getByRole("button", { name: /^Undo the write of/ }).click();
    const undo = desk.getByRole("dialog", { name: /^Undo the write of/ });
    await expect(undo).toContainText("1 of 1 record can be taken back to what was there before.");
    await shoot(desk, "76-both-undo");
    await undo.getByRole("button", { name: "Take back 1 record" }).click();
    await expect.poll(async () => title((await sides.there())?.properties), { timeout: 60_000 }).toBe("Teacher");
    await desk.close();
  });
});
