import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createInboundEndpoint } from "#server/domains/inbox/create-inbound-endpoint";
import { processInbox } from "#server/domains/inbox/process-inbox";
import { createIngress } from "#server/domains/inbox/receive-call";
import { activateTemplate } from "#server/domains/installations/activate-template";
import type { Ctx } from "#server/lib/context";
import type { ConnectionId, IntegrationId, TemplateId } from "#server/lib/ids";
import type { OneAnswer, Source, SourceRecord } from "#server/runtime/source";
import { connecting } from "#tests/support/connecting";
import { memberCtx } from "#tests/support/world";
import { beginLeg } from "./begin-leg";
import { claimRun } from "./claim-run";
import { fetchNamed, guardFresh } from "./fetch-named";
import { finishRun } from "./finish-run";
import { streamCtx } from "./internal";
import { pullPages } from "./pull-pages";
import { syncLeg } from "./sync-leg";

const t = connecting();
const PORTAL = "4711001";
const SECRET = "inlay-demo-secret-0123456789abcdef";

/** A synced stream of contacts, an address for the third party's calls, and what a keeper does, step by step. */
async function synced() {
  const connected = await t.connect(PORTAL);
  if (connected.outcome !== "connected") throw new Error(connected.outcome);
  const connectionId = connected.connectionId as ConnectionId;
  const { scene } = t;
  const [streamId = ""] = (await activateTemplate(t.ctx(), { connectionId, templateId: scene.template as TemplateId })).streamIds;
  const ref = { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, streamId };
  const ctx: Ctx = streamCtx(t.worker, ref, "test");
  /** One run to its end, or null when nothing is to be done now. */
  const keep = async () => {
    const claim = await claimRun(ctx, { streamId });
    if (claim.kind !== "run") return null;
    const { runId } = claim;
    const pace = () => ({ beat: () => {}, untilMs: performance.now() + 60_000, signal: new AbortController().signal });
    try {
      while (!(await syncLeg(ctx, { ...ref, runId }, pace())).done);
      await finishRun(ctx, { streamId, runId, outcome: { kind: "succeeded" } });
    } catch (error) {
      const { code = "platform_error", message } = error as { code?: string; message: string };
      await finishRun(ctx, { streamId, runId, outcome: { kind: "failed", code, message, retryAfterMs: null } });
    }
    return (await t.owner`select * from runs where id = ${runId}`)[0] as Record<string, unknown>;
  };
  expect(await keep()).toMatchObject({ kind: "backfill", status: "succeeded" });
  const { url } = await createInboundEndpoint(memberCtx(t.web, scene), { integrationId: scene.integration as IntegrationId });
  const ingress = createIngress(t.web);
  let events = 0;
  /** A call as the third party signs it, taken and looked at. */
  const call = async (...ids: string[]) => {
    const list = ids.map((objectId) => ({
      ...{ eventId: ++events, subscriptionId: 1, portalId: PORTAL, occurredAt: Date.now() },
      ...{ subscriptionType: "contact.propertyChange", objectId },
    }));
    const raw = Buffer.from(JSON.stringify(list));
    const ts = String(Date.now());
    const signature = createHmac("sha256", SECRET).update(`POST${url}`).update(raw).update(ts).digest("base64");
    const headers: Record<string, string> = { "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": ts };
    const { pathname } = new URL(url);
    const reply = await ingress.receive({
      ...{ method: "POST", connector: "hubspot", token: pathname.split("/").at(-1) ?? "", target: pathname },
      header: (name) => headers[name] ?? null,
      read: async () => raw,
    });
    expect(reply.status).toBe(200);
    await processInbox(t.worker);
  };
  /** The calm after a run is over. */
  const later = () => t.owner`update runs set started_at = started_at - interval '10 seconds' where stream_id = ${streamId}`;
  const requests = async (work: () => Promise<unknown>) => {
    const count = async () => (await (await fetch(`${t.origin}/_stats`)).json()).byPath as Record<string, number>;
    const before = await count();
    await work();
    const after = await count();
    return Object.fromEntries(
      Object.entries(after).flatMap(([path, n]) => (n > (before[path] ?? 0) ? [[path, n - (before[path] ?? 0)]] : [])),
    );
  };
  const stream = async () => (await t.owner`select * from streams where id = ${streamId}`)[0] as Record<string, unknown>;
  const ids = (await t.owner`select external_id as id from records where stream_id = ${streamId} order by 1`).map((row) =>
    String(row["id"]),
  );
  const waiting = async () =>
    Number((await t.owner`select count(*) as n from named_records where stream_id = ${streamId} and read_at is null`)[0]?.["n"]);
  return { ctx, streamId, keep, call, later, requests, stream, ids, waiting };
}

