import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeBody } from "../protocols/codec";
import { writeExactJson } from "../protocols/exact-json";
import { fillBody, fillCall, fillPath, fillText } from "./fill";
import { Call } from "./schema";

const json = { type: "json" } as const;
const given = (values: Record<string, unknown>, config: Record<string, string> = {}) => ({ values, config });
const data = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => value as Record<string, unknown>);
const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((one) => one !== "." && one !== ".." && one.isWellFormed());

describe("whatever is given", () => {
  test("a text that is one hole becomes the value itself", () =>
    fc.assert(
      fc.property(data, (value) => {
        expect(fillBody({ a: "{data}" }, given({ data: value }), json)).toEqual({ a: value });
      }),
    ));
  test("a value is never read as a template", () =>
    fc.assert(
      fc.property(fc.constantFrom("{id}", "{data.a}", "{key}", "x{id}y", "$&", "$1", "{realm}"), (evil) => {
        const all = given({ id: "7", key: "k", data: { a: evil } }, { realm: "r" });
        expect(fillBody({ a: "{data.a}", b: "<{data.a}>" }, all, json)).toEqual({ a: evil, b: `<${evil}>` });
        expect(fillText("{data.a}|{data.a}", all)).toBe(`${evil}|${evil}`);
        expect(fillPath("/x/{data.a}", all)).not.toContain("{");
      }),
    ));
  test("a value stays one part of its path", () =>
    fc.assert(
      fc.property(text, (id) => {
        const path = fillPath("/things/{id}/parts", given({ id }));
        const url = new URL(`https://api.example.com${path}`);
        expect(url.pathname.split("/").length).toBe(4);
        expect(url.pathname.endsWith("/parts")).toBe(true);
        expect(decodeURIComponent(url.pathname.split("/")[2] ?? "")).toBe(id);
        expect([url.search, url.hash]).toEqual(["", ""]);
      }),
    ));
  test("a value stays inside its quotes", () =>
    fc.assert(
      fc.property(fc.string(), (name) => {
        const soql = fillText("Name = '{data.name|quoted}'", given({ data: { name } })) ?? "";
        expect(/^Name = '(?:[^'\\]|\\[\s\S])*'$/.test(soql)).toBe(true);
        const odata = fillText("Name eq '{data.name|doubled}'", given({ data: { name } })) ?? "";
        expect(/^Name eq '(?:[^']|'')*'$/.test(odata)).toBe(true);
      }),
    ));
  test("the template itself is never changed, and filling it twice gives the same", () =>
    fc.assert(
      fc.property(data, (value) => {
        const template = Object.freeze({ a: "{data}", b: ["{data.x}", { c: "{id}" }], "...": "{data}" });
        const [once, twice] = [1, 2].map(() => fillBody(template, given({ data: value, id: "1" }), json));
        expect(once).toEqual(twice);
      }),
    ));
});

describe("numbers out of texts", () => {
  const sent = (ref: unknown, type: "json" | "form" | "xml" | "xmlrpc" = "json") => {
    const body = { method: "m", params: { id: "{data.ref|number}" } };
    return encodeBody({ type }, fillBody(body, given({ data: { ref } }), json), {}).text;
  };
  test("reach the third party digit for digit", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (n) => {
        expect(sent(String(n))).toBe(`{"method":"m","params":{"id":${n}}}`);
      }),
    );
    const n = "9007199254740993";
    expect([sent(n, "form"), sent(n, "xml"), sent(n, "xmlrpc")]).toEqual([
      expect.stringContaining(`=${n}`),
      expect.stringContaining(`<id>${n}</id>`),
      expect.stringContaining(`<i8>${n}</i8>`),
    ]);
    expect(fillText("id={data.ref|number}", given({ data: { ref: n } }))).toBe(`id=${n}`);
    expect(fillPath("/x/{data.ref|number}", given({ data: { ref: n } }))).toBe(`/x/${n}`);
    expect(structuredClone(fillBody({ a: "{data.ref|number}" }, given({ data: { ref: n } }), json))).toEqual({ a: BigInt(n) });
  });
  test("decimals that a number would round are refused by name; what is no number stays as it is", () => {
    expect(() => sent("12345678901234567.89")).toThrow(/^ref: .*digits/);
    expect(sent("1234567.10")).toContain('"id":1234567.1}');
    expect(sent("12,5")).toContain('"id":"12,5"}');
    expect(sent(12.5)).toContain('"id":12.5}');
  });
  test("a text cannot pass for digits", () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(JSON.parse(writeExactJson({ n: 1n, [text]: text }))).toEqual({ n: 1, [text]: text });
      }),
    ));
});

