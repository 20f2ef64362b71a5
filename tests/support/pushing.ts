import postgres from "postgres";
import { type OwnPut, putOwnRecords } from "#server/domains/own-records/put-own-records";
import { claimRun } from "#server/domains/streams/claim-run";
import { finishRun } from "#server/domains/streams/finish-run";
import { streamCtx } from "#server/domains/streams/internal";
import { syncLeg } from "#server/domains/streams/sync-leg";
import { newId } from "#server/lib/ids";
import { createEgress } from "#server/runtime/egress-undici";
import { sealSecret } from "#server/runtime/secret";
import { hold } from "./held-manifest";
import { createDatabase } from "./postgres";
import { type Asked, startThirdParty, type Told } from "./third-party";
import { tinyManifest } from "./tiny-manifest";
import { createScene, insert, type Scene, testDeps, testVault } from "./world";

/** A record of the third party. */
export type Thing = { id: string; at: string; email?: string | null; firstname?: string | null; hobby?: string | null };
/**
 * How it tells creations apart: by a key, by a search, by neither; `batched` takes ten records in a call, each under its key;
 * `whole` all of them under one. */
export type Kind = "keyed" | "found" | "blind" | "batched" | "whole";

/** What it tells of its records: whether answers to writes `show` them, whether single ones can be read (`one`), and when they changed. */
export type Tells = { show?: boolean; one?: boolean; changed?: boolean };

const FIELDS = ["email", "firstname", "hobby"].map((path) => ({ path, type: "string" as const, title: path }));

const ONCE = {
  keyed: { once: { by: "key", place: { in: "header", name: "Idempotency-Key" } } },
  batched: { once: { by: "key", place: { in: "header", name: "Idempotency-Key" } } },
  whole: { once: { by: "key", place: { in: "header", name: "Idempotency-Key" } } },
  found: {
    once: {
      ...{ by: "find", request: { method: "GET", path: "/things", query: { email: "{data.email}" } } },
      ...{ records: "items", id: "id", match: { email: "email" }, settleMs: 0 },
    },
  },
  blind: {},
};

const batch = (item: object) => ({
  batch: {
    ...{ request: { method: "POST", path: "/batch", body: { items: "{items}" } }, item: { ref: "{ref}", ...item }, size: 10 },
    results: { list: "results", by: "key", key: "ref", itemKey: "ref", id: "id", error: "error.message", field: "error.field" },
  },
});

function manifestOf(kind: Kind, { show = true, one = true, changed = true }: Tells = {}) {
  const plain = tinyManifest({
    key: { type: "api_key", title: "Key", fields: [{ key: "key", title: "Key", secret: true }], headers: { "x-api-key": "{key}" } },
  });
  const many = kind === "batched" || kind === "whole";
  const shown = show ? { record: "$" } : {};
  const { updatedAt, ...rest } = plain.objects["thing"] ?? {};
  const thing = {
    ...rest,
    ...(changed ? { updatedAt } : {}),
    fields: [{ path: "id", type: "string", title: "Id" }, ...FIELDS],
    ...(one ? { one: { request: { method: "GET", path: "/things/{id}" } } } : {}),
    deletes: { by: "scan" as const },
    writes: {
      create: {
        ...{ request: { method: "POST", path: "/things", body: "{data}" }, id: "id", ...shown, ...ONCE[kind] },
        ...(many ? batch({ ...(kind === "whole" ? {} : { once: "{once}" }), data: "{data}" }) : {}),
      },
      update: {
        ...{ request: { method: "PATCH", path: "/things/{id}", body: "{data}" }, ...shown },
        ...(many ? batch({ id: "{id}", data: "{data}" }) : {}),
      },
      delete: { request: { method: "DELETE", path: "/things/{id}" } },
      fields: FIELDS.map((field) => ({ ...field, required: field.path === "email" })),
    },
  };
  return tinyManifest(plain.auth, { objects: { thing } as never });
}

/** What the third party holds, the truth that everything is measured by, and how it answers. */
function createTruth() {
  const things = new Map<string, Thing>();
  const keys = new Map<string, string>();

  function freeId(): string {
    let n = things.size + 1;
    while (things.has(`t${n}`)) n++;
    return `t${n}`;
  }

  /** Takes one write in, once for a key. */
  function take(id: string | undefined, data: Partial<Thing>, key?: string): Told {
    const known = key === undefined ? undefined : keys.get(key);
    const old = things.get(known ?? id ?? "");
    if (known !== undefined && old) return { json: old };
    if (id !== undefined && !old) return { status: 404, json: { message: "No such thing" } };
    if (data.email?.includes("bad")) return { status: 422, json: { message: "E-mail is not one", field: "email" } };
    const thing = { ...old, ...data, id: id ?? freeId(), at: new Date().toISOString() };
    things.set(thing.id, thing);
    if (key !== undefined && id === undefined) keys.set(key, thing.id);
    return { json: thing };
  }

  const batches = new Map<string, Told>();

  function takeMany(items: { ref: string; id?: string; once?: string; data: Partial<Thing> }[], key: string | undefined): Told {
    const known = key === undefined ? undefined : batches.get(key);
    if (known) return known;
    const results = items.map((item) => {
      const told = take(item.id, item.data, item.once);
      return told.status ? { ref: item.ref, error: told.json } : { ref: item.ref, id: (told.json as Thing).id };
    });
    const told: Told = { status: 207, json: { results } };
    if (key !== undefined) batches.set(key, told);
    return told;
  }

  const read = (id: string | undefined, email: string | null): Told => {
    if (id === undefined) return { json: { items: [...things.values()].filter((one) => email === null || one.email === email) } };
    const thing = things.get(id);
    return thing ? { json: thing } : { status: 404, json: { message: "No such thing" } };
  };

  function answer({ method, path, query, body, headers }: Asked): Told {
    const id = /^\/things\/(.+)$/.exec(path)?.[1];
    if (method === "GET") return read(id, query.get("email"));
    if (method === "DELETE") return things.delete(id ?? "") ? { status: 204, text: "" } : { status: 404, json: {} };
    const given = JSON.parse(body);
    const key = headers["idempotency-key"];
    return path === "/batch" ? takeMany(given.items, key) : take(method === "PATCH" ? id : undefined, given, key);
  }
  return { things, keys, answer };
}

