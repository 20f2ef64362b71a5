import { afterEach, describe, expect, test } from "vitest";
import { type Asked, startThirdParty, type ThirdParty, type Told } from "#tests/support/third-party";
import { CREATE, KEYED, type Writes, writeThings } from "#tests/support/writing";

let third: ThirdParty | null = null;
afterEach(async () => {
  await third?.stop();
  third = null;
});

type Write = Parameters<typeof writeThings>;
const write = (writes: Write[1], operation: Write[2], items: Write[3], one?: Write[4]) =>
  writeThings(third?.origin ?? "http://127.0.0.1:9", writes, operation, items, one);

const FOUND = {
  by: "find",
  request: { method: "GET", path: "/things", query: { email: "{data.email}" } },
  records: "items",
  id: "id",
  match: { email: "email" },
  settleMs: 0,
} as const;
/** What the third party holds, and how it answers. `strike` decides about single requests; null lets them pass. */
async function system(strike: (asked: Asked, n: number) => Told | null = () => null) {
  const things: { id: string; email: string }[] = [];
  const byKey = new Map<string, string>();
  let writes = 0;
  const make = (email: string, key: string | undefined): string => {
    const known = key === undefined ? undefined : byKey.get(key);
    if (known !== undefined) return known;
    const id = String(things.length + 1);
    things.push({ id, email });
    if (key !== undefined) byKey.set(key, id);
    return id;
  };
  third = await startThirdParty((asked) => {
    if (asked.method === "GET") {
      const found = things.filter((one) => one.email === asked.query.get("email"));
      return { json: { items: found, version: "7" } };
    }
    const given = JSON.parse(asked.body || "{}") as { thing?: { email?: string } };
    const done = asked.method === "POST" && given.thing ? { id: make(given.thing.email ?? "", asked.headers["idempotency-key"]) } : {};
    return strike(asked, ++writes) ?? { status: 200, json: done };
  });
  return { things, asked: third.asked };
}

const ada = { data: { email: "ada@acme.example", name: "Ada" } };

describe("a create whose answer is lost", () => {
  const lost: [string, Told][] = [
    ["the connection is cut after the request was taken in", { cut: true }],
    ["500 after it was done", { status: 500, json: { message: "oops" } }],
    ["503 with a wait", { status: 503, headers: { "retry-after": "1" }, json: {} }],
    ["a page with 200", { status: 200, text: "<html>down</html>", headers: { "content-type": "text/html" } }],
    ["JSON that is cut", { status: 200, text: '{"id": "1', headers: { "content-type": "application/json" } }],
  ];
  test.each(lost)("%s: made once, by key", async (_name, answer) => {
    const { things, asked } = await system((_asked, n) => (n === 1 ? answer : null));
    expect(await write({ create: { ...CREATE, once: KEYED } }, "create", [ada])).toEqual([{ outcome: "done", id: "1", created: true }]);
    expect([things.length, asked.length]).toEqual([1, 2]);
    expect(asked[0]?.headers["idempotency-key"]).toBe(asked[1]?.headers["idempotency-key"]);
  });
  test.each(lost)("%s: made once, by looking for it", async (_name, answer) => {
    const { things, asked } = await system((_asked, n) => (n === 1 ? answer : null));
    const [result] = await write({ create: { ...CREATE, once: FOUND } }, "create", [ada]);
    expect(result).toMatchObject({ outcome: "done", id: "1", created: null });
    expect([things.length, asked.map((one) => one.method)]).toEqual([1, ["POST", "GET"]]);
  });
  test.each(lost)("%s: sent once and left to a person, with neither", async (_name, answer) => {
    const { things, asked } = await system(() => answer);
    expect(await write({ create: CREATE }, "create", [ada])).toMatchObject([{ outcome: "unknown" }]);
    expect([things.length, asked.length]).toEqual([1, 1]);
  });
  test("not made after all: looked for, not found, and made", async () => {
    const { things } = await system();
    await third?.stop();
    let n = 0;
    third = await startThirdParty(({ method }) => {
      if (method === "GET") return { json: { items: [] } };
      return ++n === 1 ? { cut: true } : { json: { id: "9" } };
    });
    expect(await write({ create: { ...CREATE, once: FOUND } }, "create", [ada])).toMatchObject([{ outcome: "done", id: "9" }]);
    expect(things).toEqual([]);
  });
  test("several fit: nobody knows which", async () => {
    const { things } = await system((_asked, n) => (n === 1 ? { cut: true } : null));
    things.push({ id: "old", email: "ada@acme.example" });
    expect(await write({ create: { ...CREATE, once: FOUND } }, "create", [ada])).toMatchObject([{ outcome: "unknown" }]);
  });
  test("an earlier attempt is not repeated blindly, nor under a key that is forgotten", async () => {
    const { asked } = await system();
    const again = { ...ada, again: true };
    expect(await write({ create: CREATE }, "create", [again])).toMatchObject([{ outcome: "unknown" }]);
    const old = { ...again, firstAtMs: Date.now() - 25 * 3_600_000 };
    expect(await write({ create: { ...CREATE, once: KEYED } }, "create", [old])).toMatchObject([{ outcome: "unknown" }]);
    expect(asked).toEqual([]);
  });
  test("it goes on for long: later, and then to be looked for first", async () => {
    await system(() => ({ status: 502, json: {} }));
    expect(await write({ create: { ...CREATE, once: KEYED } }, "create", [ada])).toMatchObject([{ outcome: "later", again: true }]);
  });
});

