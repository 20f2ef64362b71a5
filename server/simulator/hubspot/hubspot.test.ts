import { connect as connectSocket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Simulator, startSimulator } from "#server/simulator/start";
import { connect } from "#server/simulator/visitor";
import { DEFAULT_SIZES } from "#server/simulator/world/world";

vi.setConfig({ testTimeout: 20_000 }); // loopback HTTP beside a busy build

type Row = { id: string; properties: Record<string, string | null>; updatedAt: string; archived: boolean };
type List = { results: Row[]; total?: number; paging?: { next: { after: string; link?: string } } };

const SCOPES = ["oauth", "crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.companies.read"];
const sizes = { ...DEFAULT_SIZES, hubspot: { contacts: 2_350, companies: 40, deals: 10 } };
let sim: Simulator;
let token: string;
beforeAll(async () => {
  sim = await startSimulator({ sizes });
  token = (await connect(sim.origin, { scopes: SCOPES })).accessToken;
});
afterAll(() => sim.stop());

const call = (path: string, init: RequestInit = {}) =>
  fetch(`${sim.origin}/api.hubapi.com${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
  });
const get = async (path: string) => (await (await call(path)).json()) as List;
const send = (method: string, path: string, body?: unknown) => call(path, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
const search = async (body: unknown) => (await (await send("POST", "/crm/v3/objects/contacts/search", body)).json()) as List;
const control = (body: unknown) => fetch(`${sim.origin}/_control`, { method: "POST", body: JSON.stringify(body) });
const truth = async (origin = sim.origin): Promise<Row[]> => {
  const text = await (await fetch(`${origin}/_truth/hubspot/contacts?portal=4711001`)).text();
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
};

describe("lists", () => {
  it("page to the end and give exactly the truth", async () => {
    const seen: Row[] = [];
    let after: string | undefined;
    do {
      const page = await get(
        `/crm/v3/objects/contacts?limit=100&properties=email,firstname&properties=phone${after ? `&after=${after}` : ""}`,
      );
      seen.push(...page.results);
      after = page.paging?.next.after;
    } while (after);
    const held = await truth();
    expect(seen.map((row) => row.id)).toEqual(held.map((row) => row.id));
    expect(seen.map((row) => row.properties["phone"])).toEqual(held.map((row) => row.properties["phone"] ?? null));
    expect(Object.keys(seen[0]!.properties)).toEqual(["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "phone"]);
  });

  it("show a property that was renamed under its new name only", async () => {
    await control({ service: "hubspot", portal: "4711001", renamed: { loyalty_tier: "customer_tier" } });
    const [row] = (await get("/crm/v3/objects/contacts?limit=1&properties=customer_tier,loyalty_tier")).results;
    expect(Object.keys(row!.properties)).toEqual(["createdate", "customer_tier", "hs_object_id", "lastmodifieddate"]);
    expect(row!.properties["customer_tier"]).toMatch(/^(bronze|silver|gold)$/);
    const described = (await get("/crm/v3/properties/contacts")) as unknown as { results: { name: string; label: string }[] };
    expect(described.results.filter(({ name }) => name.endsWith("_tier"))).toMatchObject([
      { name: "customer_tier", label: "Customer tier" },
    ]);
    await control({ service: "hubspot", portal: "4711001", renamed: {} });
  });

  it("name the next page by a link that can be followed", async () => {
    const page = await get("/crm/v3/objects/contacts?limit=3");
    const next = (await (await fetch(page.paging!.next.link!, { headers: { authorization: `Bearer ${token}` } })).json()) as List;
    expect(Number(next.results[0]!.id)).toBe(Number(page.results[2]!.id) + 1);
  });

  it("refuse a limit above 100 and a cursor that is none, as HubSpot does", async () => {
    for (const query of ["limit=101", "limit=0", "after=nonsense"]) {
      const response = await call(`/crm/v3/objects/contacts?${query}`);
      expect([response.status, ((await response.json()) as { category: string }).category]).toEqual([400, "VALIDATION_ERROR"]);
    }
  });
});

describe("search", () => {
  it("finds what changed since a time, oldest first, also when many share one time", async () => {
    const before = Date.now();
    await control({ service: "hubspot", portal: "4711001", change: { count: 450 } });
    const filterGroups = [{ filters: [{ propertyName: "lastmodifieddate", operator: "GTE", value: new Date(before).toISOString() }] }];
    const ids = new Set<string>();
    let after: string | undefined;
    do {
      const sorts = [{ propertyName: "lastmodifieddate", direction: "ASCENDING" }];
      const page = await search({ filterGroups, sorts, limit: 200, ...(after ? { after } : {}) });
      expect(page.total).toBe(450);
      for (const row of page.results) ids.add(row.id);
      after = page.paging?.next.after;
    } while (after);
    expect(ids.size).toBe(450);
    expect((await truth()).filter((row) => Date.parse(row.updatedAt) >= before).every((row) => ids.has(row.id))).toBe(true);
  });

  it("compares as told, with times as ISO text or milliseconds", async () => {
    const held = await truth();
    const middle = Date.parse(held[7]!.updatedAt);
    const filter = (operator: string, value: unknown) => ({
      filterGroups: [{ filters: [{ propertyName: "lastmodifieddate", operator, value }] }],
      limit: 1,
    });
    const count = (test: (time: number) => boolean) => held.filter((row) => test(Date.parse(row.updatedAt))).length;
    expect((await search(filter("LT", String(middle)))).total).toBe(count((time) => time < middle));
    expect((await search(filter("LTE", new Date(middle).toISOString()))).total).toBe(count((time) => time <= middle));
    expect((await search(filter("GT", middle))).total).toBe(count((time) => time > middle));
    expect((await search(filter("EQ", middle))).total).toBe(count((time) => time === middle));
    const byEmail = await search({
      filterGroups: [{ filters: [{ propertyName: "email", operator: "EQ", value: held[3]!.properties["email"] }] }],
    });
    expect(byEmail.results.map((row) => row.id)).toEqual([held[3]!.id]);
  });

  it("stops at 10,000 results and at 200 a page", async () => {
    expect((await send("POST", "/crm/v3/objects/contacts/search", { after: "10000" })).status).toBe(400);
    expect((await send("POST", "/crm/v3/objects/contacts/search", { limit: 201 })).status).toBe(400);
  });
});

describe("single records", () => {
  it("are created, read, changed and archived, and each change moves the last-modified time", async () => {
    const created = (await (await send("POST", "/crm/v3/objects/contacts", { properties: { email: "new@example.com" } })).json()) as Row;
    const path = `/crm/v3/objects/contacts/${created.id}`;
    const changed = (await (await send("PATCH", path, { properties: { firstname: "Nina" } })).json()) as Row;
    expect(changed.properties).toMatchObject({ email: "new@example.com", firstname: "Nina" });
    expect(Date.parse(changed.updatedAt)).toBeGreaterThanOrEqual(Date.parse(created.updatedAt));
    expect((await send("DELETE", path)).status).toBe(204);
    expect((await call(path)).status).toBe(404);
    expect((await get("/crm/v3/objects/contacts?archived=true&limit=100")).results.map((row) => row.id)).toEqual([created.id]);
    expect((await truth()).some((row) => row.id === created.id)).toBe(false);
  });

  it("refuse properties that do not exist, and bodies that are no JSON", async () => {
    const [first] = await truth();
    expect((await send("PATCH", `/crm/v3/objects/contacts/${first!.id}`, { properties: { nonsense: "x" } })).status).toBe(400);
    expect((await call("/crm/v3/objects/contacts/search", { method: "POST", body: "{" })).status).toBe(400);
  });

  it("are read in a batch, what is missing being counted", async () => {
    const held = await truth();
    const body = { inputs: [{ id: held[0]!.id }, { id: "999" }], properties: ["email"], propertiesWithHistory: [] };
    const response = await send("POST", "/crm/v3/objects/contacts/batch/read", body);
    expect(response.status).toBe(207);
    expect(await response.json()).toMatchObject({ numErrors: 1, results: [{ id: held[0]!.id }] });
  });
});

describe("scripted faults", () => {
  it("limits the rate with Retry-After and HubSpot's body", async () => {
    await control({ ratePer10s: 0 });
    const response = await call("/crm/v3/objects/contacts");
    await control({ ratePer10s: 100_000 });
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await response.json()).toMatchObject({ category: "RATE_LIMITS", policyName: "TEN_SECONDLY_ROLLING" });
  });

  it("plays each as often as told and then works again", async () => {
    await control({ fail: { kind: "status", status: 502, retryAfter: 7, count: 2, match: "/crm/" } });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await call("/crm/v3/objects/contacts")).status);
    expect(statuses).toEqual([502, 502, 200]);
    await control({ fail: { kind: "html200" } });
    const page = await call("/crm/v3/objects/contacts");
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html"]);
    await control({ fail: { kind: "reset" } });
    await expect(call("/crm/v3/objects/contacts")).rejects.toThrow();
    await control({ fail: { kind: "truncate" } });
    await expect(call("/crm/v3/objects/contacts").then((response) => response.text())).rejects.toThrow();
    const [first] = await truth();
    await control({ fail: { kind: "cursor_loop" } });
    expect((await get(`/crm/v3/objects/contacts?after=${first!.id}`)).paging!.next.after).toBe(first!.id);
    await control({ fail: { kind: "hang" } });
    await expect(call("/crm/v3/objects/contacts", { signal: AbortSignal.timeout(150) })).rejects.toThrow();
    expect((await call("/crm/v3/objects/contacts")).status).toBe(200);
  });

  it("refuses commands it does not know, and pages of other origins", async () => {
    expect((await control({ nonsense: 1 })).status).toBe(400);
    const foreign = await fetch(`${sim.origin}/_control`, { method: "POST", headers: { origin: "https://evil.example" }, body: "{}" });
    expect(foreign.status).toBe(403);
  });
});

describe("odd requests", () => {
  it("get an answer and leave the simulator running", async () => {
    const raw = (request: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connectSocket(Number(new URL(sim.origin).port), "127.0.0.1", () => socket.write(request));
        let answer = "";
        socket.setEncoding("utf8").on("data", (chunk: string) => {
          answer += chunk;
          socket.end();
        });
        socket.on("close", () => resolve(answer));
        socket.on("error", reject);
      });
    expect(await raw("GET // HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")).toContain("404");
    expect(await raw("GET / HTTP/1.1\r\nhost: rebound.example\r\n\r\n")).toContain("421");
    expect((await call("/oauth/v1/access-tokens/%E0%A4%A")).status).toBe(404);
    expect((await call("/crm/v3/objects/contacts/%00")).status).toBe(404);
    expect((await fetch(`${sim.origin}/_health`)).status).toBe(200);
  });
});
