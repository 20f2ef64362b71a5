import type { TRPCError } from "@trpc/server";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { CustomerCtx, Deps, MemberRole } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type CustomerId, newId } from "#server/lib/ids";
import { createDatabase } from "#tests/support/postgres";
import { createConnection, createCustomer, createScene, customerCtx, insert, memberCtx, type Scene, testDeps } from "#tests/support/world";
import { createEmbedCaller, embedRouter } from "./embed/router";
import { describeError } from "./errors";
import type { MemberCtx } from "./init";
import { createVendorCaller, vendorRouter } from "./vendor/router";

type Ids = Pick<
  Scene,
  "integration" | "template" | "connection" | "stream" | "run" | "customer" | "authorization" | "apiKey" | "endpoint" | "delivery"
> & {
  keyIntegration: string;
  embedKey: string;
};
type Input = (ids: Ids) => Record<string, unknown>;
type Procedure = { _def: { inputs?: unknown[] } };

const mapping: Input = ({ template }) => ({ templateId: template, streamKey: "contacts" });
const connection: Input = ({ connection }) => ({ connectionId: connection });
const stream: Input = ({ stream }) => ({ streamId: stream });

/** An input for every procedure that takes an id. A new procedure with an id must be put in here. */
const VENDOR_INPUTS: Record<string, Input> = {
  "connectors.template": ({ integration }) => ({ integrationId: integration, object: "contact" }),
  "embedKeys.remove": ({ embedKey }) => ({ id: embedKey }),
  "customers.get": ({ customer }) => ({ customerId: customer }),
  "connections.list": ({ integration }) => ({ integrationId: integration }),
  "connections.get": connection,
  "connections.watch": connection,
  "connections.disconnect": connection,
  "streams.sync": stream,
  "streams.pause": stream,
  "streams.resume": stream,
  "runs.list": ({ customer, stream }) => ({ customerId: customer, streamId: stream }),
  "runs.get": ({ run }) => ({ runId: run }),
  "runs.pages": ({ run }) => ({ runId: run }),
  "records.list": stream,
  "records.problems": stream,
  "integrations.update": ({ integration }) => ({ id: integration, name: "Taken over", clientSecret: "mine" }),
  "mappings.editor": mapping,
  "mappings.history": mapping,
  "mappings.saveDraft": (ids) => ({ ...mapping(ids), fields: [{ target: "email", constant: "x" }] }),
  "mappings.discardDraft": mapping,
  "mappings.publish": mapping,
  "apiKeys.revoke": ({ apiKey }) => ({ id: apiKey }),
  "webhooks.remove": ({ endpoint }) => ({ id: endpoint }),
  "webhooks.deliveries": ({ endpoint }) => ({ endpointId: endpoint }),
  "webhooks.replay": ({ delivery }) => ({ deliveryId: delivery }),
  "webhooks.replayFailed": ({ endpoint }) => ({ id: endpoint }),
  "webhooks.setStatus": ({ endpoint }) => ({ id: endpoint, status: "disabled" }),
  "webhooks.rotate": ({ endpoint }) => ({ id: endpoint }),
};
const EMBED_INPUTS: Record<string, Input> = {
  "marketplace.get": ({ integration }) => ({ integrationId: integration }),
  "connect.begin": ({ integration, connection }) => ({ integrationId: integration, connectionId: connection, display: "popup" }),
  "connect.status": ({ authorization }) => ({ authorizationId: authorization }),
  "connect.finalize": ({ authorization }) => ({ authorizationId: authorization }),
  "connect.submitKey": ({ keyIntegration, connection }) => ({
    integrationId: keyIntegration,
    connectionId: connection,
    fields: { key: "sbx_12345678" },
  }),
  "connections.get": connection,
  "connections.watch": connection,
  "connections.disconnect": connection,
  "installations.activate": ({ connection, template }) => ({ connectionId: connection, templateId: template }),
  "streams.sync": stream,
  "streams.pause": stream,
  "streams.resume": stream,
  "runs.list": connection,
  "problems.list": connection,
};

/** An integration belongs to the environment: to another customer of the same vendor it is no secret. */
const SHARED = new Set(["marketplace.get"]);

const NOWHERE = {
  integration: "int_0000000000nowhere000",
  keyIntegration: "int_0000000000nowhere001",
  embedKey: "emk_0000000000nowhere001",
  template: "tpl_0000000000nowhere000",
  connection: "con_0000000000nowhere000",
  stream: "str_0000000000nowhere000",
  run: "run_0000000000nowhere000",
  customer: "cus_0000000000nowhere000",
  authorization: "aut_0000000000nowhere000",
  apiKey: "key_0000000000nowhere000",
  endpoint: "whe_0000000000nowhere000",
  delivery: "dlv_0000000000nowhere000",
} as unknown as Ids;

