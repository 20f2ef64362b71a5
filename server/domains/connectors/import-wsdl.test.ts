import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Manifest } from "#server/runtime/manifest";
import { objectSource } from "#server/runtime/paging/object-source";
import { parseXml } from "#server/runtime/protocols/xml";
import { act, actionOf } from "#server/runtime/writes/act";
import { drainTiny, startTiny, type Told, tinySend } from "#tests/support/tiny-source";
import { ORDERS_WSDL, STOCK_WSDL } from "#tests/support/wsdl";
import { checkManifest } from "./check-manifest";
import { importWsdl } from "./import-wsdl";
import { readWsdl } from "./read-wsdl";
import { DraftFault } from "./schema";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

function drafted(text: string): { manifest: Manifest; notes: string[]; source: string } {
  const { source, notes } = importWsdl(text, "2026-11-21");
  const checked = checkManifest(source);
  if (!checked.ok) throw new Error(JSON.stringify(checked.faults));
  return { manifest: checked.manifest, notes, source };
}

const envelope = (inner: string): Told => ({
  headers: { "content-type": "text/xml; charset=utf-8" },
  body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inner}</s:Body></s:Envelope>`,
});
const asked = () => tiny.state.asked.map(({ path, headers, body }) => ({ path, action: headers["soapaction"], xml: body }));

describe("a WSDL of today", () => {
  const { manifest, notes, source } = drafted(ORDERS_WSDL);
  const send = () => tinySend(tiny.origin, manifest, Date.now(), { session: "s-1", user_name: "ada" });
  test("its list is an object, its login the way in, all else an action", () => {
    expect(Object.keys(manifest.objects)).toEqual(["order"]);
    expect(Object.entries(manifest.actions).map(([key, { kind }]) => [key, kind])).toEqual([
      ["get_order", "lookup"],
      ["close_order", "action"],
    ]);
    expect(manifest.objects["order"]).toMatchObject({ id: "OrderId", updatedAt: "ModifiedAt", records: "ListOrdersResult.Order" });
    expect(manifest.actions["get_order"]?.description).toBe("What GetOrder does.");
    expect(manifest.auth["login"]).toMatchObject({ type: "login", fields: [{ key: "user_name" }, { key: "password", secret: true }] });
    expect(notes.join(" ")).toContain("ModifiedSince");
    for (const note of notes) expect(source).toContain(note);
  });
  test("the draft reads the service as it is: pages, changes, the session in the header", async () => {
    tiny.state.asked.length = 0;
    tiny.state.answer = ({ body }) => {
      const page = Number(/<page>(\d+)</.exec(body)?.[1]);
      const orders = page > 2 ? "" : [1, 2].map((n) => `<Order><OrderId>${page}${n}</OrderId><Status>open</Status></Order>`).join("");
      return envelope(`<ListOrdersResponse xmlns="urn:orders"><ListOrdersResult>${orders}</ListOrdersResult></ListOrdersResponse>`);
    };
    const open = () => objectSource({ send: send(), manifest, nowMs: () => Date.now() }, "order");
    const first = await drainTiny(open);
    expect(first.ids).toEqual(["11", "12", "21", "22"]);
    await drainTiny(open, first.cursor);
    const [one, , , changes] = asked();
    expect(one).toMatchObject({ path: "/soap/orders", action: '"urn:orders/ListOrders"' });
    expect(parseXml(one?.xml ?? "")).toMatchObject({
      Envelope: { Header: { SessionHeader: { SessionId: "s-1" } }, Body: { ListOrders: { page: "1", pageSize: "100" } } },
    });
    expect(changes?.xml).toMatch(/<ModifiedSince>20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ<\/ModifiedSince>/);
  });
  test("an action sends what was given, and a name of the credential is none of its inputs", async () => {
    tiny.state.asked.length = 0;
    tiny.state.answer = () => envelope('<CloseOrderResponse xmlns="urn:orders"><Done>true</Done></CloseOrderResponse>');
    const action = actionOf(manifest, "close_order");
    expect(action.input.map(({ key, required, values }) => [key, required, values])).toEqual([
      ["OrderId", true, undefined],
      ["Password", false, undefined],
      ["Reason", true, ["open", "closed"]],
    ]);
    const data = { OrderId: 7, Reason: "closed" };
    const { result } = await act({ send: send(), manifest, nowMs: () => Date.now() }, action, { ref: "1", data } as never);
    expect(result).toEqual({ outcome: "done", result: { Done: "true" } });
    expect(asked()[0]?.xml).toContain('<CloseOrder xmlns="urn:orders"><OrderId>7</OrderId><Reason>closed</Reason></CloseOrder>');
  });
  test("what is signed in with is sent once, as an envelope", () => {
    const { login } = manifest.auth;
    if (login?.type !== "login") throw new Error("no login");
    expect(login.steps[0]?.call).toMatchObject({
      url: "https://api.example.com/soap/orders",
      headers: { soapaction: '"urn:orders/Login"' },
    });
    expect(parseXml(login.steps[0]?.call.text?.body ?? "")).toMatchObject({
      Envelope: { Body: { Login: { UserName: "{user_name}", Password: "{password}" } } },
    });
  });
});

describe("a WSDL of long ago", () => {
  const { manifest, notes } = drafted(STOCK_WSDL);
  test("elements without namespace are sent without one; a host that only its makers reach is asked for", async () => {
    tiny.state.asked.length = 0;
    tiny.state.answer = () =>
      envelope('<n:r xmlns:n="urn:stock"><return><item><sku>a</sku></item><item><sku>b</sku></item></return></n:r>');
    const send = tinySend(tiny.origin, manifest, Date.now(), { host: "api.example.com" });
    const [object = ""] = Object.keys(manifest.objects);
    expect((await drainTiny(() => objectSource({ send, manifest, nowMs: () => Date.now() }, object))).ids).toEqual(["a", "b"]);
    const data = { item: { sku: "a", left: 3 }, note: "counted" };
    await act({ send, manifest, nowMs: () => Date.now() }, actionOf(manifest, "stock_update"), { ref: "1", data } as never);
    expect(tiny.state.asked.at(-1)?.query.get("v")).toBe("1");
    expect(asked().at(-1)?.xml).toContain(
      '<m:stockUpdate xmlns:m="urn:stock" xmlns=""><item><sku>a</sku><left>3</left></item><note>counted</note></m:stockUpdate>',
    );
    expect(notes.join(" ")).toMatch(/localhost.*host is asked for/s);
  });
});

describe("what is no WSDL says so, with its line", () => {
  const line = (text: string, part: string) => text.slice(0, text.indexOf(part)).split("\n").length;
  const fault = (text: string): DraftFault => {
    try {
      readWsdl(text);
    } catch (error) {
      if (error instanceof DraftFault) return error;
      throw error;
    }
    throw new Error("it was read");
  };
  const unclosed = ORDERS_WSDL.replace("</w:portType>", "");
  test.each<[string, string, RegExp, number | null]>([
    ["a tag that is not closed", unclosed, /no XML/, line(unclosed, "</w:definitions>")],
    ["nothing", "  ", /no XML|no WSDL/, 1],
    ["JSON", '{"openapi":"3.0.0"}', /no XML/, 1],
    ["a web page", "<html><body>Sign in</body></html>", /web page/, 1],
    ["WSDL 2.0", '<description xmlns="http://www.w3.org/ns/wsdl"/>', /2\.0/, 1],
    ["a DTD", '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "b">]>\n<x/>', /DTD/, 2],
    [
      "an element that is nowhere",
      ORDERS_WSDL.replace('element="t:GetOrder"', 'element="t:Gone"'),
      /"GetOrder".*"t:Gone"/,
      line(ORDERS_WSDL, '"GetOrder"'),
    ],
    [
      "no SOAP address",
      ORDERS_WSDL.replace(/<w:service[\s\S]*<\/w:service>/, '<w:import location="orders.wsdl" namespace="urn:x"/>'),
      /orders\.wsdl/,
      2,
    ],
  ])("%s", (_, text, message, at) => {
    const { message: said, line: where } = fault(text);
    expect(said).toMatch(message);
    expect(where).toBe(at);
  });
  test("types that hold themselves come to an end", { timeout: 60_000 }, () => {
    const knot = ORDERS_WSDL.replace(
      '<xs:element name="Lines" minOccurs="0">',
      '<xs:element name="Twin" type="t:Order" maxOccurs="9"/><xs:element name="Lines" minOccurs="0">',
    );
    expect(drafted(knot).source.length).toBeLessThan(20_000);
    const ref = (n: number) => `<xs:group ref="t:G${n}"/>`;
    const groups = Array.from(
      { length: 60 },
      (_, n) => `<xs:group name="G${n}"><xs:sequence>${ref(n + 1)}${ref(n + 1)}</xs:sequence></xs:group>`,
    );
    const mirrors = ORDERS_WSDL.replace('<xs:complexType name="Base"><xs:sequence>', `${groups.join("")}$&${ref(0)}`);
    expect(drafted(mirrors).source.length).toBeLessThan(20_000);
  });
});

/** Where published descriptions lie, as `soapclient_partner.wsdl.xml.gz` below `salesforce`; they are not ours to keep. */
const PARTNER = path.join(process.env["INLAY_SPECS"] ?? "", "salesforce", "soapclient_partner.wsdl.xml.gz");
test.skipIf(!existsSync(PARTNER))("a large published WSDL: every operation but the login is there", { timeout: 60_000 }, () => {
  const text = gunzipSync(readFileSync(PARTNER)).toString();
  const { manifest } = drafted(text);
  expect(readWsdl(text).operations).toHaveLength(32);
  expect(Object.keys(manifest.objects).length + Object.keys(manifest.actions).length).toBe(31);
  expect(Object.keys(manifest.objects)).toContain("sobjects");
  expect(Object.keys(manifest.auth)).toEqual(["login"]);
});
