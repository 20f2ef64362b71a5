import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkOf } from "#server/domains/connections/prove-account";
import { grantOf } from "#server/runtime/auth/place";
import { createEgress } from "#server/runtime/egress-undici";
import { authMethodOf } from "#server/runtime/grants";
import type { Manifest } from "#server/runtime/manifest";
import { objectSource } from "#server/runtime/paging/object-source";
import { createSend } from "#server/runtime/send";
import { act, actionOf } from "#server/runtime/writes/act";
import { type Asked, drainTiny, startTiny, type Told } from "#tests/support/tiny-source";
import { getManifest } from "./index";

// The connectors for services nobody has described, against a service that is described by what a customer enters.

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

type Texts = Record<string, string>;
const ROWS = Array.from({ length: 17 }, (_, n) => ({ id: `r${n}`, updated_at: "2026-10-09T08:53:20Z" }));
const NOW = Date.parse("2026-11-21T12:00:00Z");

/** A connection as it is after somebody filled in the form. */
function connected(manifest: Manifest, auth: string, config: Texts, secrets: Texts = {}) {
  const grant = grantOf(authMethodOf(manifest, auth), { type: "api_key", values: { ...config, ...secrets } }, config, 1);
  const grants = {
    current: async () => grant,
    renew: async () => grant,
    condemn: async (_: number, why: string) => new Error(why) as never,
  };
  const clock = { now: () => new Date(NOW) };
  const send = createSend({ egress: createEgress({ allowLoopback: true }), manifest, grants, sandboxOrigin: tiny.origin, clock });
  const open = () => objectSource({ send, manifest, config, nowMs: () => NOW }, "record");
  return { send, open, read: (from: string | null = null) => drainTiny(open, from) };
}

function answering(answer: (asked: Asked) => Told): Asked[] {
  tiny.state.asked.length = 0;
  tiny.state.answer = answer;
  return tiny.state.asked;
}

