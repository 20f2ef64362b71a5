import { describe, expect, test } from "vitest";
import { submitApiKey } from "#server/domains/connections/submit-api-key";
import { codeOf, connecting } from "#tests/support/connecting";
import type { Source } from "./source";

const t = connecting();

async function drain(source: Source, from: string | null) {
  const records = new Map<string, unknown>();
  let cursor = from;
  let pages = 0;
  for (;;) {
    const page = await source.readPage(cursor);
    expect(page.faults).toEqual([]);
    for (const { id, value } of page.records) records.set(id, value);
    cursor = page.cursor;
    pages++;
    if (page.done) return { records, cursor, pages };
  }
}
const truth = async (path: string) =>
  (await (await fetch(`${t.origin}/_truth/${path}`)).text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string });

async function byKey() {
  await t.owner`update integrations set connector_key = 'sandbox-crm', auth_key = 'key' where id = ${t.scene.integration}`;
  const outcome = await submitApiKey(t.ctx(), { integrationId: t.scene.integration, fields: { key: "sbx_demo_key" } });
  if (outcome.outcome !== "connected") throw new Error(outcome.outcome);
  return t.source(outcome.connectionId);
}
async function bySignIn() {
  const outcome = await t.connect("4711001");
  if (outcome.outcome !== "connected") throw new Error(outcome.outcome);
  return t.source(outcome.connectionId);
}

describe.each([
  ["by key, cursor and a time filter", "sandbox-crm", byKey, "sandbox-crm/contacts"],
  ["by OAuth, listing and a search", "hubspot", bySignIn, "hubspot/contacts?portal=4711001"],
] as const)("%s", (_, service, open, path) => {
  test("everything is read, then only what changed, and a change in between is not missed", async () => {
    const source = await open();
    const first = await drain(source, null);
    const held = await truth(path);
    expect(first.records.size).toBe(held.length);
    expect(held.every((record) => first.records.has(record.id))).toBe(true);

    const none = await drain(source, first.cursor);
    expect(none.pages).toBe(service === "hubspot" ? 2 : 1); // HubSpot names its deletions first, on a page of their own
    const where = service === "hubspot" ? { service, portal: "4711001" } : { service };
    const { changed } = (await (await t.control({ ...where, change: { count: 333 } })).json()) as { changed: number };
    const changes = await drain(source, none.cursor);
    expect(changed).toBe(333);
    expect(changes.records.size).toBeGreaterThanOrEqual(333);
    expect(changes.records.size).toBeLessThan(400);
    const again = await drain(source, changes.cursor);
    expect([...again.records.keys()].filter((id) => !changes.records.has(id))).toEqual([]);
  });

  test.each([
    [{ kind: "truncate" }, "provider_unavailable"],
    [{ kind: "reset" }, "provider_unavailable"],
    [{ kind: "status", status: 500 }, "provider_unavailable"],
    [{ kind: "status", status: 429, retryAfter: 1 }, "provider_rate_limited"],
    [{ kind: "html200" }, "provider_invalid_response"],
    [{ kind: "status", status: 404 }, "provider_invalid_response"],
  ])("%j is an error, never an end", async (fault, code) => {
    const source = await open();
    const { cursor } = await source.readPage(null);
    await t.control({ fail: { ...fault, count: 9 } });
    expect(await codeOf(source.readPage(cursor))).toBe(code);
    await t.control({ fail: null });
    expect((await source.readPage(cursor)).records.length).toBeGreaterThan(0);
  });

  test("a cursor that runs in a circle is said to", async () => {
    const source = await open();
    await t.control({ fail: { kind: "cursor_loop", count: 99 } });
    expect(await codeOf(drain(source, null))).toBe("provider_cursor_loop");
  });
});
