import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { performCall } from "#server/domains/actions/perform-call";
import { getDryRun } from "#server/domains/dry-runs/get-dry-run";
import { startDryRun } from "#server/domains/dry-runs/start-dry-run";
import { saveDraft } from "#server/domains/mappings/save-draft";
import { getMappingEditor } from "#server/domains/templates/get-mapping-editor";
import { publishTemplate } from "#server/domains/templates/publish-template";
import type { Lookup } from "#server/domains/templates/schema";
import { updateTemplate } from "#server/domains/templates/update-template";
import type { Deps } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import { createEgress } from "#server/runtime/egress-undici";
import type { ManifestInput } from "#server/runtime/manifest";
import { sealSecret } from "#server/runtime/secret";
import { hold } from "#tests/support/held-manifest";
import { createDatabase } from "#tests/support/postgres";
import { type Asked, startThirdParty, type ThirdParty, type Told } from "#tests/support/third-party";
import { tinyManifest } from "#tests/support/tiny-manifest";
import { createScene, insert, memberCtx, type Scene, testDeps, testVault } from "#tests/support/world";
import { claimRun } from "./claim-run";
import { finishRun } from "./finish-run";
import { streamCtx } from "./internal";
import { syncLeg } from "./sync-leg";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

const text = (key: string, required: boolean) => ({ key, title: key, type: "string" as const, required });
const lookup = (path: string, input: ReturnType<typeof text>[], output: string[]): NonNullable<ManifestInput["actions"]>[string] => ({
  title: `Ask ${path}`,
  description: "Asks.",
  kind: "lookup",
  input,
  request: { method: "GET", path, query: Object.fromEntries(input.map(({ key }) => [key, `{${key}}`])) },
  none: [{ status: 404 }],
  output: output.map((one) => ({ path: one, type: "string" as const, title: one })),
  sample: { input: { number: "1" }, answer: { state: "there" } },
});
const ACTIONS = {
  track: lookup("/track", [text("number", true), text("language", false)], ["state", "place.city"]),
  geo: lookup("/geo", [text("city", true)], ["lat"]),
  send: { ...lookup("/send", [text("to", true)], ["state"]), kind: "action" as const },
};
const TRACK: Lookup = {
  key: "parcel",
  action: "track",
  input: { number: { from: "parcel" }, language: { constant: "en" } },
  onError: "quarantine",
};
const GEO: Lookup = { key: "spot", action: "geo", input: { city: { from: "lookups.parcel.place.city" } }, onError: "null" };
const FIELDS = [
  { target: "email", from: "email" },
  { target: "firstName", template: "{lookups.parcel.state}@{lookups.spot.lat}" },
];
type Thing = { id: string; at: string; email: string; parcel: unknown };
const thing = (id: string, parcel: unknown, at = "2026-11-01T00:00:00Z"): Thing => ({ id, at, email: `${id}@acme.example`, parcel });

let db: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
let worker: Deps;
let scene: Scene;
let third: ThirdParty;
let things: Thing[];
let answer: (asked: Asked) => Told;

async function credential(connectionId: string, key: string) {
  const place = { environmentId: scene.environment, customerId: scene.customer, connectionId };
  await insert(owner, "credentials", {
    ...{ id: newId("credential"), environment_id: scene.environment, customer_id: scene.customer, connection_id: connectionId, version: 1 },
    ...{ key_id: "t1", secret: sealSecret(testVault, place as never, 1, { type: "api_key", values: { key } }) },
  });
}

beforeAll(async () => {
  db = await createDatabase();
  owner = postgres(db.url, { max: 2, onnotice: () => {} });
  worker = testDeps(db.url, "worker", { egress: createEgress({ allowLoopback: true }) });
  third = await startThirdParty((asked) => (asked.path === "/things" ? { json: { items: things } } : answer(asked)));
});
afterAll(async () => {
  await Promise.all([worker.db.close(), owner.end(), third.stop()]);
  await db.drop();
});
beforeEach(async () => {
  answer = ({ path, query }) =>
    path === "/geo"
      ? { json: { lat: `${query.get("city")}°` } }
      : { json: { state: `${query.get("number")} there`, place: { city: "Leeds" } } };
  things = [thing("a", "P1"), thing("b", 2), thing("c", null)];
  const plain = tinyManifest({
    key: { type: "api_key", title: "Key", fields: [{ key: "key", title: "Key", secret: true }], headers: { "x-api-key": "{key}" } },
  });
  hold(tinyManifest(plain.auth, { actions: ACTIONS, objects: { contact: plain.objects["thing"] } as never }));
  scene = await createScene(owner, { connectorKey: "tiny", records: 0 });
  await owner`update integrations set auth_key = 'key', sandbox_origin = ${third.origin} where id = ${scene.integration}`;
  await owner`update streams set phase = 'backfill', quarantine_count = 0 where id = ${scene.stream}`;
  await owner`delete from quarantine where stream_id = ${scene.stream}`;
  await credential(scene.connection, "own");
  third.asked.length = 0;
});

