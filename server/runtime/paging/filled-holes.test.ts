import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { harbourFaults } from "#tests/support/harbour";
import { type Asked, drainTiny, openTiny, startTiny, thing, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const drain = (manifest: ReturnType<typeof tinyManifest>) => {
  tiny.state.asked.length = 0;
  return drainTiny(() => openTiny(tiny.origin, manifest, NOW));
};
const bodies = (path: string): unknown[] => tiny.state.asked.filter((one) => one.path === path).map(({ body }) => JSON.parse(body));
const order = (rest: object = {}) => ({ ...thing, list: { path: "/orders" }, ...rest });

describe("an id is in a body what it is in the record", () => {
  const lines = (body: object) => tinyManifest({ each: "order", list: { method: "POST", path: "/lines", body } }, {}, { order: order() });
  const orders = (...ids: unknown[]) => {
    tiny.state.answer = ({ path }) => ({ body: { data: path === "/orders" ? ids.map((id) => ({ id })) : [] } });
  };
  test("of a parent: a number, a text, and inside of texts", async () => {
    orders(7, "8");
    await drain(
      lines({
        domain: [
          ["order_id", "=", "{parent}"],
          ["of", "=", "{parent_order}"],
        ],
        note: "order {parent}",
      }),
    );
    const asked = (id: unknown) => ({
      domain: [
        ["order_id", "=", id],
        ["of", "=", id],
      ],
      note: `order ${id}`,
    });
    expect(bodies("/lines")).toEqual([asked(7), asked("8")]);
  });
  test("said to be a number, or a text: digit for digit", async () => {
    orders("7", "9007199254740993");
    await drain(lines({ id: "{parent|number}", name: "{parent|text}" }));
    expect(tiny.state.asked.filter(({ path }) => path === "/lines").map(({ body }) => body)).toEqual([
      '{"id":7,"name":"7"}',
      '{"id":9007199254740993,"name":"9007199254740993"}',
    ]);
    orders(7);
    await drain(lines({ name: "{parent|text}" }));
    expect(bodies("/lines")).toEqual([{ name: "7" }]);
  });
  test("of rows, one by one and many at once", async () => {
    tiny.state.answer = ({ path }) => ({ body: path === "/things" ? { data: [1, 2] } : { data: [], thing: { id: 1 } } });
    const get = { id: "$", request: { method: "POST", path: "/one", body: { args: [["{id}"]] } }, record: "thing" };
    await drain(tinyManifest({ get }));
    expect(bodies("/one")).toEqual([{ args: [[1]] }, { args: [[2]] }]);
    const batch = { size: 5, records: "data" };
    const many = (body: object) => ({ id: "$", batch, request: { method: "POST", path: "/many", body } });
    await drain(tinyManifest({ get: many({ ids: "{ids}", texts: "{ids|text}", note: "in {ids}" }) }));
    expect(bodies("/many")).toEqual([{ ids: [1, 2], texts: ["1", "2"], note: "in 1,2" }]);
  });
});

describe("other fields fill holes", () => {
  test("of the parent, of the nearest of that name, and of the one above it", async () => {
    const manifest = tinyManifest(
      {
        each: "repo",
        list: { method: "POST", path: "/orgs/{parent_org.login}/repos/{parent.name}/issues", body: { n: "{parent_repo.number}" } },
      },
      {},
      {
        org: { ...thing, list: { path: "/orgs" } },
        repo: { ...thing, each: "org", list: { path: "/orgs/{parent.login}/repos" } },
      },
    );
    tiny.state.answer = ({ path }) => ({
      body: {
        data: path === "/orgs" ? [{ id: 1, login: "a b" }] : path.endsWith("/repos") ? [{ id: 2, name: "x", number: 5 }] : [{ id: 3 }],
      },
    });
    expect((await drain(manifest)).ids).toEqual(["3"]);
    const last = tiny.state.asked.at(-1) as Asked;
    expect([last.path, last.body]).toEqual(["/orgs/a%20b/repos/x/issues", '{"n":5}']);
  });
  test("a parent without the field is held back, the others are read, and nothing is taken for gone", async () => {
    const manifest = tinyManifest({ each: "order", list: { path: "/o/{parent.key}" }, deletes: { by: "scan" } }, {}, { order: order() });
    tiny.state.answer = ({ path }) => ({ body: { data: path === "/orders" ? [{ id: 1 }, { id: 2, key: "k" }] : [{ id: path }] } });
    const first = await openTiny(tiny.origin, manifest, NOW).readPage(null);
    expect(first.faults).toMatchObject([{ externalId: "1", code: "record_invalid", message: expect.stringContaining('"key"') }]);
    expect(first.scan).toEqual({ first: true, trusted: false });
    expect((await drain(manifest)).ids).toEqual(["/o/k"]);
  });
  test("of a row: which of several addresses its record is at; one without it is held back alone", async () => {
    tiny.state.answer = ({ path }) => ({
      body: path === "/things" ? { data: [{ id: "1", type: "invoice" }, { id: "2" }] } : { id: path.split("/").at(-1), path },
    });
    const manifest = tinyManifest({ get: { request: { path: "/{row.type}s/{id}" } } });
    const page = await openTiny(tiny.origin, manifest, NOW).readPage(null);
    expect(page.records).toEqual([{ id: "1", value: { id: "1", path: "/invoices/1" } }]);
    expect(page.faults).toMatchObject([{ externalId: "2", code: "record_invalid", message: expect.stringContaining('"type"') }]);
  });
  test("an address that the row gives, whole or below the host; never another host's", async () => {
    const manifest = tinyManifest({ get: { address: "_links.self.href", id: "_links.self.href" } });
    const links = (...hrefs: string[]) => {
      tiny.state.answer = ({ path }) => ({
        body: path === "/things" ? { data: hrefs.map((href) => ({ _links: { self: { href } } })) } : { id: path },
      });
    };
    links("/v1/things/1", "https://api.example.com/v1/things/2?x=1");
    expect((await drain(manifest)).ids).toEqual(["/v1/things/1", "/v1/things/2"]);
    links("https://evil.example/1");
    await expect(drain(manifest)).rejects.toSatisfy((error) => isAppError(error) && error.code === "provider_invalid_response");
    links("//evil.example/1");
    await expect(drain(manifest)).rejects.toSatisfy((error) => isAppError(error) && error.code === "provider_invalid_response");
  });
});

describe("at upload", () => {
  const V = "objects/vessel";
  const C = "objects/call";
  test("fields of the parent, and numbers out of texts, are fine", () =>
    expect(
      harbourFaults({
        [`${C}/list`]: {
          method: "POST",
          path: "/calls",
          body: { a: "{parent.changed}", b: "{parent_vessel.imo|number}", c: "{parent|text}" },
        },
      }),
    ).toEqual([]));
  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "a field that no parent has",
      { [`${C}/list/path`]: "/vessels/{parent.imoo}/calls" },
      /^objects\.call\.list\.path: no vessel of the sample has "imoo"; did you mean "\{parent\.imo\}"\?$/,
    ],
    [
      "a filter in an address",
      { [`${C}/list/path`]: "/vessels/{parent|number}/calls" },
      /is a value of its own: only where nothing else stands in a text of a body/,
    ],
    [
      "a filter that writes know",
      { [`${C}/list`]: { method: "POST", path: "/c", body: { p: "{parent|md5}" } } },
      /only writes and actions change values/,
    ],
    [
      "a row where no row is",
      { [`${V}/list/path`]: "/x/{row.type}" },
      /"\{row\.type\}" is filled where each row of a list is fetched: in `get`/,
    ],
  ])("%s", (_, wrong, said) => expect(harbourFaults(wrong).filter((one) => said.test(one))).toHaveLength(1));
  test("neither a request nor an address, or both", () => {
    expect(() => harbourFaults({ [`${V}/get`]: { id: "imo" } })).toThrow(/request.*address/);
    expect(() => harbourFaults({ [`${V}/get`]: { request: { path: "/v/{id}" }, address: "href" } })).toThrow(/request.*address/);
  });
});
