import { afterAll, beforeAll, expect, test } from "vitest";
import { openTiny, startTiny, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const CHANGES = JSON.stringify({
  mode: "changes",
  since: "2026-01-01T00:00:00.000Z",
  startedAt: null,
  page: null,
  rows: 0,
  mark: null,
  steps: 0,
  power: 1,
});
const sent = async (object: object, cursor: string | null = CHANGES): Promise<unknown> => {
  tiny.state.answer = () => ({ body: { data: [] } });
  await openTiny(tiny.origin, tinyManifest(object), NOW).readPage(cursor);
  return JSON.parse(tiny.state.asked.at(-1)?.body ?? "");
};
const list = { method: "POST", path: "/search", body: {} };
const changes = { format: "unix_ms", inclusive: true, lookbackMs: 0 };
const MS = Date.parse("2026-01-01T00:00:00Z");

test("moments that are numbers are numbers in a body, by place and by hole; with a template they are text", async () => {
  const at = (name: string, template?: string) => ({ in: "body", name, ...(template ? { template } : {}) });
  expect(await sent({ list, changes: { ...changes, since: at("filter.gte") } })).toEqual({ filter: { gte: MS } });
  expect(await sent({ list, changes: { ...changes, format: "unix_s", since: at("gte") } })).toEqual({ gte: MS / 1_000 });
  expect(await sent({ list, changes: { ...changes, since: at("gte", "{value}") } })).toEqual({ gte: String(MS) });
  expect(await sent({ list, changes: { ...changes, format: "iso_s", since: at("gte") } })).toEqual({ gte: "2026-01-01T00:00:00Z" });
  const request = { ...list, body: { gte: "{since}", text: "after {since}" } };
  expect(await sent({ list, changes: { ...changes, request } })).toEqual({ gte: MS, text: `after ${MS}` });
});

test("pages, offsets and limits are numbers where a hole stands alone, and tokens are texts", async () => {
  const body = { page: "{page}", size: "{limit}", both: "{page}/{limit}" };
  const limit = { value: 50 };
  expect(await sent({ list: { ...list, body }, pagination: { type: "page", limit } }, null)).toEqual({ page: 1, size: 50, both: "1/50" });
  const offset = { list: { ...list, body: { start: "{offset}", from: "{from}" } }, pagination: { type: "offset", first: 1 } };
  expect(await sent(offset, null)).toEqual({ start: 1, from: 1 });
  const scroll = { list: { ...list, body: { after: "{page}" } }, pagination: { type: "cursor", next: "next" } };
  expect(await sent(scroll, CHANGES.replace('"page":null', '"page":"17"').replace('"changes"', '"full"'))).toEqual({ after: "17" });
});