type Truth = { id: string; updatedAt: string };
const truth = async () => {
  const lines = (await (await fetch(`${t.origin}/_truth/hubspot/contacts?portal=${PORTAL}`)).text()).trim().split("\n");
  return new Map(lines.map((line) => JSON.parse(line) as Truth).map(({ id, updatedAt }) => [id, updatedAt]));
};
/** Changes one contact at the third party; its id. */
async function changeOne(): Promise<string> {
  const before = await truth();
  await t.control({ service: "hubspot", portal: PORTAL, change: { count: 1 } });
  const [changed] = [...(await truth())].find(([id, at]) => before.get(id) !== at) ?? [];
  if (!changed) throw new Error("nothing changed");
  return changed;
}

describe("what a call names", () => {
  test("one changed contact is one request, not a pass; the schedule and the cursor stay", { timeout: 60_000 }, async () => {
    const { keep, call, later, requests, stream, streamId } = await synced();
    const before = await stream();
    const id = await changeOne();
    await t.owner`update runs set started_at = now() where stream_id = ${streamId}`;
    let run: Record<string, unknown> | null = null;
    const asked = await requests(async () => {
      await call(id);
      expect(await keep()).toBeNull(); // the stream has its calm after a run
      await later();
      run = await keep();
    });
    expect(asked).toEqual({ "GET /api.hubapi.com/crm/v3/objects/contacts/{id}": 1 });
    expect(run).toMatchObject({ kind: "named", trigger: "webhook", status: "succeeded", seen: 1, created: 0, deleted: 0 });
    const [held] =
      await t.owner`select source::json ->> 'updatedAt' as at from records where stream_id = ${streamId} and external_id = ${id}`;
    expect(held?.["at"]).toBe((await truth()).get(id));
    const { cursor, due_at, last_success_at } = await stream();
    expect([cursor, due_at, last_success_at]).toEqual([before["cursor"], before["due_at"], before["last_success_at"]]);
    await later();
    expect(await keep()).toBeNull();
  });

  test("one that is gone becomes a tombstone; one that fails for now is kept and asked for again", { timeout: 60_000 }, async () => {
    const { keep, call, later, stream, ids, waiting, streamId } = await synced();
    const last = ids
      .map(Number)
      .sort((a, b) => a - b)
      .at(-1);
    await t.control({ service: "hubspot", portal: PORTAL, records: ids.length - 1 });
    await call(String(last));
    await later();
    await t.control({ fail: { kind: "status", status: 500, count: 99 } });
    expect(await keep()).toMatchObject({ kind: "named", status: "failed", error_code: "provider_unavailable" });
    expect(await waiting()).toBe(1);
    await later();
    expect(await keep()).toBeNull(); // the back-off is waited out
    await t.control({ fail: null });
    await t.owner`update streams set due_at = now() where id = ${streamId}`;
    expect(await keep()).toMatchObject({ kind: "incremental", status: "succeeded", deleted: 1 });
    expect(await waiting()).toBe(0);
    expect(await stream()).toMatchObject({ record_count: ids.length - 1, tombstone_count: 1 });
  });

  test("where too many are named, a pass of changes takes their place", { timeout: 60_000 }, async () => {
    const { keep, call, ids, waiting, stream, streamId } = await synced();
    expect(ids.length).toBeGreaterThan(200);
    await call(...ids.slice(0, 201));
    expect(await waiting()).toBe(0);
    expect((await stream())["trigger"]).toBe("webhook");
    await t.owner`update streams set due_at = now() where id = ${streamId}`;
    expect(await keep()).toMatchObject({ kind: "incremental", trigger: "webhook", status: "succeeded" });
  });
});