let database: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
let deps: Deps;
let mine: Scene & Ids;
let theirs: Scene & Ids;
let neighbour: CustomerId;

/** A scene with one more integration, which is connected by key. */
async function createWorld(name: string): Promise<Scene & Ids> {
  const scene = await createScene(owner, { name });
  const keyIntegration = newId("integration");
  const row = { id: keyIntegration, environment_id: scene.environment, connector_key: "sandbox-crm", name: "Sandbox CRM", auth_key: "key" };
  await insert(owner, "integrations", row);
  const embedKey = newId("embedKey");
  await owner`insert into embed_keys (id, environment_id, kid, alg, jwk) values (${embedKey}, ${scene.environment}, 'k1', 'ES256', '{}')`;
  return { ...scene, keyIntegration, embedKey };
}

beforeAll(async () => {
  database = await createDatabase();
  owner = postgres(database.url, { max: 1 });
  deps = testDeps(database.url);
  mine = await createWorld("Mine");
  theirs = await createWorld("Theirs");
  neighbour = await createCustomer(owner, mine.environment, "Neighbour");
  await createConnection(owner, { ...mine, customer: neighbour });
});
afterAll(async () => {
  await deps.db.close();
  await owner.end();
  await database.drop();
});

const door = <C>(authenticate: () => Promise<C>) => ({ requestId: "req_test", responseHeaders: new Headers(), authenticate });
const asMember = (role: MemberRole = "owner") => createVendorCaller(door<MemberCtx>(async () => memberCtx(deps, mine, role)));
const asCustomer = (customer?: CustomerId) => createEmbedCaller(door<CustomerCtx>(async () => customerCtx(deps, mine, customer)));

