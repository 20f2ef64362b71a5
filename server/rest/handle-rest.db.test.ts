import type postgres from "postgres";
import { expect, test, vi } from "vitest";
import type { Deps } from "#server/lib/context";
import { AppError, ERRORS, type ErrorCode } from "#server/lib/errors";
import { newId, recordId } from "#server/lib/ids";
import { usingDatabase } from "#tests/support/database";
import { createScene, insert, type Scene, testDeps } from "#tests/support/world";
import { handleRest } from "./handle-rest";
import { openApiDocument } from "./openapi";
import { OPERATIONS } from "./operations";
import { HTTP_STATUS, problemResponse } from "./problem";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let other: Scene;

usingDatabase(async (opened) => {
  ({ owner, web: deps } = opened);
  scene = await createScene(owner, { records: 25 });
  other = await createScene(owner, { name: "Umbrella", records: 2 });
});

type Init = { method?: string; body?: unknown; raw?: string; key?: string | null; headers?: Record<string, string> };

async function call(path: string, { method = "GET", body, raw, key = scene.secretKey, headers = {} }: Init = {}) {
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const request = new Request(`http://127.0.0.1:4600${path}`, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(text === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  const response = await handleRest(deps, request);
  const answer = await response.text();
  return { status: response.status, headers: response.headers, body: answer ? JSON.parse(answer) : null };
}

test("every code has a status of its own door, and a problem carries code, request id and no inside", async () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const response = problemResponse(new AppError(code, "words"), "req_12345678");
    expect(response.status).toBe(HTTP_STATUS[code]);
    expect(await response.json()).toMatchObject({ code, detail: "words", requestId: "req_12345678" });
  }
  const hidden = await problemResponse(new Error("select * from secrets"), "req_12345678").text();
  expect(hidden).not.toContain("select");
  expect(problemResponse(Object.assign(new Error("x"), { code: "ECONNREFUSED" }), "r").status).toBe(503);
});

test.each([
  ["no key", { key: null }, /Send your secret key/],
  ["a publishable key", { key: "pk_test_acmecrmdemo" }, /publishable/],
  ["an unknown key", { key: "sk_test_nobodyknowsit" }, /not known/],
])("401 for %s", async (_, init, words) => {
  const { status, body, headers } = await call("/v1/customers", init);
  expect(status).toBe(401);
  expect(body).toMatchObject({ code: "unauthenticated", detail: expect.stringMatching(words) });
  expect(headers.get("www-authenticate")).toContain("Bearer");
});

test("a revoked key stops within a second, and says so; a used key shows when", async () => {
  const revoked = await createScene(owner, { name: "Gone" });
  expect((await call("/v1/customers", { key: revoked.secretKey })).status).toBe(200);
  const [row] = await owner`select last_used_at from api_keys where id = ${revoked.apiKey}`;
  expect(row!["last_used_at"]).toBeInstanceOf(Date);
  await owner`update api_keys set revoked_at = now() where id = ${revoked.apiKey}`;
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  expect(await call("/v1/customers", { key: revoked.secretKey })).toMatchObject({
    status: 401,
    body: { detail: expect.stringMatching(/revoked/) },
  });
});

test.each([
  ["malformed JSON", { raw: '{"customer":' }, 400, /not valid JSON/],
  ["an array", { raw: "[]" }, 400, /must be a JSON object/],
  ["deep nesting", { raw: `{"customer":${"[".repeat(40)}${"]".repeat(40)}}` }, 400, /nested deeper/],
  ["an unknown name", { body: { customer: { id: "globex" }, origin: "http://localhost:4600", admin: true } }, 400, /admin/],
  ["a missing name", { body: {} }, 400, /customer/],
  ["another origin", { body: { customer: { id: "globex" }, origin: "https://evil.example" } }, 400, /not an allowed origin/],
  ["form data", { raw: "customer=1", headers: { "content-type": "application/x-www-form-urlencoded" } }, 400, /as JSON/],
  ["too much", { raw: `{"user":"${"x".repeat(1_100_000)}"}` }, 413, /1 MiB/],
])("wrong body: %s", async (_, init, status, words) => {
  const answer = await call("/v1/embed-sessions", { method: "POST", ...init });
  expect(answer).toMatchObject({ status, body: { code: "invalid", detail: expect.stringMatching(words) } });
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
});

test.each([
  ["/v1/nothing", "GET", 404, "not_found"],
  ["/v1/customers", "DELETE", 405, "invalid"],
  ["/v1/records?limit=5000", "GET", 400, "invalid"],
  ["/v1/records?limit=5&limit=6", "GET", 400, "invalid"],
  ["/v1/records?cursor=%7B", "GET", 400, "invalid"],
  ["/v1/records?everything=1", "GET", 400, "invalid"],
  ["/v1/changes?after=-1", "GET", 400, "invalid"],
  ["/v1/customers/cus_nothing", "GET", 404, "not_found"],
  ["/v1/customers/%ff", "GET", 404, "not_found"],
])("%s %s → %i", async (path, method, status, code) => {
  expect(await call(path, { method })).toMatchObject({ status, body: { code } });
});

