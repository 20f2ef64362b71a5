import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { packed } from "#server/simulator/from-manifest/pack";
import { csv, job, startTinyJobs } from "#tests/support/tiny-job";
import { drainTiny, openTiny, tinyManifest } from "#tests/support/tiny-source";

const { tiny, answers, read, faultOf } = await startTinyJobs();
afterAll(() => tiny.stop());

const ROWS = 7;
const IDS = Array.from({ length: ROWS }, (_, n) => String(n));
const CSV = ["id,name", ...IDS.map((id) => `${id},"name, ${id}"`)].join("\r\n");

describe("how it is asked for", () => {
  test("an id in a header, a state told by the status alone, a file where one asked for it", async () => {
    let polls = 0;
    tiny.state.answer = ({ method }) => {
      if (method === "POST") return { status: 202, headers: { location: "/v2/jobs/77?x=1" } };
      return polls++ < 2 ? { status: 202 } : csv(CSV);
    };
    const { poll: _poll, file: _file, ...rest } = job;
    const own = { ...rest, id: { header: "Location" }, status: { http: true }, ready: ["200"], failed: ["500"] };
    expect((await drainTiny(() => openTiny(tiny.origin, tinyManifest({ job: own })))).ids).toEqual(IDS);
    expect(
      tiny.state.asked
        .filter(({ method }) => method === "GET")
        .every(({ path, query }) => path === "/v2/jobs/77" && query.get("x") === "1"),
    ).toBe(true);
  });
  test("an id taken out of a longer text, and a status that is true or false", async () => {
    let polls = 0;
    answers(csv(CSV));
    const known = tiny.state.answer;
    tiny.state.answer = (one) =>
      one.path === "/jobs"
        ? { status: 201, headers: { location: "https://api.example.com/v1/jobs/j1/" } }
        : one.path === "/jobs/j1"
          ? { body: { complete: polls++ > 0, url: "/files/9" } }
          : known(one);
    const own = { id: { header: "location", pattern: "/jobs/([^/]+)" }, status: "complete", ready: ["true"], failed: [] };
    expect((await read(own)).ids).toEqual(IDS);
  });
  test("a redirect says that it is ready, and where", async () => {
    answers(csv(CSV), { "/jobs/j1": { status: 303, headers: { location: "/files/9" } } });
    expect((await read({ status: { http: true }, ready: ["303"], file: { header: "location" } })).ids).toEqual(IDS);
  });
  test("a third question tells where the file is, each time anew, for such addresses run out", async () => {
    let told = 0;
    answers(csv(CSV), { "/jobs/j1": { body: { status: "done", document: "d/1" } } });
    const known = tiny.state.answer;
    tiny.state.answer = (one) => {
      if (one.path === "/documents/d%2F1")
        return { body: { url: `https://api.example.com/files/${++told}`, compressionAlgorithm: "GZIP" } };
      if (one.path.startsWith("/files/")) return one.path === `/files/${told}` ? csv(gzipSync(CSV)) : { status: 403, body: {} };
      return known(one);
    };
    const { ids, cursors } = await read({
      file: "document",
      locate: { request: { path: "/documents/{file}" }, file: "url" },
      unpack: "gzip",
    });
    expect([ids, told]).toEqual([IDS, 3]);
    expect(cursors.some((one) => one?.includes("files"))).toBe(false);
  });
  test("several files, one after the other, and none at all", async () => {
    const part = (from: number, to: number) => csv(["id", ...IDS.slice(from, to)].join("\n"));
    answers(part(0, 4), { "/jobs/j1": { body: { status: "done", urls: ["/files/9", "/files/10"] } }, "/files/10": part(4, ROWS) });
    expect((await read({ file: "urls" })).ids).toEqual(IDS);
    answers(part(0, 0), { "/jobs/j1": { body: { status: "done", urls: [] } } });
    expect((await read({ file: "urls" })).ids).toEqual([]);
  });
  test("parts, each of which tells the mark of the next in a header; marks in a circle are noticed", async () => {
    const parts: Record<string, [string, string[]]> = { "": ["a", IDS.slice(0, 4)], a: ["b", IDS.slice(4, 5)], b: ["null", IDS.slice(5)] };
    const serve = (circle: boolean) => {
      answers({});
      const known = tiny.state.answer;
      tiny.state.answer = (one) => {
        const [next = "", ids = []] = parts[one.query.get("locator") ?? ""] ?? [];
        if (one.path !== "/jobs/j1/results") return known(one);
        return csv(["id", ...ids].join("\n"), { "sforce-locator": circle && next === "null" ? "a" : next });
      };
    };
    const { file: _file, ...rest } = job;
    const own = {
      ...rest,
      download: { path: "/jobs/{job}/results", query: { maxRecords: "4" } },
      parts: { next: { header: "Sforce-Locator" }, none: "null", place: { in: "query", name: "locator" } },
    };
    const drain = () => drainTiny(() => openTiny(tiny.origin, tinyManifest({ job: own })));
    serve(false);
    expect((await drain()).ids).toEqual(IDS);
    serve(true);
    await expect(drain()).rejects.toMatchObject({ code: "provider_cursor_loop" });
  });
  test("a job that is gone is asked for anew, from the first row; one that always is, is an error", async () => {
    answers(csv(CSV));
    const known = tiny.state.answer;
    let gone = 0;
    tiny.state.answer = (one) => (one.path === "/files/9" && gone++ === 1 ? { status: 404, body: {} } : known(one));
    const { ids } = await read();
    expect(ids).toEqual([...IDS.slice(0, 3), ...IDS]);
    answers(csv(CSV), { "/jobs/j1": { status: 410, body: {} } });
    expect((await faultOf())?.[0]).toBe("provider_invalid_response");
  });
  test("no list beside it is needed", async () => {
    answers(csv(CSV));
    const { list: _list, ...bare } = tinyManifest({ job }).objects["thing"] ?? {};
    const manifest = { ...tinyManifest({ job }), objects: { thing: bare } } as ReturnType<typeof tinyManifest>;
    expect((await drainTiny(() => openTiny(tiny.origin, manifest))).ids).toEqual(IDS);
  });
});

