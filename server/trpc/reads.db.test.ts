import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { createDatabase } from "#tests/support/postgres";
import { createConnection, createCustomer, createScene, customerCtx, memberCtx, type Scene, testDeps } from "#tests/support/world";
import { createEmbedCaller } from "./embed/router";
import { createVendorCaller } from "./vendor/router";

let database: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;

const vendor = (on = deps) =>
  createVendorCaller({ requestId: "req_test", responseHeaders: new Headers(), authenticate: async () => memberCtx(on, scene) });
const embed = (on = deps) =>
  createEmbedCaller({ requestId: "req_test", responseHeaders: new Headers(), authenticate: async () => customerCtx(on, scene) });

beforeAll(async () => {
  database = await createDatabase();
  owner = postgres(database.url, { max: 1 });
  deps = testDeps(database.url);
  scene = await createScene(owner);
});
afterAll(async () => {
  await deps.db.close();
  await owner.end();
  await database.drop();
});

describe("the dashboard reads", () => {
  test("who is looking, and at what", async () => {
    expect(await vendor().viewer.get()).toMatchObject({
      memberId: scene.member,
      role: "owner",
      vendor: { id: scene.vendor, name: "Acme" },
      environment: { id: scene.environment, kind: "test", publishableKey: scene.publishableKey },
    });
  });

  test("the overview adds up", async () => {
    const overview = await vendor().overview.get();
    expect(overview).toMatchObject({ customers: 1, records: 3, quarantined: 1, runs24h: { succeeded: 1, failed: 0, running: 0 } });
    expect(overview.connections).toMatchObject({ active: 1, attention: 0 });
    expect(overview.activity).toHaveLength(24);
    expect(overview.activity.reduce((sum, hour) => sum + hour.created, 0)).toBe(3);
    expect(overview.activity.at(-1)?.hour).toBeInstanceOf(Date);
    expect(overview.recentRuns[0]).toMatchObject({
      id: scene.run,
      customerName: "Globex",
      streamLabel: "Contacts",
      integrationName: "HubSpot",
    });
  });

  test("a customer with its connection and streams", async () => {
    await vendor().customers.setInternal({ customerId: scene.customer, internal: true });
    expect(await vendor().customers.get({ customerId: scene.customer })).toMatchObject({ internal: true });
    await vendor().customers.setInternal({ customerId: scene.customer, internal: false });
    await owner`update integrations set gate = 'plan == "pro"' where id = ${scene.integration}`;
    const gate = { integrationId: scene.integration, integrationName: "HubSpot", gate: 'plan == "pro"' };
    expect(await vendor().customers.gates({ customerId: scene.customer })).toEqual([{ ...gate, passes: false }]);
    expect(await vendor().customers.gates({ customerId: scene.customer, traits: { plan: "pro" } })).toEqual([{ ...gate, passes: true }]);
    await vendor().customers.setTraits({ customerId: scene.customer, traits: { plan: "pro" } });
    expect(await vendor().customers.gates({ customerId: scene.customer })).toEqual([{ ...gate, passes: true }]);
    expect(await vendor().customers.get({ customerId: scene.customer })).toMatchObject({ traits: { plan: "pro" } });
    await owner`update integrations set gate = null where id = ${scene.integration}`;
    expect(await owner`select action from audit_entries where subject = ${scene.customer}`).toMatchObject([{ action: "customer.traits" }]);
    const detail = await vendor().customers.get({ customerId: scene.customer });
    expect(detail).toMatchObject({ id: scene.customer, state: "active", connections: 1, records: 3 });
    expect(detail.connectionList).toEqual([await vendor().connections.get({ connectionId: scene.connection })]);
    expect(detail.connectionList[0]?.streams[0]).toMatchObject({
      id: scene.stream,
      label: "Contacts",
      recordCount: 3,
      quarantineCount: 1,
      state: "active",
    });
  });

  test("a run with its pages", async () => {
    expect(await vendor().runs.get({ runId: scene.run })).toMatchObject({ status: "succeeded", created: 3, problem: null });
    const pages = await vendor().runs.pages({ runId: scene.run });
    expect(pages.items).toEqual([expect.objectContaining({ n: 1, method: "GET", status: 200, bytes: 900 })]);
  });

  test("records with their source, and those held back", async () => {
    const first = await vendor().records.list({ streamId: scene.stream, limit: 2 });
    expect(first.items.map((item) => item.externalId)).toEqual(["1", "2"]);
    expect(first.items[0]?.source).toMatchObject({ properties: { email: "p1@globex.example" } });
    const rest = await vendor().records.list({ streamId: scene.stream, limit: 2, cursor: first.next ?? undefined });
    expect(rest).toMatchObject({ items: [{ externalId: "3" }], next: null });
    expect((await vendor().problems.list({ streamId: scene.stream })).items).toEqual([
      expect.objectContaining({ externalId: "bad-1", code: "mapping_failed", field: "email" }),
    ]);
  });

  test("an integration never shows its secret, and knows when it is set up", async () => {
    await owner`update integrations set client_secret = null where id = ${scene.integration}`;
    const [before] = await vendor().integrations.list();
    expect(before).toMatchObject({
      id: scene.integration,
      configured: false,
      redirectUri: `http://127.0.0.1:4600/connect/callback/${scene.integration}`,
    });
    expect(before?.scopes.length).toBeGreaterThan(0);
    const after = await vendor().integrations.update({ id: scene.integration, clientSecret: "s3cret-value", tagline: "New" });
    expect(after).toMatchObject({ configured: true, tagline: "New" });
    expect(JSON.stringify(after)).not.toContain("s3cret");
    const [row] = await owner`select client_secret from integrations where id = ${scene.integration}`;
    const context = { environmentId: scene.environment, customerId: "", ownerId: scene.integration, field: "client_secret", version: 1 };
    expect(deps.vault.open(row?.["client_secret"], context)).toBe("s3cret-value");
  });

  test("templates and models", async () => {
    expect(await vendor().templates.list()).toEqual([
      expect.objectContaining({
        id: scene.template,
        installations: 1,
        streams: [expect.objectContaining({ key: "contacts", mappingVersion: 1, hasDraft: false })],
      }),
    ]);
    expect(await vendor().models.list()).toEqual([expect.objectContaining({ key: "contact", name: "Contact" })]);
  });

  test("the mapping editor: source fields of the connector and of real records, samples, what a publish touches", async () => {
    const editor = await vendor().mappings.editor({ templateId: scene.template, streamKey: "contacts" });
    expect(editor).toMatchObject({ streamLabel: "Contacts", published: { version: 1 }, draft: null, affects: { streams: 1, records: 3 } });
    expect(editor.sourceFields.find((field) => field.path === "properties.email")).toMatchObject({
      example: expect.stringContaining("@globex.example"),
    });
    expect(editor.sourceFields.map((field) => field.path)).toContain("properties.jobtitle");
    expect(editor.samples[0]?.label).toMatch(/· Globex$/);
    await vendor().mappings.saveDraft({
      templateId: scene.template,
      streamKey: "contacts",
      fields: [{ target: "email", from: "properties.mail" }],
    });
    expect((await vendor().mappings.editor({ templateId: scene.template, streamKey: "contacts" })).draft?.version).toBe(2);
    await vendor().mappings.discardDraft({ templateId: scene.template, streamKey: "contacts" });
  });

  test("a template nobody runs yet previews on the connector's own example", async () => {
    const other = await createScene(owner, { name: "Other", records: 0 });
    const caller = createVendorCaller({ requestId: "r", responseHeaders: new Headers(), authenticate: async () => memberCtx(deps, other) });
    const editor = await caller.mappings.editor({ templateId: other.template, streamKey: "contacts" });
    expect(editor.samples).toEqual([{ label: "Example", source: expect.objectContaining({ properties: expect.anything() }) }]);
  });

  test("switching to an environment that is not there changes nothing", async () => {
    await expect(vendor().viewer.switchEnvironment({ kind: "live" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const responseHeaders = new Headers();
    const caller = createVendorCaller({ requestId: "r", responseHeaders, authenticate: async () => memberCtx(deps, scene) });
    await caller.viewer.switchEnvironment({ kind: "test" });
    expect(responseHeaders.get("set-cookie")).toMatch(/^inlay-environment=test;.*HttpOnly/);
  });
});

describe("the marketplace reads", () => {
  test("names and the vendor's look", async () => {
    expect(await embed().session.bootstrap()).toMatchObject({ customerName: "Globex", vendorName: "Acme", environmentKind: "test" });
  });

  test("a card per integration, and its detail", async () => {
    expect(await embed().marketplace.list()).toEqual([
      expect.objectContaining({
        id: scene.integration,
        badge: "connected",
        connectionId: scene.connection,
        iconUrl: "/v1/icons/hubspot.svg",
      }),
    ]);
    const detail = await embed().marketplace.get({ integrationId: scene.integration });
    expect(detail).toMatchObject({
      connections: [{ id: scene.connection }],
      templates: [
        { id: scene.template, streams: [{ key: "contacts", label: "Contacts", direction: "pull" }], installedOn: [scene.connection] },
      ],
      reads: [{ label: "Contacts", fields: ["E-mail", "First name"] }],
      writes: [],
    });
    expect(detail.permissions.reasons).toContain("See your contacts");
    expect(detail.permissions.scopes).toContain("crm.objects.contacts.read");
  });

  test("another customer of the same vendor sees the offer but not the connection", async () => {
    const initech = await createCustomer(owner, scene.environment, "Initech");
    const caller = createEmbedCaller({
      requestId: "r",
      responseHeaders: new Headers(),
      authenticate: async () => customerCtx(deps, scene, initech),
    });
    const detail = await caller.marketplace.get({ integrationId: scene.integration });
    expect(detail).toMatchObject({ connections: [], badge: null, templates: [{ installedOn: [] }] });
  });

  test("activity and problems of one connection, in the customer's words", async () => {
    await owner`update runs set status = 'failed', error_code = 'config_invalid', error_message = 'client_id of the OAuth app is unknown' where id = ${scene.run}`;
    const runs = await embed().runs.list({ connectionId: scene.connection });
    expect(runs.items[0]).toMatchObject({ id: scene.run, streamLabel: "Contacts", problem: { code: "config_invalid", detail: null } });
    const [asVendor] = (await vendor().runs.list({ customerId: scene.customer })).items;
    expect(asVendor?.problem).toMatchObject({ detail: "client_id of the OAuth app is unknown" });
    expect((await embed().problems.list({ connectionId: scene.connection })).items).toMatchObject([{ field: "email" }]);
    await owner`update mappings set choices = '{"email":{"customer":"hidden"}}' where id = ${scene.mapping}`;
    expect((await embed().problems.list({ connectionId: scene.connection })).items).toMatchObject([
      { field: null, message: "This record could not be taken. The people who run this service can see why." },
    ]);
    const asTheirs = await vendor().problems.list({ streamId: scene.stream });
    expect(asTheirs.items).toMatchObject([{ field: "email", message: "email is missing" }]);
    await owner`update mappings set choices = '{}' where id = ${scene.mapping}`;
  });
});

describe("lists", () => {
  test("pages meet without a gap or a repeat, filters hold, the total counts all", async () => {
    const own = await createScene(owner, { name: "Pages" });
    const names = ["Aperture", "Black Mesa", "Cyberdyne", "100%_sure"];
    for (const name of names) {
      const customer = await createCustomer(owner, own.environment, name);
      await createConnection(owner, { ...own, customer }, name === "Cyberdyne" ? { failure_code: "config_invalid", failures: 1 } : {});
    }
    const caller = createVendorCaller({ requestId: "r", responseHeaders: new Headers(), authenticate: async () => memberCtx(deps, own) });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await caller.customers.list({ limit: 2, cursor });
      expect(page.total).toBe(5);
      seen.push(...page.items.map((item) => item.name));
      cursor = page.next ?? undefined;
    } while (cursor);
    expect(seen).toEqual([...names.reverse(), "Globex"]);
    expect(await caller.customers.list({ search: "%_" })).toMatchObject({ total: 1, items: [{ name: "100%_sure" }] });
    expect(await caller.customers.list({ state: "attention" })).toMatchObject({
      total: 1,
      items: [{ name: "Cyberdyne", state: "attention" }],
    });
    expect(await caller.customers.list({ search: "nobody" })).toEqual({ items: [], next: null, total: 0 });
    expect(await caller.connections.list({ state: "attention" })).toMatchObject({ items: [{ customerName: "Cyberdyne" }], next: null });
    const runs: string[] = [];
    do {
      const page: Awaited<ReturnType<typeof caller.runs.list>> = await caller.runs.list({ limit: 2, cursor });
      runs.push(...page.items.map((item) => item.id));
      cursor = page.next ?? undefined;
    } while (cursor);
    expect(new Set(runs).size).toBe(5);
    await expect(caller.customers.list({ cursor: "bm90IG91cnM" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });

  test("every read is one statement, however many rows there are", async () => {
    const counted = testDeps(database.url);
    let statements: string[] = [];
    const raw = postgres(database.url, {
      max: 2,
      connection: { role: "inlay_web" } as Record<string, string>,
      debug: (_connection, query) => statements.push(query.trim()),
    });
    const on = { ...counted, db: { ...counted.db, raw } };
    const ref = { templateId: scene.template, streamKey: "contacts" };
    const reads: Record<string, () => Promise<unknown>> = {
      "viewer.get": () => vendor(on).viewer.get(),
      "overview.get": () => vendor(on).overview.get(),
      "customers.list": () => vendor(on).customers.list({}),
      "customers.get": () => vendor(on).customers.get({ customerId: scene.customer }),
      "connections.list": () => vendor(on).connections.list({}),
      "connections.get": () => vendor(on).connections.get({ connectionId: scene.connection }),
      "runs.list": () => vendor(on).runs.list({}),
      "runs.pages": () => vendor(on).runs.pages({ runId: scene.run }),
      "records.list": () => vendor(on).records.list({ streamId: scene.stream }),
      "integrations.list": () => vendor(on).integrations.list(),
      "templates.list": () => vendor(on).templates.list(),
      "models.list": () => vendor(on).models.list(),
      "mappings.editor": () => vendor(on).mappings.editor(ref),
      "session.bootstrap": () => embed(on).session.bootstrap(),
      "marketplace.list": () => embed(on).marketplace.list(),
      "marketplace.get": () => embed(on).marketplace.get({ integrationId: scene.integration }),
      "embed runs.list": () => embed(on).runs.list({ connectionId: scene.connection }),
    };
    await vendor(on).models.list(); // the driver's own first questions
    const counts: Record<string, number> = {};
    for (const [name, read] of Object.entries(reads)) {
      statements = [];
      await read();
      counts[name] = statements.filter((query) => !/^(begin|commit|select set_config)/.test(query)).length;
    }
    expect(counts).toEqual(Object.fromEntries(Object.keys(reads).map((name) => [name, 1])));
    await raw.end();
    await counted.db.close();
  });
});