test("other people's objects answer exactly as what does not exist", async () => {
  const strip = (answer: Awaited<ReturnType<typeof call>>, id: string) =>
    JSON.stringify({ ...answer.body, requestId: "" }).replaceAll(id, "ID");
  const missing = { customer: newId("customer"), connection: newId("connection"), stream: newId("stream"), endpoint: newId("endpoint") };
  const paths = [
    ["GET", (at: { customer: string }) => `/v1/customers/${at.customer}`, "customer"],
    ["GET", (at: { connection: string }) => `/v1/connections/${at.connection}`, "connection"],
    ["DELETE", (at: { connection: string }) => `/v1/connections/${at.connection}`, "connection"],
    ["POST", (at: { stream: string }) => `/v1/streams/${at.stream}/sync`, "stream"],
    ["GET", (at: { stream: string }) => `/v1/records/${recordId(at.stream, "1")}/lineage`, "stream"],
    ["DELETE", (at: { endpoint: string }) => `/v1/webhook-endpoints/${at.endpoint}`, "endpoint"],
  ] as const;
  for (const [method, path, kind] of paths) {
    const foreign = await call(path(other), { method });
    const absent = await call(path(missing), { method });
    expect(foreign.status, path(other)).toBe(404);
    expect(strip(foreign, other[kind])).toBe(strip(absent, missing[kind]));
  }
  expect((await call(`/v1/records?stream=${other.stream}`)).body.items).toEqual([]);
});

test("customers: created once, renamed, found by the vendor's id, paged to the end", async () => {
  const made = await call("/v1/customers", { method: "POST", body: { externalId: "hooli", name: "Hooli" } });
  expect(made).toMatchObject({ status: 200, body: { externalId: "hooli", name: "Hooli" } });
  const again = await call("/v1/customers", { method: "POST", body: { externalId: "hooli", name: "Hooli XYZ" } });
  expect(again.body).toMatchObject({ id: made.body.id, name: "Hooli XYZ" });
  expect((await call("/v1/customers?externalId=hooli")).body.items).toHaveLength(1);
  const first = await call("/v1/customers?limit=1");
  const second = await call(`/v1/customers?limit=1&cursor=${first.body.next}`);
  expect([...first.body.items, ...second.body.items].map((c: { id: string }) => c.id)).toEqual([scene.customer, made.body.id]);
  expect(second.body.next).toBeNull();
});

test("a filter names a customer by either id; one that is nobody is said, not answered with nothing", async () => {
  const [{ external_id: own }] = (await owner`select external_id from customers where id = ${scene.customer}`) as unknown as [
    { external_id: string },
  ];
  for (const name of [own, scene.customer]) {
    expect((await call(`/v1/records?limit=1000&customer=${name}`)).body.items).toHaveLength(25);
    expect((await call(`/v1/connections?customer=${name}`)).body.items).toHaveLength(1);
  }
  for (const path of ["/v1/records?customer=nobody", "/v1/changes?customer=nobody", `/v1/connections?customer=${other.customer}`]) {
    expect((await call(path)).status, path).toBe(404);
  }
});

test("a NUL character is refused wherever it stands", async () => {
  for (const path of ["/v1/customers/%00", "/v1/connections/%00", "/v1/records?model=%00", "/v1/changes?customer=%00"]) {
    expect((await call(path)).status, path).toBe(400);
  }
  const nested = { customer: { id: "a\u0000b", name: "x" } };
  expect((await call("/v1/embed-sessions", { method: "POST", body: nested })).status).toBe(400);
  const cursor = Buffer.from(JSON.stringify([scene.stream, "\u0000"])).toString("base64url");
  expect((await call(`/v1/records?cursor=${cursor}`)).status).toBe(400);
});

test("an embed session is minted for an allowed origin and opens with its token", async () => {
  const answer = await call("/v1/embed-sessions", { method: "POST", body: { customer: { id: "soylent", name: "Soylent" }, user: "Ann" } });
  expect(answer).toMatchObject({
    status: 201,
    body: { token: expect.stringMatching(/^ems_test_[\w-]{43}$/), customerId: expect.stringMatching(/^cus_/) },
  });
  const life = Date.parse(answer.body.expiresAt) - Date.now();
  expect(life).toBeGreaterThan(9 * 60_000);
  expect(life).toBeLessThanOrEqual(10 * 60_000);
  const [stored] = await owner`select token_hash from embed_sessions where customer_id = ${answer.body.customerId}`;
  expect(JSON.stringify(stored)).not.toContain(answer.body.token);
});