const MAPPING = [
  { target: "email", from: "email", transforms: [{ type: "trim" }], required: true, onError: "quarantine" },
  { target: "firstName", from: "firstname", transforms: [], required: false, onError: "null" },
];
const STREAM = { key: "contacts", object: "thing", model: "contact", label: "Contacts", intervalMs: 60_000 };

/**
 * A customer whose own contacts are written to a third party that runs here, with the engine's own verbs and without Temporal. The test
 * file mocks `#server/connectors/index` with `held-manifest`.
 */
export async function openPushing() {
  const db = await createDatabase();
  const owner = postgres(db.url, { max: 2, onnotice: () => {} });
  const deps = testDeps(db.url, "worker", { egress: createEgress({ allowLoopback: true }) });
  const truth = createTruth();
  /** Decides about single requests; null lets them pass. */
  const law: { strike: (asked: Asked, done: () => Told) => Told | null } = { strike: () => null };
  const third = await startThirdParty((asked) => law.strike(asked, () => truth.answer(asked)) ?? truth.answer(asked));
  let scene: Scene;
  const ref = () => ({ vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, streamId: scene.stream });
  const ctx = () => streamCtx(deps, ref(), "test");

  async function run() {
    const claim = await claimRun(ctx(), { streamId: scene.stream });
    if (claim.kind !== "run") return claim.kind;
    const input = { ...ref(), runId: claim.runId };
    try {
      const pace = { beat: () => {}, untilMs: performance.now() + 30_000, signal: new AbortController().signal };
      const tally = await syncLeg(ctx(), input, pace);
      if (tally.done) await finishRun(ctx(), { ...input, outcome: { kind: "succeeded" } });
      return tally;
    } catch (error) {
      const { code = "platform_error", message } = error as { code?: string; message: string };
      await finishRun(ctx(), { ...input, outcome: { kind: "failed", code, message, retryAfterMs: null } });
      return code;
    }
  }

  const settings = (more: object) =>
    owner`update templates set streams = ${owner.json([{ ...STREAM, ...more }])} where id = ${scene.template}`;

  /** A new vendor and an empty third party. */
  async function reset(kind: Kind = "keyed", direction: "push" | "two_way" = "push") {
    truth.things.clear();
    truth.keys.clear();
    law.strike = () => null;
    third.asked.length = 0;
    hold(manifestOf(kind));
    scene = await createScene(owner, { connectorKey: "tiny", records: 0 });
    await owner`update integrations set auth_key = 'key', sandbox_origin = ${third.origin} where id = ${scene.integration}`;
    await owner`update mappings set fields = ${owner.json(MAPPING)} where template_id = ${scene.template}`;
    await owner`delete from quarantine where stream_id = ${scene.stream}`;
    await owner`update streams set object = 'thing', direction = ${direction}, quarantine_count = 0 where id = ${scene.stream}`;
    await settings({ direction });
    const place = { environmentId: scene.environment, customerId: scene.customer, connectionId: scene.connection };
    const secret = sealSecret(testVault, place as never, 1, { type: "api_key", values: { key: "s3cret" } });
    const scope = { environment_id: scene.environment, customer_id: scene.customer, connection_id: scene.connection };
    await insert(owner, "credentials", { id: newId("credential"), ...scope, version: 1, key_id: "t1", secret });
    return scene;
  }

  const rows = (table: string) => owner.unsafe(`select * from ${table} where stream_id = '${scene.stream}' order by 1, 2`);
  return {
    ...{ owner, deps, third, law, things: truth.things, reset, run, ctx, ref, rows },
    /** Another way of the third party, from now on. */
    become: (kind: Kind, tells: Tells = {}) => hold(manifestOf(kind, tells)),
    settings: (more: object) => settings({ direction: "push", ...more }),
    put: (...records: OwnPut[]) => putOwnRecords(ctx(), { customerId: scene.customer, modelKey: "contact", records }),
    waiting: async () => (await rows("outbox")).map(({ own_id, op, state, code, field }) => ({ own_id, op, state, code, field })),
    lastRun: async () => (await owner`select * from runs where stream_id = ${scene.stream} order by started_at desc limit 1`)[0],
    stream: async () => (await owner`select * from streams where id = ${scene.stream}`)[0],
    asked: () => third.asked.map(({ method, path }) => `${method} ${path}`),
    async close() {
      await Promise.all([deps.db.close(), owner.end(), third.stop()]);
      await db.drop();
    },
  };
}
