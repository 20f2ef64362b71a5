import type postgres from "postgres";
import { expect, test } from "vitest";
import { performCall } from "#server/domains/actions/perform-call";
import type { Deps } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import { usingDatabase } from "#tests/support/database";
import { createScene, insert, type Scene } from "#tests/support/world";
import { handleRest } from "./handle-rest";

let owner: postgres.Sql;
let deps: Deps;
let worker: Deps;
let scene: Scene;

usingDatabase(async (opened) => {
  ({ owner, web: deps, worker } = opened);
  deps.keeping.performCall = async (ref, { start }) => {
    if (start) await performCall(worker, ref);
    return true;
  };
  scene = await createScene(owner);
  await owner`update mappings set choices = '{"firstName":{"customer":"choose"}}' where id = ${scene.mapping}`;
});

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const request = new Request(`http://127.0.0.1:4600${path}`, {
    method,
    headers: { authorization: `Bearer ${scene.secretKey}`, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await handleRest(deps, request);
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}
const json = async (...given: Parameters<typeof call>) => {
  const { status, text } = await call(...given);
  return { status, body: JSON.parse(text) };
};

test("a customer's mapping is changed, told with its history, and read as JSON or Markdown", async () => {
  const overrides = `/v1/streams/${scene.stream}/overrides`;
  expect((await json("GET", overrides)).body).toEqual({ n: 0, items: [] });
  const firstName = { target: "firstName", from: "properties.nickname" };
  expect(await json("PUT", overrides, { n: 0, fields: { firstName } })).toEqual({ status: 200, body: { n: 1, warnings: [] } });
  expect(await json("PUT", overrides, { n: 0, fields: { firstName: "template" } })).toMatchObject({
    status: 409,
    body: { code: "conflict" },
  });
  expect(await json("PUT", overrides, { n: 1, fields: { email: null } })).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining("“E-mail”"), issues: [{ path: "email" }] },
  });
  expect((await json("GET", overrides)).body).toMatchObject({
    n: 1,
    items: [{ by: "team", changes: [{ after: { from: "properties.nickname" }, afterText: "nickname" }] }],
  });

  const adaptation = (await json("GET", `/v1/connections/${scene.connection}/adaptations/${scene.template}`)).body;
  expect(adaptation.streams).toMatchObject([
    {
      n: 1,
      fields: [
        { target: "email", state: "template" },
        { target: "firstName", state: "own" },
      ],
    },
  ]);
  expect(JSON.stringify(adaptation)).not.toContain("globex.example"); // no records, unless they are asked for
  const shown = await json("GET", `/v1/connections/${scene.connection}/adaptations/${scene.template}?include=samples`);
  expect(shown.body.streams).toMatchObject([{ direction: "pull", schema: { state: "never", takenAt: null }, samples: expect.any(Array) }]);
  expect(shown.body.streams[0].samples[0]).toMatchObject({ label: "Example", source: { properties: {} }, cut: false });
  expect(await json("POST", `${overrides}/settle`, { n: 1, target: "firstName", keep: "template" })).toMatchObject({ status: 409 });
  expect(await json("POST", `${overrides}/revert`, { n: 1, to: 0 })).toEqual({ status: 200, body: { n: 2 } });
  expect(await json("POST", `${overrides}/revert`, { n: 2, to: 1 })).toEqual({ status: 200, body: { n: 3 } });
  expect((await json("GET", "/v1/drift-fleet")).body).toEqual({ items: [] });

  const mapping = `/v1/connections/${scene.connection}/mapping`;
  expect((await json("GET", mapping)).body).toMatchObject({ streams: [{ id: scene.stream, rows: [{ field: "E-mail" }, { own: true }] }] });
  const text = await call("GET", mapping, undefined, { accept: "text/markdown, */*" });
  expect(text.type).toBe("text/markdown; charset=utf-8");
  expect(text.text).toMatch(/^# HubSpot: what goes where\n/);
});

test("what a stream offers is chosen for its customer; nothing else can be", async () => {
  const offers = { intervals: [3_600_000, 7_200_000] };
  await owner`update templates set streams = jsonb_set(streams, '{0,offers}', ${owner.json(offers)}) where id = ${scene.template}`;
  const choices = `/v1/streams/${scene.stream}/choices`;
  expect(await json("PUT", choices, { intervalMs: 7_200_000 })).toEqual({ status: 200, body: { chosen: { intervalMs: 7_200_000 } } });
  expect(await json("PUT", choices, { intervalMs: 90_000 })).toMatchObject({ status: 400, body: { issues: [{ path: "intervalMs" }] } });
  expect(await json("PUT", choices, {})).toEqual({ status: 200, body: { chosen: {} } });
  expect((await json("PUT", `/v1/streams/${newId("stream")}/choices`, {})).status).toBe(404);
});

