import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { drainTiny, openTiny, startTiny, type Told, thing, tinyManifest } from "#tests/support/tiny-source";
import { parseCsv } from "./csv";
import { formOf } from "./form";
import { buildXml, parseXml } from "./xml";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const xml = (body: string, rest: Told = {}): Told => ({ headers: { "content-type": "text/xml; charset=utf-8" }, body, ...rest });
const read = (manifest: ReturnType<typeof tinyManifest>, values: Record<string, string> = {}) =>
  drainTiny(() => openTiny(tiny.origin, manifest, NOW, values));
const fault = (manifest: ReturnType<typeof tinyManifest>) =>
  read(manifest).then(
    () => null,
    (error) => (isAppError(error) ? error : Promise.reject(error)),
  );

describe("numbers", () => {
  test("an id beyond 2^53 names its record", async () => {
    tiny.state.answer = () => ({
      headers: { "content-type": "application/json" },
      body: '{"data":[{"id":9007199254740993,"price":12345678901234.56789}]}',
    });
    expect((await read(tinyManifest({}))).records).toEqual([
      { id: "9007199254740993", value: { id: "9007199254740993", price: "12345678901234.56789" } },
    ]);
  });
});

describe("markup", () => {
  test("prefixes, attributes, nil, entities and CDATA", () => {
    const text =
      '<?xml version="1.0"?><a:r xmlns:a="u" xmlns:xsi="x"><a:i k="1&amp;2">t&#233;&lt;</a:i><i><![CDATA[<&amp;>]]></i><n xsi:nil="true"/><e/></a:r>';
    expect(parseXml(text)).toEqual({ r: { i: [{ "@k": "1&2", "#text": "té<" }, "<&amp;>"], n: null, e: "" } });
  });
  test.each(["<a><b></a>", "<a><b>1</b>", "", "plain", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'])("%j is refused", (text) =>
    expect(() => parseXml(text)).toThrow(),
  );
  test("what is written is read again", () => {
    const value = { r: { "@k": 'a"&', i: ["1", "<2>"], o: { t: "x" } } };
    expect(parseXml(buildXml(value))).toEqual(value);
  });
  const list = { protocol: { type: "xml" }, records: "List.Item", id: "Id" };
  test.each([
    ["<List><Item><Id>1</Id></Item><Item><Id>2</Id></Item></List>", ["1", "2"]],
    ["<List><Item><Id>1</Id></Item></List>", ["1"]],
    ["<List/>", []],
  ])("%s", async (body, ids) => {
    tiny.state.answer = () => xml(body);
    expect((await read(tinyManifest(list))).ids).toEqual(ids);
  });
  test.each([
    xml("<Error><Message>no</Message></Error>"),
    xml("<List><Item>"),
    { headers: { "content-type": "text/html" }, body: "<html></html>" },
  ])("%j is no empty list", async (told) => {
    tiny.state.answer = () => told;
    expect((await fault(tinyManifest(list)))?.code).toBe("provider_invalid_response");
  });
});

describe("SOAP", () => {
  const soap = {
    protocol: { type: "soap", namespace: "urn:partner", header: { SessionHeader: { sessionId: "{accessToken}" } } },
    list: { method: "POST", path: "/soap", body: { query: { queryString: "SELECT Id FROM Contact" } } },
    records: "Envelope.Body.*.result.records",
    id: "Id",
  };
  const envelope = (inner: string) =>
    xml(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inner}</s:Body></s:Envelope>`);
  test("an operation in its namespace, the session in the header, a list of one", async () => {
    tiny.state.answer = () =>
      envelope('<queryResponse><result><done>true</done><records><sf:Id xmlns:sf="y">003</sf:Id></records></result></queryResponse>');
    const { ids } = await read(tinyManifest({ ...soap, records: "Envelope.Body.queryResponse.result.records" }), { accessToken: "s<1>" });
    const asked = tiny.state.asked.at(-1);
    expect([ids, asked?.headers["soapaction"], asked?.headers["content-type"]]).toEqual([["003"], '""', "text/xml; charset=utf-8"]);
    expect(parseXml(asked?.body ?? "")).toEqual({
      Envelope: {
        Header: { SessionHeader: { sessionId: "s<1>" } },
        Body: { query: { queryString: "SELECT Id FROM Contact" } },
      },
    });
  });
  test("faults: in a 200 they are errors, an ended session in a 500 asks for a new one", async () => {
    const broken = envelope("<s:Fault><faultcode>sf:MALFORMED_QUERY</faultcode><faultstring>unexpected token</faultstring></s:Fault>");
    tiny.state.answer = () => broken;
    expect(await fault(tinyManifest(soap))).toMatchObject({
      code: "provider_invalid_response",
      message: expect.stringContaining("unexpected token"),
    });
    tiny.state.answer = () => ({ ...envelope("<s:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode></s:Fault>"), status: 500 });
    const rule = { statuses: [500], path: "Envelope.Body.Fault.faultcode", matches: "INVALID_SESSION", code: "reauth_required" };
    expect((await fault(tinyManifest(soap, { errors: [rule] })))?.code).toBe("reauth_required");
  });
});

describe("GraphQL", () => {
  const relay = {
    protocol: { type: "graphql" },
    list: {
      method: "POST",
      path: "/graphql",
      body: { query: "query($first:Int,$after:String){things(first:$first,after:$after){id}}", variables: {} },
    },
    pagination: {
      type: "cursor",
      next: "data.things.pageInfo.endCursor",
      place: { in: "body", name: "variables.after" },
      limit: { place: { in: "body", name: "variables.first" }, value: 2 },
      stop: { more: "data.things.pageInfo.hasNextPage" },
    },
    records: "data.things.edges.*.node",
    changes: {
      since: { in: "body", name: "variables.q", template: "updated_at:>'{value}'" },
      format: "iso_s",
      inclusive: false,
      lookbackMs: 60_000,
    },
  };
  test("a relay connection, page by page, then what changed since", async () => {
    tiny.state.answer = ({ body }) => {
      const { after, first, q } = JSON.parse(body).variables;
      if (q) return { body: { data: { things: { edges: [], pageInfo: { hasNextPage: false, endCursor: null } } } } };
      const start = Number(after ?? 0);
      const edges = ["a", "b", "c"].slice(start, start + first).map((id) => ({ node: { id } }));
      return {
        headers: { date: new Date(NOW).toUTCString() },
        body: { data: { things: { edges, pageInfo: { hasNextPage: start + first < 3, endCursor: String(start + first) } } } },
      };
    };
    const { ids, cursor } = await read(tinyManifest(relay));
    expect(ids).toEqual(["a", "b", "c"]);
    await openTiny(tiny.origin, tinyManifest(relay), NOW).readPage(cursor);
    expect(JSON.parse(tiny.state.asked.at(-1)?.body ?? "").variables.q).toBe("updated_at:>'2026-11-21T11:58:59Z'");
  });
  test("errors in a 200 are errors; a spent budget says how long it takes to fill", async () => {
    tiny.state.answer = () => ({ body: { data: { things: { edges: [], pageInfo: {} } }, errors: [{ message: "no field" }] } });
    expect((await fault(tinyManifest(relay)))?.message).toContain("no field");
    const cost = { requestedQueryCost: 500, throttleStatus: { currentlyAvailable: 100, restoreRate: 50 } };
    tiny.state.answer = () => ({ body: { errors: [{ message: "slow", extensions: { code: "THROTTLED" } }], extensions: { cost } } });
    const c = "extensions.cost";
    const http = {
      errors: [{ path: "errors.0.extensions.code", equals: "THROTTLED", code: "provider_rate_limited" }],
      rateLimit: {
        defaultWaitMs: 1_000,
        budget: {
          left: `${c}.throttleStatus.currentlyAvailable`,
          perSecond: `${c}.throttleStatus.restoreRate`,
          needed: `${c}.requestedQueryCost`,
        },
      },
    };
    expect(await fault(tinyManifest(relay, http))).toMatchObject({ code: "provider_rate_limited", retryAfterMs: 8_000 });
  });
});

describe("calls, forms and rows", () => {
  test("JSON-RPC", async () => {
    const rpc = {
      protocol: { type: "jsonrpc" },
      list: { method: "POST", path: "/rpc", body: { method: "list", params: { a: 1 } } },
      records: "result",
    };
    tiny.state.answer = ({ body }) => ({ body: { jsonrpc: "2.0", id: JSON.parse(body).id, result: [{ id: JSON.parse(body).method }] } });
    expect((await read(tinyManifest(rpc))).ids).toEqual(["list"]);
    tiny.state.answer = () => ({ body: { jsonrpc: "2.0", id: 1, error: { code: -32601, message: "unknown method" } } });
    expect((await fault(tinyManifest(rpc)))?.message).toContain("unknown method");
  });
  test("XML-RPC", async () => {
    const rpc = {
      protocol: { type: "xmlrpc" },
      list: { method: "POST", path: "/rpc", body: { method: "x.list", params: ["db", 2, true] } },
      records: "result",
    };
    const member = (n: string, v: string) => `<member><name>${n}</name><value>${v}</value></member>`;
    const one = `<value><struct>${member("id", "<i4>7</i4>")}${member("name", "A &amp; B")}</struct></value>`;
    tiny.state.answer = () =>
      xml(
        `<?xml version="1.0"?><methodResponse><params><param><value><array><data>${one}</data></array></value></param></params></methodResponse>`,
      );
    expect((await read(tinyManifest(rpc))).records).toEqual([{ id: "7", value: { id: 7, name: "A & B" } }]);
    expect(tiny.state.asked.at(-1)?.body).toContain("<methodName>x.list</methodName><params><param><value><string>db</string>");
    tiny.state.answer = () =>
      xml(`<methodResponse><fault><value><struct>${member("faultString", "no access")}</struct></value></fault></methodResponse>`);
    expect((await fault(tinyManifest(rpc)))?.message).toContain("no access");
  });
  test("forms have brackets", () =>
    expect(decodeURIComponent(formOf({ a: 1, items: [{ price: "x&y" }], n: null, u: undefined }))).toBe("a=1&items[0][price]=x&y&n="));
  test("rows: quotes, line ends inside, other separators, one with too few cells", () => {
    expect(parseCsv('\ufeffid,note\r\n1,"a ""b"",\nc"\r\n2,\r\n3\r\n', { separator: "," }).rows).toEqual([
      { id: "1", note: 'a "b",\nc' },
      { id: "2", note: "" },
      { "#cells": ["3"] },
    ]);
    expect(parseCsv("1;x\n", { separator: ";", columns: ["id", "n"] }).rows).toEqual([{ id: "1", n: "x" }]);
    expect(() => parseCsv('id\n"1', { separator: "," })).toThrow();
    expect(() => parseCsv("", { separator: "," })).toThrow();
  });
  test("any table is read as it was written", () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1 }), (lines) => {
        const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
        const text = `a,b\n${lines.map((line) => line.map(quote).join(",")).join("\n")}`;
        expect(parseCsv(text, { separator: "," }).rows).toEqual(lines.map(([a, b]) => ({ a, b })));
      }),
    ));
});

describe("reading in steps", () => {
  test("a file on demand: asked for, waited for, read in pages by whoever goes on", async () => {
    const state = { polls: 0 };
    tiny.state.answer = ({ method, path }) => {
      if (method === "POST") return { body: { id: "j1" } };
      if (path === "/jobs/j1")
        return { body: { status: state.polls++ < 2 ? "running" : "complete", url: "https://api.example.com/files/9" } };
      return { headers: { "content-type": "text/csv" }, body: `id\n${Array.from({ length: 7 }, (_, i) => i).join("\n")}` };
    };
    const job = {
      create: { method: "POST", path: "/jobs" },
      id: "id",
      poll: { path: "/jobs/{job}" },
      status: "status",
      ready: ["complete"],
      failed: ["failed"],
      everyMs: 5,
      file: "url",
      protocol: { type: "csv" },
      pageRows: 3,
    };
    const { ids, pages } = await read(tinyManifest({ job }));
    expect([ids, pages]).toEqual([["0", "1", "2", "3", "4", "5", "6"], 7]);
  });
  test("a list for each record of another object, whatever each has", async () => {
    tiny.state.answer = ({ path, query }) => {
      if (path === "/shops") return { body: { data: [{ id: `s/${query.get("page")}` }].slice(0, Number(query.get("page")) <= 3 ? 1 : 0) } };
      const shop = decodeURIComponent(path.split("/")[2] ?? "");
      const n = Number(query.get("page"));
      return { body: { data: shop !== "s/2" && n <= 2 ? [{ id: `${shop}-${n}` }] : [] } };
    };
    const pagination = { type: "page" as const, place: { in: "query" as const, name: "page" } };
    const shop = { ...thing, list: { path: "/shops" }, pagination };
    const { ids } = await read(tinyManifest({ list: { path: "/shops/{parent}/things" }, pagination, each: "shop" }, {}, { shop }));
    expect(ids).toEqual(["s/1-1", "s/1-2", "s/3-1", "s/3-2"]);
  });
  test("ids only: each is fetched; one that is gone is left out, one the source cannot give waits alone", async () => {
    tiny.state.answer = ({ path }) => {
      const id = path.split("/")[2];
      if (!id) return { body: { data: [1, 2, 3, 4].map((one) => ({ id: one })) } };
      return id === "2"
        ? { status: 404, body: {} }
        : id === "3"
          ? { status: 422, body: { message: "locked" } }
          : { body: { id, full: true } };
    };
    const manifest = tinyManifest(
      { get: { request: { path: "/things/{id}" } } },
      { errors: [{ statuses: [422], code: "record_invalid" }] },
    );
    const page = await openTiny(tiny.origin, manifest).readPage(null);
    expect([page.records.map((r) => r.value), page.faults.map((f) => [f.externalId, f.code])]).toEqual([
      [
        { id: "1", full: true },
        { id: "4", full: true },
      ],
      [["3", "record_invalid"]],
    ]);
  });
});