describe("what it is packed in", () => {
  // By Info-ZIP with sizes, by Info-ZIP into a pipe, by Python's zipfile into a pipe; the last holds two files.
  const ARCHIVES = [
    "UEsDBAoAAAAAADOvdV3OdA7pGAAAABgAAAAIAAAAcm93cy5jc3ZpZCxuYW1lDQowLCJhLCBiIg0KMSxjDQpQSwECHgMKAAAAAAAzr3VdznQO6RgAAAAYAAAACAAAAAAAAAABAAAApIEAAAAAcm93cy5jc3ZQSwUGAAAAAAEAAQA2AAAAPgAAAAAA",
    "UEsDBC0ACAAIADOvdV0AAAAA//////////8BABQALQEAEAAAAAAAAAAAAAAAAAAAAAAAy0zRyUvMTeXlMtBRStRRSFLi5TLUSeblAgBQSwcIznQO6RoAAAAAAAAAGAAAAAAAAABQSwECHgMtAAgACAAzr3VdznQO6RoAAAAYAAAAAQAAAAAAAAABAAAAgBEAAAAALVBLBQYAAAAAAQABAC8AAABlAAAAAAA=",
    "UEsDBBQACAAIADOvdV0AAAAAAAAAAAAAAAAIAAAAcm93cy5jc3bLTNHJS8xN5eUy0FFK1FFIUuLlMtRJ5uUCAFBLBwjOdA7pGgAAABgAAABQSwECFAMUAAgACAAzr3VdznQO6RoAAAAYAAAACAAAAAAAAAAAAAAAgAEAAAAAcm93cy5jc3ZQSwUGAAAAAAEAAQA2AAAAUAAAAAAA",
  ];
  const TWO =
    "UEsDBBQACAAIADOvdV0AAAAAAAAAAAAAAAAIAAAAcm93cy5jc3bLTNHJS8xN5eUy0FFK1FFIUuLlMtRJ5uUCAFBLBwjOdA7pGgAAABgAAABQSwMEFAAIAAgAM691XQAAAAAAAAAAAAAAAAUAAABiLmNzdstM4bLkAgBQSwcIB2OCBQcAAAAFAAAAUEsBAhQDFAAIAAgAM691Xc50DukaAAAAGAAAAAgAAAAAAAAAAAAAAIABAAAAAHJvd3MuY3N2UEsBAhQDFAAIAAgAM691XQdjggUHAAAABQAAAAUAAAAAAAAAAAAAAIABUAAAAGIuY3N2UEsFBgAAAAACAAIAaQAAAIoAAAAAAA==";
  const pieces = (bytes: Buffer) =>
    Readable.from(Array.from({ length: Math.ceil(bytes.length / 7) }, (_, n) => bytes.subarray(n * 7, n * 7 + 7)));
  test.each(ARCHIVES)("an archive, whole and in pieces: %#", async (text) => {
    answers(csv(Buffer.from(text, "base64")));
    expect((await read({ unpack: "zip" })).records.map(({ value }) => value)).toEqual([
      { id: "0", name: "a, b" },
      { id: "1", name: "c" },
    ]);
    tiny.state.answer = (
      (known) => (one) =>
        one.path === "/files/9" ? csv(pieces(Buffer.from(text, "base64"))) : known(one)
    )(tiny.state.answer);
    expect((await read({ unpack: "zip" })).ids).toEqual(["0", "1"]);
  });
  test.each(["gzip", "zip", undefined] as const)("%s, and what says it is and is not", async (unpack) => {
    answers(csv(packed(Buffer.from(CSV), unpack)));
    expect((await read({ unpack })).ids).toEqual(IDS);
    answers(csv(CSV));
    expect((await read({ unpack })).ids).toEqual(IDS);
  });
  test.each([
    ["two files, of which nobody said which", Buffer.from(TWO, "base64"), "zip"],
    ["a cut archive", Buffer.from(ARCHIVES[2] ?? "", "base64").subarray(0, 60), "zip"],
    ["a cut file", gzipSync(CSV).subarray(0, 20), "gzip"],
    ["an archive where none was said to be", Buffer.from(ARCHIVES[2] ?? "", "base64"), undefined],
    ["a page", Buffer.from("<!doctype html><p>Sign in</p>"), "gzip"],
  ])("%s is never read as rows", async (_, bytes, unpack) => {
    answers(csv(bytes));
    expect((await faultOf({ unpack }))?.[0]).toBe("provider_invalid_response");
  });
});