test("a mapping is tried out before it is saved, and a template's draft before it is published", async () => {
  const path = `/v1/connections/${scene.connection}/dry-runs`;
  const which = { templateId: scene.template, streamKey: "contacts" };
  const firstName = { target: "firstName", from: "properties.email" };
  const started = await json("POST", path, { ...which, fields: { firstName } });
  expect(started).toMatchObject({ status: 202, body: { id: expect.stringMatching(/^acl_/) } });
  expect(await json("GET", `/v1/dry-runs/${started.body.id}`)).toMatchObject({
    status: 200,
    body: { status: "done", problem: null, result: { over: "stored", update: 3, more: false } },
  });
  expect(await json("GET", `/v1/action-calls/${started.body.id}`)).toMatchObject({ status: 404 });
  expect(await json("POST", path, { ...which, fields: { email: null } })).toMatchObject({
    status: 400,
    body: { issues: [{ path: "email" }] },
  });
  expect(await json("POST", path, { ...which, draft: true })).toMatchObject({ status: 409 });
  expect(await json("POST", path, { ...which, streamKey: "nope" })).toMatchObject({ status: 404 });

  // A draft that is not saved, and what the customer would choose; not both, and nothing that is not offered.
  const email = { target: "email", from: "properties.email" };
  const sent = await json("POST", path, { ...which, draft: { fields: [email], filter: "properties.email == 'nobody'" } });
  expect((await json("GET", `/v1/dry-runs/${sent.body.id}`)).body).toMatchObject({ result: { remove: 3, reread: true } });
  expect(await json("POST", path, { ...which, draft: { fields: [{ ...email, target: "nope" }] } })).toMatchObject({
    ...{ status: 400, body: { issues: [{ path: "nope" }] } },
  });
  expect((await json("POST", path, { ...which, draft: true, chosen: {} })).status).toBe(400);
  expect(await json("POST", path, { ...which, chosen: { intervalMs: 90_000 } })).toMatchObject({
    ...{ status: 400, body: { issues: [{ path: "intervalMs" }] } },
  });
  const look = `/v1/connections/${scene.connection}/look`;
  expect((await call("POST", look)).status).toBe(204);
  expect((await call("POST", look, { object: "contact", paths: ["properties.phone"] })).status).toBe(204);
  expect((await call("POST", look, { paths: ["properties.phone"] })).status).toBe(400);
});

test("what would be sent of own records is shown: of a customer's mapping, of a draft on top of it, and of a draft alone", async () => {
  const own = {
    environment_id: scene.environment,
    customer_id: scene.customer,
    model_key: "contact",
    own_id: "ada",
    version: 1,
    changed_at: new Date(),
  };
  await insert(owner, "own_records", { ...own, data: { email: "ada@acme.example", firstName: "Ada" } });
  const path = `/v1/connections/${scene.connection}/write-previews`;
  const which = { templateId: scene.template, streamKey: "contacts" };
  const sent = async (url: string, body: object) => {
    const { body: shown } = await json("POST", url, body);
    return shown.samples[0].fields.map((field: { path: string; theirs: unknown }) => [field.path, field.theirs]);
  };
  const whole = [
    ["properties.email", "ada@acme.example"],
    ["properties.firstname", "Ada"],
  ];
  expect(await sent(path, { ...which, fields: { firstName: "template" } })).toEqual(whole);
  const fields = [{ target: "email", from: "properties.work_email" }];
  expect((await sent(path, { ...which, draft: { fields } }))[0]).toEqual(["properties.work_email", "ada@acme.example"]);
  const alone = `/v1/templates/${scene.template}/mappings/contacts/write-preview`;
  expect(await sent(alone, { fields })).toEqual([["properties.work_email", "ada@acme.example"]]);
  expect(await sent(alone, {})).toEqual(whole);
  expect(await json("POST", path, { ...which, fields: { email: null } })).toMatchObject({
    status: 400,
    body: { issues: [{ path: "email" }] },
  });
  expect((await json("POST", path, { ...which, fields: {}, draft: true })).status).toBe(400);
});

test("a drift is listed and settled", async () => {
  const id = newId("drift");
  const detail = { kind: "renamed", path: "properties.email", to: "properties.mail", targets: ["email"], message: "gone" };
  await owner`insert into drifts (id, environment_id, customer_id, stream_id, kind, path, detail)
    values (${id}, ${scene.environment}, ${scene.customer}, ${scene.stream}, 'renamed', 'properties.email', ${owner.json(detail)})`;
  expect((await json("GET", "/v1/drifts?status=open")).body).toMatchObject({
    items: [{ id, targets: ["email"], to: "properties.mail" }],
    next: null,
  });
  expect(await json("POST", `/v1/drifts/${id}/settle`, { act: "accept" })).toEqual({ status: 200, body: { streamId: scene.stream, n: 4 } });
  expect((await json("GET", "/v1/drifts?status=open")).body.items).toEqual([]);
  expect((await json("GET", "/v1/drifts")).body.items).toMatchObject([{ id, status: "accepted" }]);
});
