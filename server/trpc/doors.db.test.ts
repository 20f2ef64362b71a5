import type { TRPCError } from "@trpc/server";
import type postgres from "postgres";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { CustomerCtx, Deps, MemberRole } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type CustomerId, newId } from "#server/lib/ids";
import { usingDatabase } from "#tests/support/database";
import { EMBED_INPUTS, type Ids, NOWHERE, SHARED, VENDOR_INPUTS } from "#tests/support/doors";
import { LEAST } from "#tests/support/doors-roles";
import { createConnection, createCustomer, createScene, customerCtx, insert, memberCtx, type Scene } from "#tests/support/world";
import { createEmbedCaller, embedRouter } from "./embed/router";
import { describeError } from "./errors";
import type { MemberCtx } from "./init";
import { createVendorCaller, vendorRouter } from "./vendor/router";

type Procedure = { _def: { inputs?: unknown[] } };

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
  const drift = newId("drift");
  await owner`insert into drifts (id, environment_id, customer_id, stream_id, kind, path, detail) values (${drift}, ${scene.environment},
    ${scene.customer}, ${scene.stream}, 'removed', 'properties.fax', '{"kind":"removed","path":"properties.fax","targets":["email"],"message":"gone"}')`;
  const conflict = newId("conflict");
  await owner`insert into conflicts (id, environment_id, customer_id, stream_id, own_id, external_id, fields) values (${conflict}, ${scene.environment},
    ${scene.customer}, ${scene.stream}, 'ada', '1', '[{"field":"email","base":null,"ours":"a","theirs":"b"}]')`;
  await owner`update streams set conflict_count = 1 where id = ${scene.stream}`;
  const rollout = newId("rollout");
  await owner`insert into rollouts (id, environment_id, template_id, stream_key, from_version, to_version, started_by)
    values (${rollout}, ${scene.environment}, ${scene.template}, 'contacts', 1, 2, 'test')`;
  const dryRun = newId("actionCall");
  await owner`insert into action_calls (id, environment_id, customer_id, connection_id, kind, name, input, asked_at) values (${dryRun},
    ${scene.environment}, ${scene.customer}, ${scene.connection}, 'dry_run', 'contacts', '', now())`;
  const inbound = newId("inbound");
  await owner`insert into inbound_endpoints (id, environment_id, integration_id, token_hash) values (${inbound}, ${scene.environment}, ${scene.integration}, ${inbound})`;
  return { ...scene, keyIntegration, embedKey, inbound, drift, conflict, rollout, dryRun };
}

usingDatabase(async (opened) => {
  ({ owner, web: deps } = opened);
  mine = await createWorld("Mine");
  theirs = await createWorld("Theirs");
  neighbour = await createCustomer(owner, mine.environment, "Neighbour");
  await createConnection(owner, { ...mine, customer: neighbour });
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