test("records page to the end without gap or repeat", async () => {
  const ids: string[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const { body }: { body: { items: { id: string }[]; next: string | null } } = await call(
      `/v1/records?model=contact&limit=10${cursor ? `&cursor=${cursor}` : ""}`,
    );
    ids.push(...body.items.map((record) => record.id));
    cursor = body.next;
    pages++;
  } while (cursor && pages < 10);
  expect(pages).toBe(3);
  expect(new Set(ids).size).toBe(25);
  const { body } = await call("/v1/records?limit=1&source=true");
  expect(body.items[0].source).toMatchObject({ id: "1" });
  const lineage = await call(`/v1/records/${body.items[0].id}/lineage`);
  expect(lineage.body).toMatchObject({ recordId: body.items[0].id, direction: "pull", changedAt: body.items[0].updatedAt });
  expect(lineage.body.fields[0]).toMatchObject({ field: "email", value: "p1@globex.example", mapped: { layer: "template", version: 1 } });
});

async function change(from: number, to: number) {
  const scope = { environment_id: scene.environment, customer_id: scene.customer };
  await owner.begin(async (tx) => {
    for (let seq = from; seq <= to; seq++) {
      await tx`insert into changes (stream_id, seq, environment_id, customer_id, external_id, op, at)
        values (${scene.stream}, ${seq}, ${scene.environment}, ${scene.customer}, ${String(seq)}, 'created', now())`;
    }
  });
  await insert(owner, "feed_pages", { stream_id: scene.stream, seq_from: from, seq_to: to, ...scope, at: new Date() });
}

test("the feed pages to the end, and a long poll answers as soon as there is something", async () => {
  await change(1, 7);
  const first = await call("/v1/changes?limit=5");
  expect(first.body).toMatchObject({ next: 5, latest: 7 });
  const rest = await call(`/v1/changes?after=${first.body.next}&limit=5`);
  expect([...first.body.items, ...rest.body.items].map((c: { position: number }) => c.position)).toEqual([1, 2, 3, 4, 5, 6, 7]);

  const started = performance.now();
  const waiting = call("/v1/changes?after=7&wait=5");
  await new Promise((resolve) => setTimeout(resolve, 300));
  await change(8, 8);
  expect((await waiting).body).toMatchObject({ items: [{ position: 8, record: { email: "p8@globex.example" } }], next: 8 });
  expect(performance.now() - started).toBeLessThan(3_000);
  expect((await call("/v1/changes?after=8&wait=0.2")).body).toEqual({ items: [], next: 8, latest: 8 });
});

test("Postgres away: 503 with words, not a stack", async () => {
  const away = testDeps("postgres://postgres@127.0.0.1:1/nothing");
  const error = vi.spyOn(away.log, "error");
  const request = new Request("http://x/v1/customers", { headers: { authorization: "Bearer sk_test_whatever" } });
  const response = await handleRest(away, request);
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("2");
  expect(await response.json()).toMatchObject({ code: "platform_error", detail: expect.stringMatching(/database does not answer/) });
  expect(error).toHaveBeenCalledOnce();
  await away.db.close();
});

test("the OpenAPI document has every operation, all references resolve, and docs show each", async () => {
  const text = JSON.stringify(openApiDocument());
  const document = JSON.parse(text);
  const schemas = Object.keys(document.components.schemas);
  for (const [, name] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) expect(schemas).toContain(name);
  expect(text).not.toContain("$defs");
  const docs = await (await handleRest(deps, new Request("http://x/v1/docs"))).text();
  for (const { path, method, summary } of OPERATIONS) {
    expect(document.paths[path][method.toLowerCase()].summary).toBe(summary);
    expect(docs).toContain(path);
  }
  expect(docs).not.toMatch(/<script|https?:\/\/(?!json-schema)/);
});

test("what is asked wrongly is answered in words for a program's author: the address, the key, the number", async () => {
  expect(await call("/v1/nothing")).toMatchObject({
    status: 404,
    body: { code: "not_found", title: "No such path.", next: "Check the address", detail: expect.stringContaining("/v1/docs") },
  });
  expect((await call("/v1/customers", { key: "sk_test_nobodyknowsit" })).body).toMatchObject({ next: "Send a valid secret key" });
  for (const [path, detail] of [
    ["/v1/changes?after=abc", "after: must be a number, not a text."],
    ["/v1/records?limit=0", "limit: must be at least 1."],
    ["/v1/records?limits=5", 'limits: is not known here; did you mean "limit"?'],
  ])
    expect(await call(path!)).toMatchObject({ status: 400, body: { detail } });
  for (const path of ["/v1/records?model=contcat", "/v1/changes?model=contcat"])
    expect(await call(path)).toMatchObject({ status: 404, body: { detail: 'No model "contcat" here; there are contact.' } });
});