const member = () => memberCtx(worker, scene, "developer");
const settle = (lookups: unknown[]) =>
  updateTemplate(member(), {
    templateId: scene.template,
    streams: [{ key: "contacts", label: "Contacts", intervalMs: 60_000, lookups: lookups as Lookup[] }],
  });

/** Publishes these lookups, with a mapping that reads their answers. */
async function publish(lookups: Lookup[]) {
  await settle(lookups);
  await saveDraft(member(), { templateId: scene.template, streamKey: "contacts", fields: FIELDS });
  await publishTemplate(member(), { templateId: scene.template });
}

test("who maps sees what will be answered before anything was asked", async () => {
  await settle([TRACK]);
  const editor = await getMappingEditor(member(), { templateId: scene.template, streamKey: "contacts" });
  expect(editor.sourceFields).toContainEqual({
    ...{ path: "lookups.parcel.state", type: "string", title: "Ask /track: state", example: "there" },
  });
  expect(editor.samples[0]?.source).toMatchObject({ lookups: { parcel: { state: "there" } } });
});

/** Whatever the keeper does until nothing is due. */
async function keep() {
  await owner`update streams set due_at = now() where id = ${scene.stream}`;
  const ref = { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, streamId: scene.stream };
  const ctx = streamCtx(worker, ref, "test");
  for (;;) {
    const claim = await claimRun(ctx, { streamId: scene.stream });
    if (claim.kind !== "run") return;
    const { runId } = claim;
    const pace = () => ({ beat: () => {}, untilMs: performance.now() + 60_000, signal: new AbortController().signal });
    const tally = await syncLeg(ctx, { ...ref, runId }, pace());
    if (tally.waitMs !== undefined) return; // the run stays open
    await finishRun(ctx, { streamId: scene.stream, runId, outcome: { kind: "succeeded" } });
  }
}
const names = async () =>
  (await owner`select external_id as id, data from records where stream_id = ${scene.stream} and deleted_at is null order by 1`).map(
    (row) => `${row["id"]} ${row["data"].firstName}`,
  );
const held = () =>
  owner`select external_id as id, code, field, message, attempts from quarantine where stream_id = ${scene.stream} order by 1`;
const questions = () => third.asked.filter(({ path }) => path !== "/things").map(({ path, search }) => path + search);

test("each record is looked up before it is mapped, one lookup after the other; the same question is asked once", async () => {
  things.push(thing("d", "P1"));
  await publish([TRACK, GEO]);
  await keep();
  expect(await names()).toEqual(["a P1 there@Leeds°", "b 2 there@Leeds°", "c null", "d P1 there@Leeds°"]);
  expect(questions().sort()).toEqual(["/geo?city=Leeds", "/track?number=2&language=en", "/track?number=P1&language=en"]);
  expect(third.asked.every(({ headers }) => headers["x-api-key"] === "own")).toBe(true);
});

test("a dry run of an account of which nothing is stored asks what its records are asked about", async () => {
  await publish([TRACK, GEO]);
  worker.keeping.performCall = async (ref) => performCall(worker, ref).then(() => true);
  const call = await startDryRun(member(), { connectionId: scene.connection, templateId: scene.template, streamKey: "contacts" });
  const view = await getDryRun(member(), call);
  expect(view).toMatchObject({ status: "done", result: { over: "source", read: 3, create: 3, quarantine: 0 } });
  expect(JSON.stringify(view)).toContain("P1 there@Leeds°");
  expect(questions()).toHaveLength(3);
});

test("only what is new or has changed is asked about; another mapping asks nothing, another lookup asks about all", async () => {
  await publish([TRACK, GEO]);
  await keep();
  third.asked.length = 0;
  await keep();
  expect(questions()).toEqual([]);
  things[0] = { ...thing("a", "P1", "2026-11-02T00:00:00Z"), email: "new@acme.example" };
  await keep();
  expect(questions()).toEqual(["/track?number=P1&language=en", "/geo?city=Leeds"]);
  third.asked.length = 0;
  const ref = { templateId: scene.template, streamKey: "contacts" };
  await saveDraft(member(), { ...ref, fields: [FIELDS[0], { target: "firstName", from: "lookups.parcel.state" }] });
  await publishTemplate(member(), { templateId: scene.template });
  await keep();
  expect([await names(), questions()]).toEqual([["a P1 there", "b 2 there", "c null"], []]);
  await publish([{ ...TRACK, input: { number: { from: "parcel" }, language: { constant: "de" } } }]);
  await keep();
  expect(questions().sort()).toEqual(["/track?number=2&language=de", "/track?number=P1&language=de"]);
});

