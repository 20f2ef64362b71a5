import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { type Asked, drainTiny, openTiny, startTiny, thing, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const shop = { ...thing, list: { path: "/shops" } };
const kids = (rest: object = {}) => tinyManifest({ each: "shop", list: { path: "/shops/{parent}/kids" }, ...rest }, {}, { shop });
const drain = (manifest: ReturnType<typeof kids>) =>
  drainTiny(() => openTiny(tiny.origin, manifest, NOW)).then(
    ({ ids, cursor }) => ({ ids, cursor }),
    (error) => (isAppError(error) ? error.code : Promise.reject(error)),
  );
const idsOf = async (manifest: ReturnType<typeof kids>) => {
  const got = await drain(manifest);
  return typeof got === "string" ? got : got.ids;
};
const shops = (...ids: string[]) => ({ body: { data: ids.map((id) => ({ id })) } });

describe("one of many has no such list", () => {
  const without =
    (status: number, body: object, ...none: string[]) =>
    (asked: Asked) => {
      if (asked.path.endsWith("/shops")) return shops("a", "b", "c");
      return none.some((one) => asked.path.includes(`/${one}/`)) ? { status, body } : { body: { data: [{ id: asked.path }] } };
    };
  const others = ["/shops/a/kids", "/shops/c/kids"];
  test.each([404, 410])("%i: it is passed over, the others are read", async (status) => {
    tiny.state.answer = without(status, { message: "gone" }, "b");
    expect(await idsOf(kids())).toEqual(others);
  });
  test("that nobody has it means that its address is wrong, unless it is declared as an answer", async () => {
    tiny.state.answer = without(404, { message: "no route" }, "a", "b", "c");
    expect(await drain(kids())).toBe("provider_invalid_response");
    expect(await idsOf(kids({ parent: { skip: [{ status: 404 }] } }))).toEqual([]);
  });
  test("403 is a missing permission, unless it is declared", async () => {
    tiny.state.answer = without(403, { message: "x", code: "disabled" }, "b");
    expect(await drain(kids())).toBe("insufficient_scope");
    expect(await drain(kids({ parent: { skip: [{ status: 403, path: "code", equals: "other" }] } }))).toBe("insufficient_scope");
    expect(await idsOf(kids({ parent: { skip: [{ status: 403, path: "code", equals: "disabled" }] } }))).toEqual(others);
  });
  test("only the first page can say so: a list that breaks off is an error", async () => {
    tiny.state.answer = ({ path, query }) => {
      if (path.endsWith("/shops")) return shops("a", "b");
      return query.has("c") ? { status: 404, body: {} } : { body: { data: [{ id: path }], next: "2" } };
    };
    const pagination = { type: "cursor", next: "next", place: { in: "query", name: "c" } };
    const manifest = tinyManifest(
      { each: "shop", list: { path: "/shops/{parent}/kids" }, pagination, parent: { skip: [{ status: 404 }] } },
      {},
      {
        shop: { ...shop, pagination: { type: "none" } },
      },
    );
    expect(await drain(manifest)).toBe("provider_invalid_response");
  });
  test("it is asked for everything when it has the list after all; what may not be seen is not taken for deleted", async () => {
    const manifest = kids({
      parent: { skip: [{ status: 403 }] },
      deletes: { by: "scan" },
      changes: { since: { in: "query", name: "since" }, format: "iso", inclusive: true, lookbackMs: 0 },
    });
    tiny.state.answer = without(403, {}, "b");
    const first = await drain(manifest);
    const trusted: unknown[] = [];
    for (let cursor: string | null = null; ; ) {
      const page = await openTiny(tiny.origin, manifest, NOW).readPage(cursor);
      if (page.facts.status === 403) trusted.push(page.scan?.trusted);
      if (page.done) break;
      cursor = page.cursor;
    }
    expect(trusted).toEqual([false]);
    tiny.state.answer = without(403, {});
    tiny.state.asked.length = 0;
    await drainTiny(() => openTiny(tiny.origin, manifest, NOW), typeof first === "string" ? null : first.cursor);
    const asked = tiny.state.asked.filter(({ path }) => path.endsWith("/kids"));
    expect(asked.map(({ query }) => query.has("since"))).toEqual([true, false, true]);
  });
});

test("lists that hang on lists know all above them, also where ids are unique in one parent only", async () => {
  const manifest = tinyManifest(
    {
      each: "kid",
      list: { method: "POST", path: "/shops/{parent_shop}/kids/{parent}/toys", body: { shop: "{parent_shop}", kid: "{parent_kid}" } },
      parent: { as: "kid", inId: true },
    },
    {},
    { shop, kid: { ...thing, each: "shop", list: { path: "/shops/{parent}/kids" }, parent: { inId: true } } },
  );
  tiny.state.answer = ({ path, body }) => {
    if (path.endsWith("/shops")) return shops("a", "b");
    if (path.endsWith("/kids")) return shops("1");
    return { body: { data: [{ id: "t", path, body }] } };
  };
  const { records } = await drainTiny(() => openTiny(tiny.origin, manifest, NOW));
  const toy = (of: string) => ({ id: "t", path: `/shops/${of}/kids/1/toys`, body: JSON.stringify({ shop: of, kid: "1" }), kid: `${of}:1` });
  expect(records).toEqual(["a", "b"].map((of) => ({ id: `${of}:1:t`, value: toy(of) })));
});
