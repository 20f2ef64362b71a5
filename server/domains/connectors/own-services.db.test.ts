import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { submitApiKey } from "#server/domains/connections/submit-api-key";
import { createIntegration } from "#server/domains/integrations/create-integration";
import type { Deps } from "#server/lib/context";
import { handleRest } from "#server/rest/handle-rest";
import { createEgress } from "#server/runtime/egress-undici";
import { openSource } from "#server/runtime/source";
import { createDatabase } from "#tests/support/postgres";
import { type Asked, startThirdParty, type ThirdParty, type Told } from "#tests/support/third-party";
import { createScene, customerCtx, memberCtx, type Scene, testDeps } from "#tests/support/world";
import { ORDERS_WSDL } from "#tests/support/wsdl";
import { publishVersion } from "./publish-version";

// Services nobody here has described, from a description or a filled-in form to records, by the doors everybody uses.

let database: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
let party: ThirdParty;
let web: Deps;
let worker: Deps;
let scene: Scene;
let answer: (asked: Asked) => Told = () => ({ status: 404 });

beforeAll(async () => {
  [database, party] = await Promise.all([createDatabase(), startThirdParty((asked) => answer(asked))]);
  owner = postgres(database.url, { max: 1, onnotice: () => {} });
  const egress = createEgress({ allowLoopback: true });
  web = testDeps(database.url, "web", { egress });
  worker = testDeps(database.url, "worker", { egress });
  scene = await createScene(owner, { records: 0 });
});
afterAll(async () => {
  await Promise.all([web.db.close(), worker.db.close(), owner.end(), party.stop()]);
  await database.drop();
});

async function post(path: string, body: object) {
  const headers = { authorization: `Bearer ${scene.secretKey}`, "content-type": "application/json" };
  const request = new Request(`http://127.0.0.1:4600${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const response = await handleRest(web, request);
  return { status: response.status, body: await response.json() };
}

const offered = async (connectorKey: string, authKey: string) =>
  (await createIntegration(memberCtx(web, scene, "admin"), { connectorKey, authKey, sandboxOrigin: party.origin, name: connectorKey })).id;

async function connected(integrationId: string, fields: Record<string, string>): Promise<string> {
  const done = await submitApiKey(customerCtx(web, scene), { integrationId: integrationId as never, fields });
  if (done.outcome !== "connected") throw new Error(done.outcome);
  return done.connectionId;
}

async function readAll(connectionId: string, object: string): Promise<string[]> {
  const ref = { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, connectionId, object };
  const ids: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await (await openSource(worker, { ...ref, phase: "backfill" })).readPage(cursor);
    ids.push(...page.records.map(({ id }) => id));
    if (page.done) return ids;
    cursor = page.cursor;
  }
}

const envelope = (inner: string): Told => ({
  headers: { "content-type": "text/xml" },
  text: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inner}</s:Body></s:Envelope>`,
});

describe("from a WSDL to records", () => {
  test("imported, kept as it came, published, signed in to by its own login, read page by page", async () => {
    answer = ({ headers, body }) => {
      if (headers["soapaction"]?.includes("Login"))
        return body.includes("<Password>right</Password>")
          ? envelope("<LoginResponse><SessionId>s-9</SessionId></LoginResponse>")
          : { ...envelope("<s:Fault><faultcode>s:Client</faultcode><faultstring>Wrong password</faultstring></s:Fault>"), status: 500 };
      if (!body.includes("<SessionId>s-9</SessionId>")) return { status: 401 };
      const page = Number(/<page>(\d+)</.exec(body)?.[1]);
      const order = page > 3 ? "" : `<Order><OrderId>${page}</OrderId></Order>`;
      return envelope(`<ListOrdersResponse><ListOrdersResult>${order}</ListOrdersResult></ListOrdersResponse>`);
    };
    const drafted = await post("/v1/connectors/import", { text: ORDERS_WSDL });
    expect([drafted.status, drafted.body.format]).toEqual([200, "wsdl"]);
    const kept = await post("/v1/connectors", { source: drafted.body.source });
    expect(kept).toMatchObject({ status: 201, body: { key: "x-order-service", version: 1 } });
    await publishVersion(memberCtx(web, scene, "admin"), { key: "x-order-service", version: 1, acceptBreaking: false });
    const integration = await offered("x-order-service", "login");
    await expect(connected(integration, { user_name: "ada", password: "wrong" })).rejects.toMatchObject({ code: "invalid" });
    expect(await readAll(await connected(integration, { user_name: "ada", password: "right" }), "order")).toEqual(["1", "2", "3"]);
  });
  test("what cannot be read is refused, with its line", async () => {
    const { status, body } = await post("/v1/connectors/import", { text: "<definitions>\n<types>\n</definitions>" });
    expect(status).toBe(400);
    expect(body.issues).toEqual([{ path: "text", message: expect.stringMatching(/^line 3: /) }]);
  });
});

describe("from a filled-in form to records", () => {
  const FORM = { host: "api.shop.example", list_path: "v1/orders", records: "data", id_path: "id", paging: "cursor", since_format: "none" };
  test("a JSON API: a wrong key is a fault of the form, a right one reads to the end", async () => {
    answer = ({ headers, query, host, path }) => {
      if (headers["x-shop-key"] !== "k-1") return { status: 401, json: { message: "no" } };
      if (host !== "api.shop.example" || path !== "/v1/orders") return { status: 404 };
      const second = query.get("after") === "p2";
      return { json: { data: [{ id: second ? "b" : "a" }], next: second ? null : "p2" } };
    };
    const integration = await offered("generic-rest", "header");
    const form = { ...FORM, page_param: "after", next_path: "next", key_header: "X-Shop-Key" };
    const refused = await connected(integration, { ...form, api_key: "k-0" }).catch((error) => error);
    expect([refused.code, refused.details.fields[0].path]).toEqual(["invalid", "api_key"]);
    expect(await readAll(await connected(integration, { ...form, api_key: "k-1" }), "record")).toEqual(["a", "b"]);
  });
  test("a client of the customer's own: the token is had from where it was said, without a scope that nobody named", async () => {
    answer = ({ host, path, body, headers }) => {
      if (host === "id.shop.example")
        return path === "/oauth/token" && !body.includes("scope") ? { json: { access_token: "at-1" } } : { status: 400, json: {} };
      return headers["authorization"] === "Bearer at-1" ? { json: { data: [{ id: "a" }], next: null } } : { status: 401 };
    };
    const integration = await offered("generic-rest", "client");
    const own = { token_host: "id.shop.example", token_path: "oauth/token", client_id: "c", client_secret: "s" };
    const connection = await connected(integration, { ...FORM, page_param: "after", next_path: "next", ...own });
    expect(await readAll(connection, "record")).toEqual(["a"]);
  });
});
