import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { drainTiny, openTiny, startTiny, type Told, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const told = (type: string, body: string): Told => ({ headers: { "content-type": type }, body });
/** Ids of a whole reading, or the code it fails with. */
const read = (manifest: ReturnType<typeof tinyManifest>, answer: Told): Promise<string[] | string> => {
  tiny.state.answer = () => answer;
  return drainTiny(() => openTiny(tiny.origin, manifest, NOW)).then(
    ({ ids }) => ids,
    (error) => (isAppError(error) ? error.code : Promise.reject(error)),
  );
};

test("an error that is a sentence is seen by rules of the whole", async () => {
  const manifest = tinyManifest({}, { errors: [{ statuses: [400], path: "$", matches: "limit exceeded", code: "provider_rate_limited" }] });
  const said = (body: string): Told => ({ status: 400, headers: { "content-type": "text/plain" }, body });
  expect(await read(manifest, said("API limit exceeded."))).toBe("provider_rate_limited");
  expect(await read(manifest, said("No such list."))).toBe("provider_invalid_response");
  expect(await read(manifest, said("<p>limit exceeded"))).toBe("provider_invalid_response");
});

describe("what is no rows is never an empty file", () => {
  const csv = (http: object = {}, rest: object = {}) => tinyManifest({ protocol: { type: "csv" }, records: "rows", ...rest }, http);
  const lines = (http: object = {}) => tinyManifest({ protocol: { type: "ndjson" }, records: "rows" }, http);
  const BAD = "provider_invalid_response";

  test.each([
    ["JSON", told("application/json", '{"error":"quota exceeded"}')],
    ["JSON called text", told("text/plain", '{"error":"quota exceeded"}')],
    ["JSON called CSV", told("text/csv", '{"error":"quota exceeded"}')],
    ["a sentence", told("text/plain", "Session expired. Please sign in again.")],
    ["a sentence with a comma", told("text/csv", "Internal error, try again later")],
    ["a page", told("text/html", "<!doctype html><p>id</p>")],
    ["an archive", told("application/zip", "PK\u0003\u0004\u0000id")],
  ])("CSV: %s", async (_, answer) => {
    expect(await read(csv(), answer)).toBe(BAD);
    expect(await read(csv({}, { leavesOutEmpty: true }), answer)).toBe(BAD);
  });
  test("CSV without a line of names: no line has as many cells as there are columns", async () => {
    const named = csv({}, { protocol: { type: "csv", columns: ["id", "at"] } });
    expect(await read(named, told("text/plain", "Session expired."))).toBe(BAD);
    expect(await read(named, told("text/plain", "1,2026-01-01\n2"))).toEqual(["1"]);
  });
  test("what the manifest says of errors holds for them too, and not for rows", async () => {
    const http = {
      errorMessage: "error",
      success: { path: "ok", equals: true },
      errors: [{ path: "error", code: "provider_unavailable" }],
    };
    for (const object of [csv(http), lines(http)])
      expect(await read(object, told("application/json", '{"error":"quota exceeded"}'))).toBe("provider_unavailable");
    const odd = { errors: [{ path: "code", not: 0, code: "provider_unavailable" }] };
    expect(await read(csv({ ...http, ...odd }), told("text/csv", "id,at\n1,2026-01-01"))).toEqual(["1"]);
    expect(await read(csv(http), told("application/octet-stream", "id,at\r\n"))).toEqual([]);
  });
  test("lines of JSON: one object is one row, unless it holds an error's text", async () => {
    expect(await read(lines(), told("application/json", '{"message":"quota exceeded"}'))).toBe(BAD);
    expect(await read(lines(), told("text/plain", '{\n  "state": "failed"\n}'))).toBe(BAD);
    expect(await read(lines(), told("application/json", '{"id":"1"}'))).toEqual(["1"]);
    expect(await read(lines(), told("application/x-ndjson", '{"id":"1","message":"hi"}'))).toEqual(["1"]);
  });
});

test("a list that may be left out is not, where there is an error's text", async () => {
  const object = { leavesOutEmpty: true, records: "items" };
  const bad = told("application/json", '{"error":"internal"}');
  expect(await read(tinyManifest(object, { errorMessage: "error" }), bad)).toBe("provider_invalid_response");
  expect(await read(tinyManifest(object), told("application/json", '{"total":0}'))).toEqual([]);
  // One that calls itself fine may say something.
  const fine = { errorMessage: "message", success: { path: "ok", equals: true } };
  expect(await read(tinyManifest(object, fine), told("application/json", '{"ok":true,"message":"nothing"}'))).toEqual([]);
});

test("a fine answer may have several words for it", async () => {
  const manifest = tinyManifest({}, { success: { path: "status", equals: ["OK", "ZERO_RESULTS"] } });
  const answer = (status: string) => told("application/json", JSON.stringify({ status, data: status === "OK" ? [{ id: "1" }] : [] }));
  expect(await read(manifest, answer("OK"))).toEqual(["1"]);
  expect(await read(manifest, answer("ZERO_RESULTS"))).toEqual([]);
  expect(await read(manifest, answer("REQUEST_DENIED"))).toBe("provider_invalid_response");
});

describe("an answer is what it is, whatever it is called", () => {
  const xml = { protocol: { type: "xml" }, records: "data.row" };
  test.each(["text/plain;charset=UTF-8", "text/html; charset=utf-8", "application/javascript", "application/octet-stream"])(
    "called %s: it is what it is",
    async (type) => {
      expect(await read(tinyManifest({}), told(type, '{"data":[{"id":"1"}]}'))).toEqual(["1"]);
      expect(await read(tinyManifest(xml), told(type, "<data><row><id>1</id></row></data>"))).toEqual(["1"]);
      expect(await read(tinyManifest({ protocol: { type: "csv" }, records: "rows" }), told(type, "id\n1"))).toEqual(["1"]);
    },
  );
  test.each(["<!DOCTYPE html><html><data/></html>", "  <html><data></data></html>", '"fine"', "null", "ok"])(
    "%s is refused",
    async (body) => {
      for (const object of [{}, xml, { ...xml, leavesOutEmpty: true, records: "html.data" }])
        expect(await read(tinyManifest(object), told("text/html", body))).toBe("provider_invalid_response");
    },
  );
});
