import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Simulator, startSimulator } from "#server/simulator/start";

vi.setConfig({ testTimeout: 20_000 }); // loopback HTTP beside a busy build

type Row = { id: string; updated_at: string; properties: { email: string | null }; deleted?: boolean };
type Page = { data: Row[]; next_cursor: string | null; total: number; total_pages: number };

let sim: Simulator;
beforeAll(async () => {
  sim = await startSimulator();
});
afterAll(() => sim.stop());

const call = (path: string, init: RequestInit = {}) =>
  fetch(`${sim.origin}/api.sandbox-crm.example/v1/${path}`, { ...init, headers: { "x-api-key": "sbx_demo_key" } });
const get = async (path: string) => (await (await call(path)).json()) as Page;
const control = (body: unknown) => fetch(`${sim.origin}/_control`, { method: "POST", body: JSON.stringify(body) });
const truth = async () =>
  (await (await fetch(`${sim.origin}/_truth/sandbox-crm/contacts`)).text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
const all = async (query: string) => {
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await get(`contacts?${query}${cursor ? `&cursor=${cursor}` : ""}`);
    rows.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor);
  return rows;
};

describe("the sandbox CRM", () => {
  it("opens an account for every key, always the same one, and for nothing else", async () => {
    const me = async (key: string) => {
      const response = await fetch(`${sim.origin}/api.sandbox-crm.example/v1/me`, { headers: { "x-api-key": key } });
      return [response.status, ((await response.json()) as { id?: string }).id];
    };
    expect(await me("sbx_demo_key")).toEqual([200, "acct_demo"]);
    expect(await me("sbx_other")).toEqual(await me("sbx_other"));
    expect((await me("sbx_other"))[1]).not.toBe((await me("sbx_another"))[1]);
    expect((await me("wrong"))[0]).toBe(401);
  });

  it("gives exactly the truth by cursor, by page and by link", async () => {
    const ids = (await truth()).map((row) => row.id);
    const byCursor = await all("limit=300");
    expect(byCursor.map((row) => row.id).sort()).toEqual(ids);
    const order = (row: Row) => `${row.updated_at} ${row.id}`;
    expect(byCursor.map(order)).toEqual(byCursor.map(order).sort());
    const paged: string[] = [];
    for (let page = 1; page <= (await get("paged/contacts?per_page=300")).total_pages; page++) {
      paged.push(...(await get(`paged/contacts?per_page=300&page=${page}`)).data.map((row) => row.id));
    }
    expect(paged).toEqual(ids);
    const linked: string[] = [];
    let url: string | undefined = `${sim.origin}/api.sandbox-crm.example/v1/linked/contacts?limit=700`;
    while (url) {
      const response: Response = await fetch(url, { headers: { "x-api-key": "sbx_demo_key" } });
      linked.push(...((await response.json()) as Row[]).map((row) => row.id));
      url = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
    }
    expect(linked.sort()).toEqual(ids);
  });

  it("gives what changed since a time, that time included, and tombstones when asked", async () => {
    await control({ service: "sandbox-crm", change: { count: 250 } });
    const since = (await truth())
      .map((row) => row.updated_at)
      .sort()
      .at(-1);
    const changed = await all(`limit=100&updated_since=${since}`);
    expect(changed).toHaveLength(250);
    await call(`contacts/${changed[0]!.id}`, { method: "DELETE" });
    expect((await get(`contacts?updated_since=${since}&limit=1000`)).data).toHaveLength(249);
    const withDeleted = (await get(`contacts?updated_since=${since}&limit=1000&include_deleted=true`)).data;
    expect(withDeleted.filter((row) => row.deleted).map((row) => row.id)).toEqual([changed[0]!.id]);
  });

  it("loses nothing when records change while it is paged", async () => {
    const seen = new Map<string, string>();
    let cursor: string | null = null;
    do {
      const page: Page = await get(`contacts?limit=200${cursor ? `&cursor=${cursor}` : ""}`);
      for (const row of page.data) seen.set(row.id, row.updated_at);
      if (seen.size < 1_000) await control({ service: "sandbox-crm", change: { count: 30 } });
      cursor = page.next_cursor;
    } while (cursor);
    for (const row of await truth()) expect(seen.get(row.id)).toBe(row.updated_at);
  });

  it("can live on a clock of its own, which its Date header tells", async () => {
    await control({ clockAheadMs: 600_000, service: "sandbox-crm", change: { ids: ["ct_000000007"] } });
    const response = await call("contacts/ct_000000007");
    await control({ clockAheadMs: 0 });
    const ahead = Date.parse(response.headers.get("date") ?? "") - Date.now();
    expect(Math.abs(ahead - 600_000)).toBeLessThan(5_000);
    expect(Date.parse(((await response.json()) as Row).updated_at) - Date.now()).toBeGreaterThan(590_000);
    await control({ reset: true });
  });

  it("writes what a record may hold and refuses the rest", async () => {
    const post = (properties: unknown) => call("contacts", { method: "POST", body: JSON.stringify({ properties }) });
    const created = (await (await post({ email: "n@example.com" })).json()) as Row;
    expect(created.id).toMatch(/^ct_\d{9}$/);
    const patched = await call(`contacts/${created.id}`, {
      method: "PATCH",
      body: JSON.stringify({ properties: { email: "m@example.com" } }),
    });
    expect(((await patched.json()) as Row).properties.email).toBe("m@example.com");
    expect((await post({ nonsense: "x" })).status).toBe(400);
    expect((await call("contacts?limit=1001")).status).toBe(400);
    expect((await call("contacts/ct_999999999")).status).toBe(404);
  });
});

describe("writing to the sandbox CRM", () => {
  const write = (path: string, method: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(`${sim.origin}/api.sandbox-crm.example/v1/${path}`, {
      method,
      headers: { "x-api-key": "sbx_writer", "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const person = { properties: { email: "ada@acme.example" } };

  it("makes one record a key, and none twice when the answer was lost", async () => {
    await control({ fail: { kind: "reset", after: true, method: "POST" } });
    const make = () => write("contacts", "POST", person, { "idempotency-key": "k1" });
    await expect(make()).rejects.toThrow();
    const [first, second] = [(await (await make()).json()) as Row, (await (await make()).json()) as Row];
    expect(first.id).toBe(second.id);
    const other = (await (await write("contacts", "POST", person, { "idempotency-key": "k2" })).json()) as Row;
    expect(Number(other.id.slice(3)) - Number(first.id.slice(3))).toBe(1);
  });
  it("refuses a change of what has changed, and tells of a batch record by record", async () => {
    const made = (await (await write("contacts", "POST", person)).json()) as Row;
    const change = { properties: { jobtitle: "Buyer" } };
    expect((await write(`contacts/${made.id}`, "PATCH", change, { "if-match": "2020-01-01T00:00:00.000Z" })).status).toBe(412);
    expect((await write(`contacts/${made.id}`, "PATCH", change, { "if-match": made.updated_at })).status).toBe(200);
    const records = [
      { ref: "1", id: made.id, ...change },
      { ref: "2", properties: { email: "nobody" } },
    ];
    const batch = await write("contacts/batch", "POST", { records });
    expect([batch.status, await batch.json()]).toMatchObject([
      207,
      {
        results: [
          { ref: "1", id: made.id },
          { ref: "2", error: { message: "email is not an address" } },
        ],
      },
    ]);
  });
});