describe("REST", () => {
  const manifest = getManifest("generic-rest");
  const SHOP = { host: "api.shop.example", list_path: "v1/orders/", records: "data", id_path: "id", since_format: "none" };
  const number = (asked: Asked, name: string, otherwise: number) => Number(asked.query.get(name) ?? otherwise);
  const rows = (start: number, size = 5) => ROWS.slice(start, start + size);
  const next = (start: number) => (start + 5 < ROWS.length ? start + 5 : null);

  const STYLES: Record<string, { entered: Texts; answer: (asked: Asked) => Told }> = {
    none: { entered: {}, answer: () => ({ body: { data: ROWS } }) },
    cursor: {
      entered: { page_param: "after", next_path: "paging.after" },
      answer: (asked) => {
        const start = number(asked, "after", 0);
        return { body: { data: rows(start), paging: { after: next(start) } } };
      },
    },
    next_url: {
      entered: { next_path: "links.next" },
      answer: (asked) => {
        const start = number(asked, "from", 0);
        const to = next(start);
        return { body: { data: rows(start), links: { next: to === null ? null : `/v1/orders/?from=${to}` } } };
      },
    },
    link_header: {
      entered: { records: "$" },
      answer: (asked) => {
        const start = number(asked, "from", 0);
        const to = next(start);
        return {
          body: rows(start),
          ...(to === null ? {} : { headers: { link: `<https://api.shop.example/v1/orders/?from=${to}>; rel="next"` } }),
        };
      },
    },
    page: { entered: { page_param: "p" }, answer: (asked) => ({ body: { data: rows((number(asked, "p", 1) - 1) * 5) } }) },
    page_0: { entered: { page_param: "p" }, answer: (asked) => ({ body: { data: rows(number(asked, "p", 0) * 5) } }) },
    offset: { entered: { page_param: "skip" }, answer: (asked) => ({ body: { data: rows(number(asked, "skip", 0)) } }) },
    last_id: {
      entered: { page_param: "after_id" },
      answer: (asked) => ({ body: { data: rows(ROWS.findIndex(({ id }) => id === asked.query.get("after_id")) + 1) } }),
    },
  };
  test("every way of paging that the form offers is one of these", () => {
    const offered = authMethodOf(manifest, "open")
      .fields.find(({ key }) => key === "paging")
      ?.options?.map(({ value }) => value);
    expect(offered?.sort()).toEqual(Object.keys(STYLES).sort());
  });
  test.each(Object.entries(STYLES))("pages: %s", async (paging, { entered, answer }) => {
    const asked = answering(answer);
    const { read } = connected(manifest, "open", { ...SHOP, paging, ...entered });
    expect((await read()).ids).toEqual(ROWS.map(({ id }) => id));
    expect(asked[0]?.path).toBe("/v1/orders/");
    expect([...(asked[0]?.query.keys() ?? [])].filter((name) => name.includes("{") || name === "...")).toEqual([]);
  });
  test.each(["cursor", "next_url", "page", "offset", "last_id"])(
    "pages: %s without its answers reads nothing, rather than one page",
    async (paging) => {
      answering(() => ({ body: { data: ROWS } }));
      const { read } = connected(manifest, "open", { ...SHOP, paging });
      await expect(read()).rejects.toMatchObject({ code: "config_invalid", message: expect.stringMatching(/page_param|next_path/) });
    },
  );
  test("further parameters and the size go with each page, and with the check", async () => {
    const asked = answering(() => ({ body: { data: [] } }));
    const config = { ...SHOP, paging: "none", parameters: "status=any&sort=-id", size_param: "per_page", size: "50" };
    const { read, send } = connected(manifest, "open", config);
    await read();
    await send(checkOf(manifest, config));
    for (const { path, query } of asked)
      expect([path, Object.fromEntries(query)]).toEqual(["/v1/orders/", { per_page: "50", status: "any", sort: "-id" }]);
    expect(asked).toHaveLength(2);
  });
  test.each([
    ["iso", "2026-11-21T11:57:59.999Z"],
    ["iso_s", "2026-11-21T11:57:59Z"],
    ["date", "2026-11-20"],
    ["unix_s", "1795262279"],
    ["unix_ms", "1795262279999"],
  ])("changes are asked for with the moment as %s", async (since_format, wanted) => {
    const asked = answering(() => ({ body: { data: rows(0) }, headers: { date: "Sat, 21 Nov 2026 12:00:00 GMT" } }));
    const { read } = connected(manifest, "open", { ...SHOP, paging: "none", since_format, since_param: "updated[gte]" });
    const first = await read();
    await read(first.cursor);
    expect(asked.map(({ query }) => query.get("updated[gte]"))).toEqual([null, wanted]);
  });
  test.each<[string, Texts, Texts, string, string]>([
    ["bearer", {}, { token: "t-1" }, "authorization", "Bearer t-1"],
    ["header", { key_header: "X-Shop-Key" }, { api_key: "Token k-1" }, "x-shop-key", "Token k-1"],
    ["basic", { user: "ada" }, { password: "p" }, "authorization", `Basic ${Buffer.from("ada:p").toString("base64")}`],
  ])("the credential goes where it was said: %s", async (auth, entered, secrets, header, wanted) => {
    const asked = answering(() => ({ body: { data: [] } }));
    await connected(manifest, auth, { ...SHOP, paging: "none", ...entered }, secrets).read();
    expect(asked[0]?.headers[header]).toBe(wanted);
  });
  test("a key in the address, under a name that was entered", async () => {
    const asked = answering(() => ({ body: { data: [] } }));
    await connected(manifest, "query", { ...SHOP, paging: "none", key_param: "apikey" }, { api_key: "k" }).read();
    expect(asked[0]?.query.get("apikey")).toBe("k");
  });
  test.each(["host", "Content-Length", "a b", "x\r\ny"])("a header cannot be called %j", (key_header) =>
    expect(() => connected(manifest, "header", { ...SHOP, paging: "none", key_header }, { api_key: "k" })).toThrow(/header/),
  );
  test("any address is asked and called, and none outside the host", async () => {
    const asked = answering(({ method }) => (method === "DELETE" ? { status: 204 } : { body: { id: "1" } }));
    const config = { ...SHOP, paging: "none" };
    const { send } = connected(manifest, "open", config);
    const run = async (key: string, data: Record<string, unknown>) =>
      (await act({ send, manifest, config, nowMs: () => NOW }, actionOf(manifest, key), { ref: "1", data } as never)).result;
    expect(await run("get", { path: "v1/orders/1", query: { expand: "lines", page: 2 } })).toEqual({
      outcome: "done",
      result: { id: "1" },
    });
    expect(await run("patch", { path: "/v1/orders/1", data: { status: "paid" } })).toMatchObject({ outcome: "done" });
    expect(await run("delete", { path: "v1/orders/1" })).toMatchObject({ outcome: "done" });
    expect(asked.map(({ method, path, query, body }) => [method, path, query.toString(), body])).toEqual([
      ["GET", "/v1/orders/1", "expand=lines&page=2", ""],
      ["PATCH", "/v1/orders/1", "", '{"status":"paid"}'],
      ["DELETE", "/v1/orders/1", "", ""],
    ]);
    for (const path of ["../x", "a/../../b", "a//b", ""]) expect(await run("get", { path })).toMatchObject({ outcome: "refused" });
    expect(await run("get", { path: "@evil.example/x?y#z" })).toMatchObject({ outcome: "done" });
    expect(asked.at(-1)?.path).toBe("/%40evil.example/x%3Fy%23z");
  });
});

