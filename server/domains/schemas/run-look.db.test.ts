import { beforeEach, expect, test } from "vitest";
import { getCall } from "#server/domains/actions/get-call";
import { performCall } from "#server/domains/actions/perform-call";
import { disconnect } from "#server/domains/connections/disconnect";
import type { ConnectionId } from "#server/lib/ids";
import type { SourceField, StoredSample } from "#server/lib/source-field";
import { compileReader } from "#server/mapping/paths";
import { codeOf, connecting } from "#tests/support/connecting";
import { memberCtx } from "#tests/support/world";
import { getAdaptation } from "../overrides/get-adaptation";
import { lookStateOf, newestLook } from "./look-state";
import { startLook } from "./start-look";

const t = connecting();
let temporal: "up" | "down" | "hangs";

beforeEach(() => {
  temporal = "up";
  t.web.keeping.performCall = async (ref, { start }) => {
    if (temporal === "hangs") return new Promise(() => {});
    if (temporal === "down") return false;
    if (start) await performCall(t.worker, ref);
    return true;
  };
});

async function connected(): Promise<ConnectionId> {
  const outcome = await t.connect();
  if (outcome.outcome !== "connected") throw new Error(outcome.outcome);
  return outcome.connectionId;
}
const schemas = (connectionId: ConnectionId) =>
  t.owner<{ object: string; fields: SourceField[]; samples: StoredSample[]; taken_at: Date }[]>`
    select object, fields, samples, taken_at from connection_schemas where connection_id = ${connectionId} order by object`;
/** Waits for the look that connecting has begun and nobody waits for. */
const settled = (connectionId: ConnectionId) =>
  expect.poll(async () => (await newestLook(t.ctx(), connectionId))?.status, { timeout: 20_000 }).not.toBe("looking");
const stateOf = async (connectionId: ConnectionId, object = "contact") => {
  const [row] = (await schemas(connectionId)).filter((one) => one.object === object);
  return lookStateOf(t.ctx(), await newestLook(t.ctx(), connectionId), object, row?.taken_at ?? null);
};

test("an account that was just connected is looked at: its own fields, and records to try mappings on", async () => {
  const connectionId = await connected();
  await settled(connectionId);
  const [contact, ...others] = await schemas(connectionId);
  expect([contact?.object, others]).toEqual(["contact", []]);
  expect(contact?.fields.map((field) => field.path)).toEqual(expect.arrayContaining(["id", "properties.email", "properties.phone"]));
  expect(contact?.fields.some((field) => field.custom && field.path.startsWith("properties."))).toBe(true);
  expect(contact?.samples).toHaveLength(25);
  expect(contact?.samples.map((sample) => sample.why)).toEqual(expect.arrayContaining(["newest", "oldest", "longest"]));
  expect(await stateOf(connectionId)).toMatchObject({ state: "ready", message: null });
  expect(await stateOf(connectionId, "deal")).toMatchObject({ state: "never" });
  // It is no action: nobody sees it through the doors of actions, and what is stored of it cannot be read.
  const [call] = await t.owner`select * from action_calls where connection_id = ${connectionId}`;
  expect(call).toMatchObject({ kind: "look", status: "done" });
  expect(await codeOf(getCall(t.ctx(), { callId: call?.["id"] }))).toBe("not_found");

  await disconnect(memberCtx(t.web, t.scene), { connectionId });
  expect((await schemas(connectionId)).map((one) => one.samples)).toEqual([[]]);
  expect(await codeOf(startLook(t.ctx(), { connectionId }))).toBe("not_found");
}, 40_000);

test("of an account with a thousand fields of its own, a field that is picked has its real value in the preview", async () => {
  await t.control({ service: "hubspot", portal: "4711001", records: 30, ownFields: 1_000 });
  const connectionId = await connected();
  await settled(connectionId);
  const [template, path] = [t.scene.template, "properties.own_field_500"];
  await t.owner`delete from streams where id = ${t.scene.stream}`;
  const preview = async (at: string) => {
    const [stream] = (await getAdaptation(t.ctx(), { connectionId, templateId: template })).streams;
    const values = stream!.samples.map(({ source }) => compileReader(at)(source));
    return { field: stream!.sourceFields.find((field) => field.path === at), values, all: stream!.sourceFields.length };
  };
  expect(await preview("properties.email")).toMatchObject({ field: { path: "properties.email" } });
  expect((await preview("properties.email")).field?.unread).toBeUndefined();
  expect((await preview(path)).all).toBeGreaterThan(1_000);
  expect(await preview(path)).toMatchObject({ field: { title: "Own field 500", unread: true }, values: Array(25).fill(undefined) });

  await startLook(t.ctx(), { connectionId, picked: { object: "contact", paths: [path, "properties.nothing_of_theirs"] } });
  await settled(connectionId);
  const { field, values } = await preview(path);
  expect(field?.unread).toBeUndefined();
  expect(values).toHaveLength(25);
  for (const value of values) expect(value).toMatch(/^Own 500 of \d+$/);
  expect((await preview("properties.email")).values.some(Boolean)).toBe(true);
}, 60_000);

test("connecting neither waits for the look nor fails with it", async () => {
  temporal = "hangs";
  const connectionId = await connected();
  expect(await stateOf(connectionId)).toMatchObject({ state: "looking" });
  temporal = "up";
  await startLook(t.ctx(), { connectionId }); // one is under way
  expect(await t.owner`select 1 from action_calls where connection_id = ${connectionId}`).toHaveLength(1);
  await t.owner`update action_calls set created_at = now() - interval '3 minutes' where connection_id = ${connectionId}`;
  await startLook(t.ctx(), { connectionId });
  expect(await stateOf(connectionId)).toMatchObject({ state: "ready" });
}, 40_000);

test("what is not allowed or not there is told in the customer's words, object by object; what is learned otherwise is kept", async () => {
  temporal = "down";
  const connectionId = await connected();
  await settled(connectionId);
  expect(await stateOf(connectionId)).toMatchObject({ state: "failed", message: expect.stringContaining("try again") });
  temporal = "up";
  await t.owner`update templates set streams = streams || '[{"key":"d","object":"deal","model":"contact","label":"Deals"}]' where id = ${t.scene.template}`;
  await t.control({ fail: { match: "/objects/deals", status: 403, count: 99 } });
  await startLook(t.ctx(), { connectionId });
  expect(await stateOf(connectionId)).toMatchObject({ state: "ready" });
  expect(await stateOf(connectionId, "deal")).toMatchObject({
    state: "failed",
    message: "The connected account does not allow us to see this. Reconnect with one that does, then try again.",
  });
  expect((await schemas(connectionId)).map((one) => [one.object, one.samples.length])).toEqual([
    ["contact", 25],
    ["deal", 0],
  ]);
  await t.control({ fail: { match: "/crm/", status: 503, count: 999 } });
  await startLook(t.ctx(), { connectionId });
  expect(await stateOf(connectionId)).toMatchObject({
    state: "failed",
    message: "The other system does not answer right now. Wait a moment, then try again.",
  });
  expect((await schemas(connectionId))[0]?.samples).toHaveLength(25);
  await t.owner`update connections set status = 'reauth' where id = ${connectionId}`;
  expect(await codeOf(startLook(t.ctx(), { connectionId }))).toBe("reauth_required");
}, 60_000);
