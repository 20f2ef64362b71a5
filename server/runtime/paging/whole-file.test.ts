import { afterAll, expect, test } from "vitest";
import { csv } from "#tests/support/tiny-job";
import { drainTiny, openTiny, startTiny, tinyManifest } from "#tests/support/tiny-source";

const tiny = await startTiny();
afterAll(() => tiny.stop());

const csvOf = (ids: readonly string[]) => ["id,name", ...ids.map((id) => `${id},"name, ${id}"`)].join("\n");
const IDS = Array.from({ length: 8 }, (_, n) => String(n));
const file = { request: { path: "/report.csv" }, protocol: { type: "csv" }, pageRows: 3 };
const manifest = (over: object = {}) =>
  tinyManifest({ list: undefined, updatedAt: undefined, deletes: { by: "scan" }, file: { ...file, ...over } });
const open = (over: object = {}) => openTiny(tiny.origin, manifest(over));
const answer = (ids: readonly string[]) => {
  tiny.state.asked.length = 0;
  tiny.state.answer = () => csv(csvOf(ids));
};

test("is read in pages, gone on with where it stands, and fetched once by who keeps it open", async () => {
  answer(IDS);
  const source = open();
  const { ids, pages } = await drainTiny(() => source);
  expect([ids, pages, tiny.state.asked.length]).toEqual([IDS, 3, 1]);
});

test("another process fetches it again and goes on at the row", async () => {
  answer(IDS);
  const { ids } = await drainTiny(() => open());
  expect([ids, tiny.state.asked.length]).toEqual([IDS, 3]);
});

test("when a row before has gone meanwhile, none is passed over: everything is read anew, as a whole", async () => {
  answer(IDS);
  const first = await open().readPage(null);
  expect(first.scan).toEqual({ first: true, trusted: true });
  answer(IDS.slice(1));
  const changed = await open().readPage(first.cursor);
  expect([changed.records, changed.done]).toEqual([[], false]);
  const again = await open().readPage(changed.cursor);
  expect(again.scan).toEqual({ first: true, trusted: true });
  expect((await drainTiny(() => open(), changed.cursor)).ids).toEqual(IDS.slice(1));
});

test("one that has become shorter is read anew as well, and one that never stays the same is an error", async () => {
  answer(IDS);
  let { cursor } = await open().readPage(null);
  answer(IDS.slice(0, 2));
  expect((await drainTiny(() => open(), cursor)).ids).toEqual(["0", "1"]);
  const read = async () => {
    for (let n = 1; n < 20; n++) {
      answer(IDS.map((id) => `${n}-${id}`));
      ({ cursor } = await open().readPage(cursor));
    }
  };
  await expect(read()).rejects.toMatchObject({ code: "provider_invalid_response" });
});

test("one that is not there is an error, and never an empty list", async () => {
  tiny.state.answer = () => ({ status: 404, body: {} });
  await expect(open().readPage(null)).rejects.toMatchObject({ code: "provider_invalid_response" });
});

test("an answer may take as long as its request says", async () => {
  tiny.state.answer = () => csv(csvOf(IDS));
  const slow = tinyManifest({ list: { path: "/things", timeoutMs: 600_000 } });
  const asked: (number | undefined)[] = [];
  const { objectSource } = await import("./object-source");
  const facts = { method: "GET", path: "/", status: 200, ms: 1, bytes: 1, retries: 0 };
  const send = async ({ timeoutMs }: { timeoutMs?: number | undefined }) => {
    asked.push(timeoutMs);
    return { json: { data: [] }, headers: {}, url: "https://api.example.com/", suspicious: false, facts };
  };
  await objectSource({ send, manifest: slow, nowMs: Date.now }, "thing").readPage(null);
  expect(asked).toEqual([600_000]);
});