describe("what was said", () => {
  test("a refusal has the third party's words and field; nothing is repeated", async () => {
    const { asked } = await system(() => ({ status: 422, json: { message: "Email is taken", field: "email" } }));
    expect(await write({ create: { ...CREATE, once: KEYED } }, "create", [ada])).toEqual([
      { outcome: "refused", code: "record_invalid", message: "Tiny answered 422: Email is taken", field: "email" },
    ]);
    expect(asked.length).toBe(1);
  });
  test("429 and what never left are for later, and were not done", async () => {
    await system(() => ({ status: 429, headers: { "retry-after": "3" }, json: {} }));
    expect(await write({ create: CREATE }, "create", [ada])).toMatchObject([{ outcome: "later", retryAfterMs: 3_000, again: false }]);
    await third?.stop();
    expect(await write({ create: CREATE }, "create", [ada])).toMatchObject([
      { outcome: "later", code: "provider_unavailable", again: false },
    ]);
    third = null;
  });
  test("what does not fit is refused here, by field, and never sent", async () => {
    const { asked } = await system();
    const results = await write(
      { create: CREATE, update: { request: { method: "PATCH", path: "/things/{id}", body: "{data}" } } },
      "create",
      [
        { data: { name: "A name that is much too long" } },
        { data: { email: "a@b.example", naem: "x" } },
        { data: { email: "a@b.example", amount: "12,5" } },
      ],
    );
    expect(results.map((one) => (one.outcome === "refused" ? [one.field, one.message] : one))).toEqual([
      ["email", "email: is required; name: must not be longer than 20 characters"],
      ["naem", "naem: is not a field that can be sent; there are email, name, amount"],
      ["amount", "amount: must be a number (or one as text, to keep every digit)"],
    ]);
    expect(asked).toEqual([]);
  });
  test("deleting what is gone is done; an id cannot lead elsewhere", async () => {
    const { asked } = await system(() => ({ status: 404, json: { message: "gone" } }));
    const del = { delete: { request: { method: "DELETE" as const, path: "/things/{id}" } } };
    expect(await write(del, "delete", [{ id: "a/../b" }])).toEqual([{ outcome: "done", id: "a/../b", created: null }]);
    expect(asked[0]?.path).toBe("/things/a%2F..%2Fb");
    expect(await write(del, "delete", [{ id: ".." }])).toMatchObject([{ outcome: "refused", field: "id" }]);
  });
  test("an update is repeated after a 500; a guarded one only while the version stands", async () => {
    let version = 7;
    let applies = true;
    third = await startThirdParty(({ method }, n) => {
      if (method === "GET") return { json: { id: "1", version, at: "2026-01-01" } };
      if (n > 1) return { status: 204, text: "" };
      if (applies) version++;
      return { cut: true };
    });
    const update: Writes["update"] = {
      request: { method: "PATCH", path: "/things/{id}", body: "{data}" },
      guard: { place: { in: "header", name: "If-Match" }, version: "version" },
    };
    const one = { request: { method: "GET" as const, path: "/things/{id}" } };
    const item = { id: "1", data: { name: "Ada" } };
    expect(await write({ update }, "update", [item])).toMatchObject([{ outcome: "done", id: "1" }]);
    third.asked.length = 0;
    expect(await write({ update }, "update", [{ ...item, version: "8" }], one)).toMatchObject([{ outcome: "unknown" }]);
    expect(third.asked.map((asked) => asked.method)).toEqual(["PATCH", "GET"]);
    expect(third.asked[0]?.headers["if-match"]).toBe("8");
    third.asked.length = 0;
    applies = false;
    expect(await write({ update }, "update", [{ ...item, version: String(version) }], one)).toMatchObject([{ outcome: "done" }]);
  });
  test("changed since it was read: a conflict", async () => {
    await system(() => ({ status: 412, json: { message: "ETag differs" } }));
    const update: Writes["update"] = {
      request: { method: "PATCH", path: "/things/{id}", body: "{data}" },
      guard: { place: { in: "header", name: "If-Match" }, version: "version" },
    };
    expect(await write({ update }, "update", [{ id: "1", data: { name: "x" }, version: "6" }])).toMatchObject([
      { outcome: "refused", code: "conflict" },
    ]);
  });
});
