import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { type Asked, drainTiny, openTiny, startTiny, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const drain = (object: object) => {
  tiny.state.asked.length = 0;
  return drainTiny(() => openTiny(tiny.origin, tinyManifest(object), NOW));
};
const asked = (path: string): Asked[] => tiny.state.asked.filter((one) => one.path.startsWith(path));

describe("ids, and nothing else", () => {
  const json = { "content-type": "application/json" };
  test("bare ids, numbers among them: each is fetched by its id, and has another one in itself", async () => {
    tiny.state.answer = ({ path }) =>
      path === "/things"
        ? { headers: json, body: '{"ids":[1,"b",9007199254740993]}' }
        : { body: { thing: { uid: `u${path.split("/").at(-1)}` } } };
    const { ids } = await drain({ records: "ids", id: "uid", get: { request: { path: "/thing/{id}" }, id: "$", record: "thing" } });
    expect(ids).toEqual(["u1", "ub", "u9007199254740993"]);
  });
  test("of a map, and as elements of markup, one among them", async () => {
    const get = { request: { path: "/thing/{id}" }, id: "$", record: "thing" };
    tiny.state.answer = ({ path }) => {
      const id = path.split("/").at(-1);
      const xml = path === "/things" ? "<ids><id>7</id></ids>" : `<thing><id>${id}</id></thing>`;
      return { headers: { "content-type": "text/xml" }, body: xml };
    };
    expect((await drain({ protocol: { type: "xml" }, records: "ids.id", get })).ids).toEqual(["7"]);
  });
  test("pages of ids by the last one", async () => {
    tiny.state.answer = ({ path, query }) => {
      if (path !== "/things") return { body: { id: path.split("/").at(-1) } };
      const after = Number(query.get("after") ?? 0);
      return { body: { ids: [1, 2, 3, 4, 5].filter((id) => id > after).slice(0, 2) } };
    };
    const pagination = { type: "keyset", place: { in: "query", name: "after" } };
    expect((await drain({ records: "ids", pagination, get: { request: { path: "/t/{id}" }, id: "$" } })).ids).toEqual([
      "1",
      "2",
      "3",
      "4",
      "5",
    ]);
  });
});

describe("many at once", () => {
  test("a source that gives fewer than it is asked for has not deleted the others: they are asked for again", async () => {
    for (const gone of [true, false]) {
      tiny.state.answer = ({ path, query }) => {
        if (path === "/things") return { body: { data: Array.from({ length: 7 }, (_, n) => ({ id: `n${n}` })) } };
        const ids = (query.get("ids") ?? "").split(",").filter((id) => id !== "n5"); // n5 is deleted
        return { body: { data: ids.slice(0, 3).map((id) => ({ id })) } };
      };
      const get = { request: { path: "/many", query: { ids: "{ids}" } }, batch: { size: 10, records: "data", gone } };
      const page = await openTiny(tiny.origin, tinyManifest({ get }), NOW).readPage(null);
      expect([page.records.map(({ id }) => id), page.deleted]).toEqual([["n0", "n1", "n2", "n3", "n4", "n6"], gone ? ["n5"] : []]);
    }
  });
  const rows = Array.from({ length: 5 }, (_, n) => ({ id: `n${n}` }));
  const one = (id: string) => ({ item: { id, name: id.toUpperCase() } });
  test("many at once, in a parameter or as a list in a body; what does not come is gone", async () => {
    tiny.state.answer = ({ path, query, body }) => {
      if (path === "/things") return { body: { data: rows } };
      const ids: string[] = query.has("ids") ? (query.get("ids") ?? "").split("|") : JSON.parse(body).ids;
      return { body: { found: ids.filter((id) => id !== "n1").map(one) } };
    };
    const batch = { size: 2, records: "found", join: "|" };
    const byQuery = await drain({ get: { request: { path: "/many", query: { ids: "{ids}" } }, record: "item", batch } });
    expect(byQuery.ids).toEqual(["n0", "n2", "n3", "n4"]);
    expect(byQuery.records[0]?.value).toEqual({ id: "n0", name: "N0" });
    // What did not come is asked for once more.
    expect(
      asked("/many")
        .map(({ query }) => query.get("ids"))
        .toSorted(),
    ).toEqual(["n0|n1", "n1", "n2|n3", "n4"]);
    const body = { ids: "{ids}", text: "id in ({ids})" };
    const byBody = await drain({ get: { request: { method: "POST", path: "/many", body }, record: "item", batch } });
    expect(byBody.ids).toEqual(byQuery.ids);
    expect(JSON.parse(asked("/many")[0]?.body ?? "")).toEqual({ ids: ["n0", "n1"], text: "id in (n0|n1)" });
  });
  test("an answer without the list is an error, and not that all are gone", async () => {
    tiny.state.answer = ({ path }) => ({ body: path === "/things" ? { data: rows } : { note: "later" } });
    const get = { request: { path: "/many", query: { ids: "{ids}" } }, batch: { size: 100, records: "found" } };
    const code = await drain({ get }).then(
      () => null,
      (error) => isAppError(error) && error.code,
    );
    expect(code).toBe("provider_invalid_response");
  });
  test("a request that names none of them is refused where it is written", () => {
    expect(() => tinyManifest({ get: { request: { path: "/many" }, batch: { size: 10, records: "found" } } })).toThrow(/\{ids\}/);
    expect(() => tinyManifest({ get: { request: { path: "/one" } } })).toThrow(/\{id\}/);
  });
});

describe("one that is named and is not there", () => {
  const rows = ["a", "b", "c"].map((id) => ({ id }));
  const deletedBy = async (get: object) => {
    const page = await openTiny(tiny.origin, tinyManifest({ get }), NOW).readPage(null);
    return { ids: page.records.map(({ id }) => id), deleted: page.deleted };
  };
  const one = (status: number, body: object) => {
    tiny.state.answer = ({ path }) =>
      path === "/things" ? { body: { data: rows } } : path.endsWith("b") ? { status, body } : { body: { id: path.slice(-1) } };
  };
  const request = { path: "/thing/{id}" };
  test("is passed over, and deleted only where its answer is declared to say so", async () => {
    one(404, { code: "deleted" });
    expect(await deletedBy({ request })).toEqual({ ids: ["a", "c"], deleted: [] });
    const gone = [{ status: 404, path: "code", equals: "deleted" }];
    expect(await deletedBy({ request, gone })).toEqual({ ids: ["a", "c"], deleted: ["b"] });
    one(404, { code: "no route" });
    expect(await deletedBy({ request, gone })).toEqual({ ids: ["a", "c"], deleted: [] });
    one(200, { state: "trashed" });
    expect((await deletedBy({ request, gone: [{ status: 200, path: "state", equals: "trashed" }] })).deleted).toEqual(["b"]);
  });
  test("among many: where that is declared, and all that came are known by the ids that were named", async () => {
    const many = (found: object[]) => {
      tiny.state.answer = ({ path }) => ({ body: path === "/things" ? { data: rows } : { found } });
    };
    const batch = (gone: boolean) => ({ request: { path: "/many", query: { ids: "{ids}" } }, batch: { size: 9, records: "found", gone } });
    many([{ id: "a" }, { id: "c" }]);
    expect((await deletedBy(batch(false))).deleted).toEqual([]);
    expect((await deletedBy(batch(true))).deleted).toEqual(["b"]);
    many([{ id: "u-a" }]);
    expect((await deletedBy(batch(true))).deleted).toEqual([]);
    many([{ id: "a" }, { name: "?" }]);
    expect((await deletedBy(batch(true))).deleted).toEqual([]);
    many([]);
    expect((await deletedBy(batch(true))).deleted).toEqual(["a", "b", "c"]);
  });
});