describe("GraphQL", () => {
  const manifest = getManifest("generic-graphql");
  const document =
    "query($after: String, $since: DateTime) { orders(after: $after, since: $since) { nodes { id } pageInfo { hasNextPage endCursor } } }";
  const SHOP = {
    host: "api.shop.example",
    service_path: "graphql",
    document,
    records: "data.orders.nodes",
    id_path: "id",
    since_format: "iso",
    since_variable: "since",
  };
  type Sent = { query: string; variables: Record<string, string | number> };
  const sent = ({ body }: Asked) => JSON.parse(body) as Sent;
  test("a connection is read to its end, and then asked for changes", async () => {
    const asked = answering((one) => {
      const start = Number(sent(one).variables["after"] ?? 0);
      const more = start + 5 < ROWS.length;
      const orders = { nodes: ROWS.slice(start, start + 5), pageInfo: { hasNextPage: more, endCursor: String(start + 5) } };
      return { body: { data: { orders } }, headers: { date: "Sat, 21 Nov 2026 12:00:00 GMT" } };
    });
    const { read } = connected(manifest, "open", { ...SHOP, paging: "cursor", page_variable: "after", page_info: "data.orders.pageInfo" });
    const first = await read();
    expect(first.ids).toEqual(ROWS.map(({ id }) => id));
    await read(first.cursor);
    expect(new Set(asked.map((one) => sent(one).query))).toEqual(new Set([document]));
    expect(asked.map((one) => sent(one).variables).slice(2, 5)).toEqual([
      { after: "10" },
      { after: "15" },
      { since: "2026-11-21T11:57:59.999Z" },
    ]);
  });
  test.each([
    ["offset", "skip", [0, 4, 8, 12, 16, 17]], // from the last row that is known, so that one that goes takes no other along
    ["last_id", "afterId", [undefined, "r4", "r9", "r14", "r16"]],
    ["page", "page", [1, 2, 3, 4, 5]],
  ])("pages by %s", async (paging, page_variable, wanted) => {
    const asked = answering((one) => {
      const at = sent(one).variables[page_variable];
      const start = paging === "offset" ? Number(at) : paging === "page" ? (Number(at) - 1) * 5 : ROWS.findIndex(({ id }) => id === at) + 1;
      return { body: { data: { orders: { nodes: ROWS.slice(start, start + 5) } } } };
    });
    const { read } = connected(manifest, "open", { ...SHOP, since_format: "none", paging, page_variable });
    expect((await read()).ids).toEqual(ROWS.map(({ id }) => id));
    expect(asked.map((one) => sent(one).variables[page_variable])).toEqual(wanted);
  });
  test("an error in a 200 is none of no records", async () => {
    answering(() => ({ body: { data: null, errors: [{ message: "no such field" }] } }));
    await expect(connected(manifest, "open", { ...SHOP, paging: "none" }).read()).rejects.toMatchObject({
      code: "provider_invalid_response",
    });
    answering(() => ({ body: { errors: [{ message: "who?", extensions: { code: "UNAUTHENTICATED" } }] } }));
    await expect(connected(manifest, "bearer", { ...SHOP, paging: "none" }, { token: "t" }).read()).rejects.toThrow();
  });
  test("the check sends the query itself, and a mutation is sent as it was given", async () => {
    const asked = answering(() => ({ body: { data: { payOrder: { id: "1" } } } }));
    const config = { ...SHOP, paging: "none" };
    const { send } = connected(manifest, "open", config);
    await send(checkOf(manifest, config));
    const data = { document: "mutation($id: ID!) { payOrder(id: $id) { id } }", variables: { id: "1" } };
    const { result } = await act({ send, manifest, config, nowMs: () => NOW }, actionOf(manifest, "mutate"), { ref: "1", data } as never);
    expect(result).toEqual({ outcome: "done", result: { payOrder: { id: "1" } } });
    expect(asked.map(sent)).toEqual([
      { query: document, variables: {} },
      { query: data.document, variables: { id: "1" } },
    ]);
  });
});
