import postgres from "postgres";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { beginAuthorization } from "#server/domains/connections/begin-authorization";
import { finalizeAuthorization } from "#server/domains/connections/finalize-authorization";
import { receiveCallback } from "#server/domains/connections/receive-callback";
import type { Deps } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import { newId } from "#server/lib/ids";
import { hashToken } from "#server/lib/tokens";
import { createEgress } from "#server/runtime/egress-undici";
import { openSource } from "#server/runtime/source";
import { type Simulator, startSimulator } from "#server/simulator/start";
import { answerConsent } from "#server/simulator/visitor";
import { createDatabase } from "./postgres";
import { createScene, customerCtx, insert, type Scene, testDeps, testVault } from "./world";

/** The code a promise fails with, or "fine". */
export const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "fine",
    (error) => (isAppError(error) ? error.code : String(error)),
  );

/** A customer about to connect an account of the simulator: registers the hooks of a test file, with a fresh scene for each test. */
export function connecting() {
  let db: Awaited<ReturnType<typeof createDatabase>>;
  let owner: postgres.Sql;
  let sim: Simulator;
  let web: Deps;
  let worker: Deps;
  let scene: Scene;
  const egress = createEgress({ allowLoopback: true });

  beforeAll(async () => {
    [db, sim] = await Promise.all([createDatabase(), startSimulator()]);
    owner = postgres(db.url, { max: 2, onnotice: () => {} });
    web = testDeps(db.url, "web", { egress });
    worker = testDeps(db.url, "worker", { egress });
  });
  afterAll(async () => {
    await Promise.all([web.db.close(), worker.db.close(), owner.end(), sim.stop()]);
    await db.drop();
  });
  beforeEach(async () => {
    scene = await createScene(owner, { records: 0 });
    await control({ reset: true });
    await setSecret("inlay-demo-secret-0123456789abcdef");
  });

  const control = (body: unknown) => fetch(`${sim.origin}/_control`, { method: "POST", body: JSON.stringify(body) });
  const simStats = async () => (await (await fetch(`${sim.origin}/_stats`)).json()) as { token: { calls: number }; revocations: number };
  const ctx = () => customerCtx(web, scene);
  const setSecret = (secret: string) => owner`
  update integrations set client_id = 'inlay-demo', sandbox_origin = ${sim.origin},
    client_secret = ${testVault.seal(secret, { environmentId: scene.environment, customerId: "", ownerId: scene.integration, field: "client_secret", version: 1 })}
  where id = ${scene.integration}`;
  const connectionRow = async (id: string) => (await owner`select * from connections where id = ${id}`)[0];

  async function begin(rest: Partial<Parameters<typeof beginAuthorization>[1]> = {}) {
    return beginAuthorization(ctx(), { integrationId: scene.integration, config: {}, display: "popup", ...rest });
  }
  /** Begins, consents in the sandbox, and lets the browser come back. */
  async function comeBack(answer: Parameters<typeof answerConsent>[1] = {}, rest: Parameters<typeof begin>[0] = {}) {
    const { authorizationId, url, resumeKey } = await begin(rest);
    const callback = await answerConsent(url, answer);
    const query = Object.fromEntries(callback.searchParams);
    const input = {
      integrationId: scene.integration,
      state: query["state"] ?? "",
      code: query["code"],
      error: query["error"],
      errorDescription: query["error_description"],
      iss: query["iss"],
    };
    const result = await receiveCallback(web, input);
    return {
      authorizationId,
      resumeKey,
      url,
      callback,
      input,
      result,
      proof: { authorizationId, ...(result.ticket ? { ticket: result.ticket } : {}) },
    };
  }
  async function connect(portal = "4711001", rest: Parameters<typeof begin>[0] = {}) {
    const { proof } = await comeBack({ portal }, rest);
    return finalizeAuthorization(ctx(), proof);
  }
  async function otherSession(rest: Record<string, unknown> = {}) {
    const id = newId("embedSession");
    await insert(owner, "embed_sessions", {
      id,
      environment_id: scene.environment,
      customer_id: scene.customer,
      token_hash: hashToken(id),
      origin: "http://localhost:4600",
      expires_at: new Date(Date.now() + 60_000),
      ...rest,
    });
    return { ...ctx(), actor: { type: "customer" as const, embedSessionId: id, origin: "http://localhost:4600" } };
  }
  const source = (connectionId: string, object = "contact") =>
    openSource(worker, {
      vendorId: scene.vendor,
      environmentId: scene.environment,
      customerId: scene.customer,
      connectionId,
      object,
      phase: "backfill",
    });

  return {
    get scene() {
      return scene;
    },
    get owner() {
      return owner;
    },
    get web() {
      return web;
    },
    get worker() {
      return worker;
    },
    get origin() {
      return sim.origin;
    },
    ctx,
    control,
    simStats,
    setSecret,
    connectionRow,
    begin,
    comeBack,
    connect,
    otherSession,
    source,
  };
}
