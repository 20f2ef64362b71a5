import type postgres from "postgres";
import { beforeEach, expect, test } from "vitest";
import type { CustomerCtx, Deps } from "#server/lib/context";
import type { FieldChoices } from "#server/mapping/overrides";
import { FieldMapping } from "#server/mapping/schema";
import { usingDatabase } from "#tests/support/database";
import { createScene, customerCtx, type Scene } from "#tests/support/world";
import { stopConnectionStreams } from "../streams/stop-connection-streams";
import type { StreamOffers } from "../templates/offers";
import { activateTemplate } from "./activate-template";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let ctx: CustomerCtx;

usingDatabase((opened) => {
  ({ owner, web: deps } = opened);
});

const field = (target: string, from: string): FieldMapping => FieldMapping.parse({ target, from, onError: "null" });
const TIER = field("tier", "properties.loyalty_tier");
const MODEL = [
  { key: "email", name: "E-mail", type: "string", required: true },
  { key: "tier", name: "Loyalty tier", type: "string", required: false },
];
const CHOICES: FieldChoices = { tier: { customer: "must_choose" } };
const stream = (key: string) => ({ key, object: "contact", model: "contact", label: key, intervalMs: 60_000 });

/** A second template with two streams, one of which has a field that must be chosen. */
beforeEach(async () => {
  scene = await createScene(owner, { records: 0 });
  ctx = customerCtx(deps, scene);
  await owner`delete from streams where id = ${scene.stream}`;
  await owner`delete from installations where id = ${scene.installation}`;
  await owner`update models set fields = ${owner.json(MODEL)} where id = ${scene.model}`;
  await owner`update templates set streams = ${owner.json([stream("people"), stream("contacts")])} where id = ${scene.template}`;
  await owner`update mappings set fields = ${owner.json([field("email", "properties.email")] as never)}, choices = ${owner.json(CHOICES as never)} where id = ${scene.mapping}`;
  await publish("people", 1, [field("email", "properties.email")]);
});
const publish = (key: string, version: number, fields: FieldMapping[]) =>
  owner`insert into mappings (id, environment_id, template_id, stream_key, version, status, fields, created_by, published_at)
    values (${`map_${Math.random()}`}, ${scene.environment}, ${scene.template}, ${key}, ${version}, 'published', ${owner.json(fields as never)}, 't', now())`;

type Wish = Omit<Parameters<typeof activateTemplate>[1], "connectionId" | "templateId">;
const activate = (wish: Wish = {}) => activateTemplate(ctx, { connectionId: scene.connection, templateId: scene.template, ...wish });
const stored = () =>
  owner`select key, status, template_version, mapping_version, mapped_version, reread from streams where installation_id is not null and connection_id = ${scene.connection} order by key`;
const overrides = () =>
  owner`select n, overrides, created_by from stream_overrides o join streams s on s.id = o.stream_id where s.connection_id = ${scene.connection} order by n`;

test("what must be chosen is asked for by name, and nothing is turned on before", async () => {
  await expect(activate()).rejects.toMatchObject({
    code: "invalid",
    message: "“Loyalty tier” has to be chosen. Pick the field it comes from.",
    details: { issues: [{ path: "adaptations.contacts.tier" }] },
  });
  expect(await stored()).toEqual([]);
});

test("turned on with what the customer chose, as the first revision; a repeat is taken, another wish is not", async () => {
  await activate({ adaptations: { contacts: { tier: TIER } } });
  expect(await stored()).toMatchObject([
    { key: "contacts", status: "active", template_version: 1, mapping_version: 1, mapped_version: 1 },
    { key: "people", status: "active" },
  ]);
  expect(await overrides()).toMatchObject([{ n: 1, created_by: "customer", overrides: { tier: { field: TIER, base: null } } }]);
  await activate({ adaptations: { contacts: { tier: TIER } } });
  await activate();
  expect(await overrides()).toHaveLength(1);
  await expect(activate({ adaptations: { contacts: { tier: field("tier", "x") } } })).rejects.toMatchObject({ code: "conflict" });
});

test("what the customer may not do is refused", async () => {
  await expect(activate({ adaptations: { contacts: { tier: TIER, email: null } } })).rejects.toMatchObject({ code: "invalid" });
  await expect(activate({ adaptations: { orders: {} } })).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining("people, contacts"),
  });
  await expect(activate({ streams: { contacts: false, people: false } })).rejects.toMatchObject({ code: "invalid" });
});

test("streams are turned on one by one; one that is off needs no choice, and one that is on is turned off", async () => {
  await activate({ streams: { contacts: false } });
  expect((await stored()).map((one) => [one["key"], one["status"]])).toEqual([["people", "active"]]);
  await activate({ adaptations: { contacts: { tier: TIER } }, streams: { people: false } });
  expect((await stored()).map((one) => [one["key"], one["status"]])).toEqual([
    ["contacts", "active"],
    ["people", "off"],
  ]);
});

test("what the template has off is on when it is wanted; what comes with it cannot be left out; and nothing is chosen that is not offered", async () => {
  const offers = (key: string, of: StreamOffers) => ({ ...stream(key), offers: of });
  const people = offers("people", { flows: "always", intervals: [3_600_000], windows: [30, null] });
  await owner`update templates set streams = ${owner.json([people, offers("contacts", { flows: "off" })] as never)} where id = ${scene.template}`;
  const refused = (wish: Wish) => activate(wish).catch(({ code, details }) => [code, details.issues[0].path]);
  expect(await refused({ streams: { people: false } })).toEqual(["invalid", "streams.people"]);
  expect(await refused({ choices: { people: { intervalMs: 10_000 } } })).toEqual(["invalid", "choices.people.intervalMs"]);
  expect(await refused({ choices: { people: { backfillDays: 365 } } })).toEqual(["invalid", "choices.people.backfillDays"]);
  expect(await refused({ streams: { contacts: true }, choices: { contacts: { only: { id: ["1"] } } } })).toEqual([
    "invalid",
    "choices.contacts.only.id",
  ]);
  expect(await stored()).toEqual([]);

  await activate({ choices: { people: { intervalMs: 3_600_000, backfillDays: 30 } } });
  const chosen = () => owner`select key, interval_ms, chosen from streams where connection_id = ${scene.connection} order by key`;
  expect(await chosen()).toEqual([{ key: "people", interval_ms: 3_600_000, chosen: { intervalMs: 3_600_000, backfillDays: 30 } }]);
  await activate({ streams: { contacts: true }, adaptations: { contacts: { tier: TIER } } });
  expect((await stored()).map((one) => [one["key"], one["status"]])).toEqual([
    ["contacts", "active"],
    ["people", "active"],
  ]);
  await activate(); // what runs goes on, also what the template has off
  expect((await stored()).map((one) => one["status"])).toEqual(["active", "active"]);
  expect((await chosen())[1]).toMatchObject({ key: "people", interval_ms: 3_600_000 });
});

test("turned on again, streams go on from the customer's own at the newest version; those that are on stay at theirs", async () => {
  await activate({ adaptations: { contacts: { tier: TIER } } });
  await publish("contacts", 2, [field("email", "properties.email"), field("tier", "properties.tier")]);
  await activate();
  expect(await stored()).toMatchObject([{ template_version: 1, mapping_version: 1 }, {}]);
  await stopConnectionStreams(ctx, { connectionId: scene.connection });
  await activate();
  expect(await stored()).toMatchObject([{ template_version: 2, mapping_version: 2, reread: true, status: "active" }, { reread: false }]);
});