describe("whatever comes in whatever order", () => {
  const facts = { method: "GET", path: "/people", status: 200, ms: 1, bytes: 10, retries: 0 };
  const person = (id: string, at: number, name: string): SourceRecord => ({
    id,
    value: { id, at, properties: { email: `${id}@example.com`, firstname: name } },
  });
  const changedAt = (value: unknown) => (value as { at: number }).at;
  const says = (records: SourceRecord[], deleted: string[] = []): OneAnswer => ({ records, faults: [], deleted, facts });
  /** A source that answers for one as `readOne` says, and lists `listed` on one page. */
  const sourceOf = (readOne: (id: string) => OneAnswer | null, listed: SourceRecord[] = []): Source => ({
    readPage: async () => ({ ...says(listed), cursor: "end", done: true, total: null }),
    readOne: async (id) => readOne(id),
    changedAt,
  });

  async function open() {
    const { scene } = t;
    const streamId = scene.stream;
    const ctx = streamCtx(
      t.worker,
      { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, streamId },
      "test",
    );
    await t.owner`update streams set due_at = now(), next_seq = 1, record_count = 0, quarantine_count = 0 where id = ${streamId}`;
    const claim = await claimRun(ctx, { streamId });
    if (claim.kind !== "run") throw new Error(claim.kind);
    const leg = await beginLeg(ctx, { streamId, runId: claim.runId });
    if (!leg) throw new Error("no leg");
    const work = { streamId, runId: claim.runId, leg };
    const pace = { beat: () => {}, untilMs: performance.now() + 60_000, signal: new AbortController().signal };
    const name = (...ids: string[]) =>
      t.owner`insert into named_records ${t.owner(ids.map((id) => ({ stream_id: streamId, external_id: id, environment_id: scene.environment, customer_id: scene.customer, called_at: new Date() })))}
        on conflict (stream_id, external_id) do update set n = named_records.n + 1, called_at = now(), read_at = null`;
    const held = async () =>
      Object.fromEntries(
        (
          await t.owner`select external_id as id, data ->> 'firstName' as name from records where stream_id = ${streamId} and deleted_at is null`
        ).map((row) => [row["id"], row["name"]]),
      );
    const waiting = async () =>
      (await t.owner`select external_id as id from named_records where stream_id = ${streamId} and read_at is null`).map(
        (row) => row["id"],
      );
    const fetchWith = (source: Source) => fetchNamed(ctx, { ...work, source }, pace);
    const pull = async (source: Source) => pullPages(ctx, { ...work, source, newest: await guardFresh(ctx, streamId, source) }, pace);
    return { ctx, streamId, work, name, held, waiting, fetchWith, pull };
  }

  test("an older answer never takes the place of a newer record, be it of one or of a listing", async () => {
    const { name, held, fetchWith, pull, waiting } = await open();
    await name("a", "b", "c");
    await fetchWith(sourceOf((id) => says(id === "c" ? [] : [person(id, 20, "new")], id === "c" ? ["c"] : [])));
    await name("a");
    await fetchWith(sourceOf((id) => says([person(id, 10, "old")])));
    expect(await waiting()).toEqual([]);
    // The listing's index lags behind: it shows two as they were, and one that is gone.
    await pull(
      sourceOf(() => null, [person("a", 15, "older"), person("b", 30, "newest"), person("c", 5, "ghost"), person("d", 1, "other")]),
    );
    expect(await held()).toEqual({ a: "new", b: "newest", d: "other" });
  });

  test("one that is named again while it is fetched is fetched again", async () => {
    const { name, held, waiting, fetchWith } = await open();
    await name("a");
    let version = 1;
    const source: Source = {
      ...sourceOf(() => null),
      readOne: async (id) => {
        const answer = says([person(id, version, `v${version}`)]);
        if (version++ === 1) await name("a"); // changed again, after this answer was made
        return answer;
      },
    };
    await fetchWith(source);
    expect(version).toBe(3);
    expect(await held()).toEqual({ a: "v2" });
    expect(await waiting()).toEqual([]);
  });

  test("a worker that dies between writing and settling loses nothing and tells nothing twice", async () => {
    const { ctx, streamId, work, name, held, waiting, fetchWith } = await open();
    await name("a");
    const source = sourceOf((id) => says([person(id, 1, "once")]));
    let begun = 0;
    const raw = new Proxy(ctx.db.raw, {
      get: (sql, key) => {
        if (key === "begin" && ++begun === 3) return () => Promise.reject(new Error("killed")); // taken, compared, and then not settled
        return Reflect.get(sql, key);
      },
    });
    const pace = { beat: () => {}, untilMs: performance.now() + 60_000, signal: new AbortController().signal };
    const dying = { ...ctx, db: { ...ctx.db, raw } } as Ctx;
    await expect(fetchNamed(dying, { ...work, source }, pace)).rejects.toThrow("killed");
    expect([await held(), await waiting()]).toEqual([{ a: "once" }, ["a"]]);
    await fetchWith(source);
    expect(await waiting()).toEqual([]);
    expect(await t.owner`select op from changes where stream_id = ${streamId}`).toEqual([{ op: "created" }]);
  });

  test("what came before trouble is written; what the source does not give out singly is left to a pass", async () => {
    const { name, held, waiting, fetchWith, streamId } = await open();
    await name("a", "b");
    const source = sourceOf((id) => (id === "a" ? says([person("a", 1, "here")]) : null));
    await fetchWith(source);
    expect(await held()).toEqual({ a: "here" });
    expect(await waiting()).toEqual([]);
    expect((await t.owner`select trigger, due_at <= now() as due from streams where id = ${streamId}`)[0]).toEqual({
      trigger: "webhook",
      due: true,
    });
    await name("a", "z");
    const failing: Source = {
      ...source,
      readOne: async (id) => {
        if (id === "z") throw new Error("down");
        return says([person(id, 2, "again")]);
      },
    };
    await expect(fetchWith(failing)).rejects.toThrow("down");
    expect(await waiting()).toEqual(["z"]);
    expect(await held()).toMatchObject({ a: "again" });
  });
});