test("what comes to nothing holds its record back in words, the others flow, and it is tried again", async () => {
  const fine = answer;
  answer = (asked) => (asked.query.get("number") === "2" ? { status: 500, json: { message: "on fire" } } : fine(asked));
  await publish([TRACK, GEO]);
  await keep();
  expect(await names()).toEqual(["a P1 there@Leeds°", "c null"]);
  expect(await held()).toMatchObject([
    {
      id: "b",
      code: "provider_unavailable",
      field: "lookups.parcel",
      message: expect.stringContaining("the lookup parcel (track) came to nothing"),
    },
  ]);
  answer = fine;
  third.asked.length = 0;
  things = []; // nothing has changed there
  await keep();
  expect(await held()).toHaveLength(1);
  await owner`update quarantine set last_seen_at = now() - interval '2 minutes' where stream_id = ${scene.stream}`;
  await keep();
  expect([await held(), await names()]).toEqual([[], ["a P1 there@Leeds°", "b 2 there@Leeds°", "c null"]]);
});

test("nothing found is an answer; trouble may be none", async () => {
  answer = ({ query }) => ({ status: query.get("number") === "P1" ? 404 : 500, json: {} });
  await publish([{ ...TRACK, onError: "null" }]);
  await keep();
  expect([await names(), await held()]).toEqual([["a null", "b null", "c null"], []]);
});

test("a limit makes the run wait; what was answered by then is not asked again", { timeout: 30_000 }, async () => {
  const fine = answer;
  answer = (asked) => (asked.query.get("number") === "2" ? { status: 429, headers: { "retry-after": "6" }, json: {} } : fine(asked));
  await publish([TRACK]);
  await keep();
  const [row] = await owner`select run_id, waiting_until from streams where id = ${scene.stream}`;
  expect([row?.["run_id"] === null, row?.["waiting_until"] === null, await names(), await held()]).toEqual([false, false, [], []]);
  answer = fine;
  await vi.waitFor(
    async () => {
      await keep();
      expect(await names()).toEqual(["a P1 there@", "b 2 there@", "c null"]);
    },
    { timeout: 20_000, interval: 500 },
  );
  expect(questions().filter((one) => one.includes("P1"))).toHaveLength(1);
});

test("another integration is asked by the customer's own account there; without one its records are held back", async () => {
  const integration = newId("integration");
  await owner`insert into integrations (id, environment_id, connector_key, name, auth_key, sandbox_origin)
    values (${integration}, ${scene.environment}, 'tiny', 'Parcels', 'key', ${third.origin})`;
  await publish([{ ...TRACK, integration }]);
  await keep();
  expect((await held()).map(({ id, code, message }) => [id, code, message])).toEqual([
    ["a", "reauth_required", expect.stringContaining("no account of Parcels is connected")],
    ["b", "reauth_required", expect.stringContaining("no account of Parcels is connected")],
    ["c", "reauth_required", expect.stringContaining("no account of Parcels is connected")],
  ]);
  const connection = newId("connection");
  await insert(owner, "connections", {
    ...{ id: connection, environment_id: scene.environment, customer_id: scene.customer, integration_id: integration },
    ...{ account_id: "parcels", account_label: "Parcels" },
  });
  await credential(connection, "other");
  await owner`update quarantine set last_seen_at = now() - interval '1 hour' where stream_id = ${scene.stream}`;
  await keep();
  expect(await held()).toEqual([]);
  expect(third.asked.filter(({ path }) => path === "/track").map(({ headers }) => headers["x-api-key"])).toEqual(["other", "other"]);
});

test("what cannot be asked is refused when it is saved, where it stands and with what was probably meant", async () => {
  const refusal = async (lookups: unknown[]) => {
    const error = (await settle(lookups).catch((caught: unknown) => caught)) as {
      details?: { issues?: { path: string; message: string }[] };
    };
    return error.details?.issues?.[0] ?? error;
  };
  const said = (path: string, message: string) => ({ path: `streams.0.lookups${path}`, message: expect.stringContaining(message) });
  expect(await refusal([{ ...TRACK, action: "trak" }])).toEqual(said(".0.action", "Did you mean “track”?"));
  expect(await refusal([{ ...TRACK, action: "send" }])).toEqual(said(".0.action", "Only lookups can stand here"));
  expect(await refusal([{ ...TRACK, input: { numbre: { from: "parcel" } } }])).toEqual(said(".0.input.numbre", "Did you mean “number”?"));
  expect(await refusal([{ ...TRACK, input: {} }])).toEqual(said(".0.input.number", "Say where it comes from"));
  expect(await refusal([{ ...TRACK, input: { number: { from: "a..b" } } }])).toEqual(said(".0.input.number", "not a usable path"));
  expect(await refusal([{ ...TRACK, input: { number: { constant: true } } }])).toEqual(said(".0.input.number", "must be a text"));
  expect(await refusal([TRACK, TRACK])).toEqual(said(".1.key", "key of another lookup"));
  expect(await refusal([GEO, TRACK])).toEqual(said(".0.input.city", "Only lookups that stand above"));
  expect(await refusal([{ ...TRACK, integration: newId("integration") }])).toEqual(said(".0.integration", "There is no integration"));
});