describe("what has no value", () => {
  const fill = (body: unknown, values: Record<string, unknown>) =>
    fillBody(body, given({ data: undefined, id: undefined, ...values }), json);
  test("is left out: the name, the element, and an object whose holes all have none", () => {
    const body = {
      a: "{data.a}",
      b: "b",
      list: ["{data.a}", "{data.c}"],
      address: { type: "home", city: "{data.city}", zip: "{data.zip}" },
    };
    expect(fill(body, { data: { c: 1 } })).toEqual({ b: "b", list: [1] });
    expect(fill(body, { data: { zip: "1" } })).toEqual({ b: "b", address: { type: "home", zip: "1" } });
    expect(fill({ plain: {}, note: { kept: true } }, {})).toEqual({ plain: {}, note: { kept: true } });
    expect(fill({ a: "{data.a}" }, {})).toEqual({});
  });
  test("null is a value where a whole value stands, and none in a text", () => {
    expect(fill({ a: "{data.a}", b: "x{data.a}" }, { data: { a: null } })).toEqual({ a: null });
  });
  test("in the path is refused, by name", () => {
    for (const id of [undefined, null, "", "..", ".", {}, [], "\ud800"])
      expect(() => fillPath("/things/{id}", given({ id })), String(id)).toThrow(/^id: /);
  });
});

test("parts are put in beside the others, which win; nobody's prototype is touched", () => {
  const hostile = JSON.parse('{"__proto__": {"polluted": true}, "Id": "evil", "Name": "n"}') as Record<string, unknown>;
  const filled = fillBody({ Id: "{id}", "...": "{data}", sparse: true }, given({ id: "7", data: hostile }), json) as Record<
    string,
    unknown
  >;
  expect(Object.keys(filled)).toEqual(["Id", "__proto__", "Name", "sparse"]);
  expect(filled["Id"]).toBe("7");
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("names of the connection fill body, query and headers, and are left in the path to whoever sends it", () => {
  const call = Call.parse({
    method: "POST",
    path: "/{realm}/x/{id}",
    query: { r: "{realm}", n: "{data.n}", gone: "{data.gone}" },
    headers: { "X-Realm": "{realm}" },
    body: { unknown: "{neither}" },
  });
  expect(fillCall(call, given({ id: "a/b", data: { n: 5 } }, { realm: "R" }), json)).toEqual({
    method: "POST",
    path: "/{realm}/x/a%2Fb",
    query: { r: "R", n: "5" },
    headers: { "X-Realm": "R" },
    body: { unknown: "{neither}" },
    protocol: json,
  });
});

test("a header cannot be broken out of", () => {
  const call = Call.parse({ method: "GET", path: "/x", headers: { "X-Key": "{key}" } });
  expect(() => fillCall(call, given({ key: "a\r\nHost: evil" }), json)).toThrow(/X-Key: holds a character/);
});

test("the document of a GraphQL request is left alone", () => {
  const body = { query: "{ thing(id: {id}) }", variables: { id: "{id}" } };
  expect(fillBody(body, given({ id: "7" }), { type: "graphql" })).toEqual({ query: body.query, variables: { id: "7" } });
});

test("filters", () => {
  const value = (hole: string, one: unknown) => (fillBody({ a: hole }, given({ data: { v: one } }), json) as { a: unknown }).a;
  expect(value("{data.v|trim|lower|md5}", " Ada@Acme.example ")).toBe("07a9ba3011f51ae0c2e2d9302e13b31c");
  expect(value("{data.v|number}", "12.50")).toBe(12.5);
  expect(value("{data.v|number}", "twelve")).toBe("twelve");
  expect(value("{data.v|text}", 5)).toBe("5");
  expect(value("{data.v|join}", ["a", 1])).toBe("a,1");
  expect(value("{data.v|unix_s}", "2026-11-21T12:00:00Z")).toBe(1795262400);
  expect(value("{data.v|date}", "2026-11-21T12:00:00Z")).toBe("2026-11-21");
  expect(value("{data.v|json}", { a: [1] })).toBe('{"a":[1]}');
  expect(value("{data.v|base64}", "hé")).toBe("aMOp");
  expect(value("{data.v|lower}", null)).toBe(null);
});