/** Calls `a.b` of a caller; a stream is asked for its first event. */
async function call(caller: unknown, path: string, input: unknown): Promise<unknown> {
  const [room = "", name = ""] = path.split(".");
  const result = await (caller as Record<string, Record<string, (input: unknown) => Promise<unknown>>>)[room]![name]!(input);
  if (typeof result !== "object" || result === null || !(Symbol.asyncIterator in result)) return result;
  const iterator = (result as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  try {
    return (await iterator.next()).value;
  } finally {
    await iterator.return?.();
  }
}

/** What came of a call, ids blotted out: an empty answer, or an error as the reader gets it. */
async function outcome(caller: unknown, path: string, input: unknown): Promise<unknown> {
  try {
    const answer = await call(caller, path, input);
    const items = Array.isArray(answer) ? answer : (answer as { items?: unknown[] } | undefined)?.items;
    return items?.length === 0 ? "empty" : { answered: answer };
  } catch (error) {
    const told = describeError(error as TRPCError, "vendor", "req");
    return { ...told, detail: told.detail?.replace(/\b[a-z]{3}_[0-9a-z]{20}\b/g, "<id>") };
  }
}

/** Every row of the database, so that a refused call can be shown to have changed nothing. */
async function everything(): Promise<string> {
  const tables = await owner`select tablename from pg_tables where schemaname = 'public' order by 1`;
  const sums = await Promise.all(
    tables.map(
      async ({ tablename }) =>
        (await owner.unsafe(`select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${tablename} t`))[0]?.["sum"],
    ),
  );
  return sums.join();
}

const takesId = (procedure: Procedure) =>
  (procedure._def.inputs ?? []).some(
    (input) =>
      input instanceof z.ZodObject &&
      Object.keys(input.shape).some((key) => /^id$|Id$/.test(key) && !["lastEventId", "clientId"].includes(key)),
  );
const pathsWithIds = (procedures: Record<string, unknown>) =>
  Object.entries(procedures).flatMap(([path, procedure]) => (takesId(procedure as Procedure) ? [path] : []));

describe("other people's objects", () => {
  test("every procedure that takes an id is tried below", () => {
    expect(Object.keys(VENDOR_INPUTS).sort()).toEqual(pathsWithIds(vendorRouter._def.procedures).sort());
    expect(Object.keys(EMBED_INPUTS).sort()).toEqual(pathsWithIds(embedRouter._def.procedures).sort());
  });

  test.each(Object.entries(VENDOR_INPUTS))("another vendor's, by the dashboard: %s", async (path, input) => {
    const before = await everything();
    const told = await outcome(asMember(), path, input(theirs));
    expect(told).toEqual(await outcome(asMember(), path, input(NOWHERE)));
    if (told !== "empty") expect(told).toMatchObject({ code: "not_found" });
    expect(await everything()).toBe(before);
  });

  test.each(Object.entries(EMBED_INPUTS))("another vendor's, by the marketplace: %s", async (path, input) => {
    const before = await everything();
    const told = await outcome(asCustomer(), path, input(theirs));
    expect(told).toEqual(await outcome(asCustomer(), path, input(NOWHERE)));
    if (told !== "empty") expect(told).toMatchObject({ code: "not_found" });
    expect(await everything()).toBe(before);
  });

  test.each(Object.entries(EMBED_INPUTS).filter(([path]) => !SHARED.has(path)))(
    "another customer's of the same vendor: %s",
    async (path, input) => {
      const before = await everything();
      const told = await outcome(asCustomer(neighbour), path, input(mine));
      const nowhere = { ...NOWHERE, integration: mine.integration, keyIntegration: mine.keyIntegration, template: mine.template };
      expect(told).toEqual(await outcome(asCustomer(neighbour), path, input(nowhere)));
      if (told !== "empty") expect(told).toMatchObject({ code: "not_found" });
      expect(await everything()).toBe(before);
    },
  );
});

const ROLES: readonly MemberRole[] = ["viewer", "support", "developer", "admin", "owner"];

/** The least role for each procedure; a new procedure must be put in here. */
const LEAST: Record<MemberRole, string[]> = {
  viewer: [
    ...["viewer.get", "viewer.switchEnvironment", "overview.get", "customers.list", "customers.get", "connections.list", "connections.get"],
    ...[
      "connections.watch",
      "runs.list",
      "runs.get",
      "runs.pages",
      "integrations.list",
      "templates.list",
      "models.list",
      "models.get",
      "mappings.history",
      "branding.get",
      "requests.list",
    ],
    ...["connectors.list", "connectors.get", "connectors.setUp", "connectors.versions"],
  ],
  support: ["customers.act", "streams.sync", "streams.pause", "streams.resume"],
  developer: [
    ...["connections.disconnect", "records.list", "records.problems", "mappings.editor", "mappings.saveDraft", "mappings.discardDraft"],
    ...["mappings.publish", "apiKeys.list", "apiKeys.create", "apiKeys.revoke", "webhooks.list", "webhooks.create", "webhooks.remove"],
    ...["webhooks.deliveries", "webhooks.replay", "webhooks.replayFailed", "webhooks.setStatus", "webhooks.rotate"],
    ...["connectors.version", "connectors.check", "connectors.save", "connectors.compare", "connectors.try"],
    ...["embedKeys.list", "embedKeys.add", "embedKeys.remove"],
    ...["models.preview", "models.save", "models.archive"],
  ],
  admin: [
    ...["integrations.update", "environment.update", "branding.update", "requests.dismiss"],
    ...["connectors.publish", "connectors.retire", "connectors.offer", "connectors.template"],
  ],
  owner: [],
};

describe("who may", () => {
  test("the table names every procedure of the dashboard", () => {
    expect(Object.values(LEAST).flat().sort()).toEqual(Object.keys(vendorRouter._def.procedures).sort());
  });

  test.each(Object.entries(LEAST).flatMap(([role, paths]) => paths.map((path) => [path, role as MemberRole] as const)))(
    "%s needs %s",
    async (path, least) => {
      for (const role of ROLES) {
        // An input nobody accepts: it is never looked at before the role, and nothing is done with it after.
        const told = await outcome(asMember(role), path, { nonsense: true });
        const refused = ROLES.indexOf(role) < ROLES.indexOf(least);
        if (refused) expect(told, role).toMatchObject({ code: "forbidden" });
        else expect(told, role).not.toMatchObject({ code: "forbidden" });
      }
    },
  );

  test("nobody gets anything without a session", async () => {
    const refuse = async () => {
      throw new AppError("unauthenticated");
    };
    for (const path of Object.keys(vendorRouter._def.procedures)) {
      expect(await outcome(createVendorCaller(door<MemberCtx>(refuse)), path, {}), path).toMatchObject({ code: "unauthenticated" });
    }
    for (const path of Object.keys(embedRouter._def.procedures)) {
      expect(await outcome(createEmbedCaller(door<CustomerCtx>(refuse)), path, {}), path).toMatchObject({ code: "unauthenticated" });
    }
  });
});
