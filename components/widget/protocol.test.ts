import { describe, expect, it } from "vitest";
import { fromFrame, PROTOCOL, parseTheme, parseView, toFrame } from "./protocol";

const nonce = "n".repeat(22);
const from = (message: object) => fromFrame({ inlay: PROTOCOL, nonce, ...message });
const to = (message: object) => toFrame({ inlay: PROTOCOL, nonce, ...message }, nonce);

describe("A-51: what the page accepts from the frame", () => {
  it("takes its own messages", () => {
    expect(from({ type: "hello" })?.type).toBe("hello");
    expect(from({ type: "resize", height: 10 })?.type).toBe("resize");
    expect(from({ type: "event", event: { type: "ready" } })?.type).toBe("event");
  });

  it.each([
    ["nothing", null],
    ["text", "hello"],
    ["another protocol", { inlay: 2, nonce, type: "hello" }],
    ["no nonce", { inlay: 1, type: "hello" }],
    ["a short nonce", { inlay: 1, nonce: "abc", type: "hello" }],
    ["a nonce that is no text", { inlay: 1, nonce: { length: 40 }, type: "hello" }],
    ["a height that is no number", { inlay: 1, nonce, type: "resize", height: "0;position:fixed" }],
    ["a negative height", { inlay: 1, nonce, type: "resize", height: -1 }],
    ["NaN", { inlay: 1, nonce, type: "resize", height: Number.NaN }],
    ["an event without a type", { inlay: 1, nonce, type: "event", event: null }],
  ])("ignores %s", (_name, data) => {
    expect(fromFrame(data)).toBeNull();
  });
});

describe("A-51: what the frame accepts from the page", () => {
  it("takes a session and copies it field by field", () => {
    const message = to({
      type: "session",
      token: "ems_x",
      page: "https://acme.example/integrations",
      theme: { accent: "#0F766E", background: "#141B19", radius: 6, font: "Georgia, serif", appearance: "dark", evil: "url(//x)" },
      view: { integration: "int_1" },
      locale: "de",
      extra: true,
    });
    expect(message).toEqual({
      type: "session",
      token: "ems_x",
      page: "https://acme.example/integrations",
      theme: { accent: "#0f766e", background: "#141b19", radius: 6, font: "Georgia, serif", appearance: "dark" },
      view: { integration: "int_1" },
      locale: "de",
    });
  });

  it("refuses another nonce, unknown types and foreign prototypes", () => {
    expect(toFrame({ inlay: 1, nonce: `${nonce}x`, type: "session", token: "t", page: "p" }, nonce)).toBeNull();
    expect(to({ type: "eval", code: "1" })).toBeNull();
    expect(to({ type: "session", token: 1, page: "p" })).toBeNull();
    expect(to({ type: "session", token: "t".repeat(5000), page: "p" })).toBeNull();
    expect(to(JSON.parse('{"type":"view","__proto__":{"view":"marketplace"}}'))).toBeNull();
  });

  it("takes calls with an id and a name, and what they bring", () => {
    expect(to({ type: "call", id: 1, name: "getSession", input: { a: 1 }, more: 2 })).toEqual({
      type: "call",
      id: 1,
      name: "getSession",
      input: { a: 1 },
    });
    expect(to({ type: "stop", id: 1 })).toEqual({ type: "stop", id: 1 });
    for (const bad of [{ id: "1", name: "x" }, { id: 1.5, name: "x" }, { id: 1 }, { id: 1, name: "n".repeat(65) }, { id: 1, name: 7 }])
      expect(to({ type: "call", ...bad })).toBeNull();
  });

  it("drops whatever is not a colour, a length or a family name", () => {
    expect(parseTheme({ accent: "red;} body{background:url(//evil)}", radius: 900, font: 'x";}@import "//evil"' })).toEqual({});
    expect(parseTheme({ accent: "#12345", radius: "4", appearance: "sepia" })).toEqual({});
    expect(parseTheme(null)).toEqual({});
  });

  it("knows four kinds of view", () => {
    expect(parseView("marketplace")).toBe("marketplace");
    expect(parseView({ connection: "con_1" })).toEqual({ connection: "con_1" });
    expect(parseView({ claim: "clt_1" })).toEqual({ claim: "clt_1" });
    expect(parseView({ claim: "x".repeat(201) })).toBeNull();
    expect(parseView({ connection: 1 })).toBeNull();
    expect(parseView("javascript:alert(1)")).toBeNull();
  });
});
