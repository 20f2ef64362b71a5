import postgres from "postgres";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { beginAuthorization } from "#server/domains/connections/begin-authorization";
import { finalizeAuthorization } from "#server/domains/connections/finalize-authorization";
import { receiveCallback } from "#server/domains/connections/receive-callback";
import { submitApiKey } from "#server/domains/connections/submit-api-key";
import type { Deps } from "#server/lib/context";
import { createEgress } from "#server/runtime/egress-undici";
import type { Manifest } from "#server/runtime/manifest";
import { openConnection } from "#server/runtime/open-connection";
import { openSource } from "#server/runtime/source";
import { hold } from "./held-manifest";
import { createDatabase } from "./postgres";
import { type Asked, startThirdParty, type ThirdParty, type Told } from "./third-party";
import { tinyManifest } from "./tiny-manifest";
import type { Auth } from "./using-auth";
import { createScene, customerCtx, type Scene, testDeps, testVault } from "./world";

/** A customer, a database and a system nobody has seen, over real HTTP; the connector is the test's own. Registers the hooks of a test file. */
export function unseenSystem() {
  let db: Awaited<ReturnType<typeof createDatabase>>;
  let owner: postgres.Sql;
  let party: ThirdParty;
  let web: Deps;
  let worker: Deps;
  let scene: Scene;
  let now: Date;
  let answer: (asked: Asked, n: number) => Told;
  const clock = { now: () => now };

  beforeAll(async () => {
    [db, party] = await Promise.all([createDatabase(), startThirdParty((asked, n) => answer(asked, n))]);
    owner = postgres(db.url, { max: 2, onnotice: () => {} });
    const egress = createEgress({ allowLoopback: true });
    web = testDeps(db.url, "web", { egress, clock });
    worker = testDeps(db.url, "worker", { egress, clock });
  });
  afterAll(async () => {
    await Promise.all([web.db.close(), worker.db.close(), owner.end(), party.stop()]);
    await db.drop();
  });
  beforeEach(async () => {
    now = new Date();
    party.asked.length = 0;
    scene = await createScene(owner, { records: 0 });
  });

  const api = (asked: Asked): Told =>
    asked.path.endsWith("/me") ? { json: { id: 7, name: "Seven" } } : { json: { items: [{ id: "1", at: "2026-01-01T00:00:00Z" }] } };

  /** The scene's integration as one of a system nobody has seen. */
  async function offer(auth: Auth, rest: Parameters<typeof tinyManifest>[1] = {}): Promise<Manifest> {
    const manifest = tinyManifest({ it: auth }, rest);
    hold(manifest);
    const secret = testVault.seal("app-secret", {
      environmentId: scene.environment,
      customerId: "",
      ownerId: scene.integration,
      field: "client_secret",
      version: 1,
    });
    await owner`update integrations set connector_key = 'tiny', auth_key = 'it', client_id = 'app', client_secret = ${secret}, sandbox_origin = ${party.origin} where id = ${scene.integration}`;
    return manifest;
  }
  const ctx = () => customerCtx(web, scene);
  const submit = (fields: Record<string, string>) => submitApiKey(ctx(), { integrationId: scene.integration, fields });
  const begin = (config: Record<string, string> = {}) =>
    beginAuthorization(ctx(), { integrationId: scene.integration, config, display: "popup" });
  const back = (params: Record<string, string>) =>
    receiveCallback(web, {
      integrationId: scene.integration,
      state: params["state"] ?? "",
      code: params["code"],
      error: params["error"],
      iss: params["iss"],
      params,
    });
  const row = async (id: string) =>
    (await owner`select status, config, account_id, account_label, status_reason from connections where id = ${id}`)[0] as postgres.Row;
  const version = async (id: string) =>
    (await owner`select version from credentials where connection_id = ${id}`)[0]?.["version"] as number;
  const owned = (connectionId: string) => ({ environmentId: scene.environment, customerId: scene.customer, connectionId });
  const holder = () => ({ ...worker, scope: { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer } });
  const read = async (connectionId: string) =>
    (await openSource(worker, { vendorId: scene.vendor, ...owned(connectionId), object: "thing", phase: "backfill" })).readPage(null);
  /** Ten in parallel who all saw version 1 refused. */
  const renewAll = (connectionId: string) =>
    Promise.all(Array.from({ length: 10 }, async () => (await openConnection(holder(), owned(connectionId))).grants.renew(1)));
  const connected = async (outcome: Promise<{ outcome: string }>): Promise<string> => {
    const done = (await outcome) as { outcome: string; connectionId?: string };
    if (done.outcome !== "connected" || !done.connectionId) throw new Error(done.outcome);
    return done.connectionId;
  };
  const finish = (authorizationId: Parameters<typeof finalizeAuthorization>[1]["authorizationId"], ticket: string | null) =>
    finalizeAuthorization(ctx(), { authorizationId, ...(ticket ? { ticket } : {}) });
  async function signIn(
    config: Record<string, string> = {},
    params: (state: string) => Record<string, string> = (state) => ({ state, code: "the-code" }),
  ) {
    const { authorizationId, url } = await begin(config);
    const { ticket } = await back(params(new URL(url).searchParams.get("state") ?? ""));
    return connected(finish(authorizationId, ticket));
  }
  const code = (rest: object): Auth =>
    ({
      type: "oauth2_code",
      title: "C",
      authorizeUrl: "https://id.tiny.example/authorize",
      tokenUrl: "https://id.tiny.example/token",
      scopes: [{ scope: "read", reason: "Read" }],
      rotating: false,
      ...rest,
    }) as Auth;

  return {
    api,
    offer,
    ctx,
    submit,
    begin,
    back,
    row,
    version,
    read,
    renewAll,
    connected,
    finish,
    signIn,
    code,
    get party() {
      return party;
    },
    get owner() {
      return owner;
    },
    get worker() {
      return worker;
    },
    get scene() {
      return scene;
    },
    /** What the third party answers from now on in this test. */
    answers(next: typeof answer) {
      answer = next;
    },
    /** The time it is from now on in this test. */
    setTime(next: Date) {
      now = next;
    },
  };
}
