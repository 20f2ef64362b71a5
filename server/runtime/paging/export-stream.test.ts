import { Readable } from "node:stream";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { csv, job, startTinyJobs } from "#tests/support/tiny-job";
import { openTiny, tinyManifest, tinySend } from "#tests/support/tiny-source";
import { csvLines } from "../protocols/csv";
import { objectSource } from "./object-source";

const { tiny, answers, faultOf } = await startTinyJobs();
afterAll(() => tiny.stop());

describe("files of any size", () => {
  const LINES = 400_000;
  /** As slow as it is read; counts what has left. */
  function stream(sent: { lines: number }, line: (n: number) => string, head = ""): Readable {
    function* lines() {
      yield head;
      for (let n = 0; n < LINES; n += 100) {
        sent.lines = n + 100;
        yield Array.from({ length: 100 }, (_, one) => line(n + one)).join("");
      }
    }
    return Readable.from(lines(), { highWaterMark: 1, objectMode: true });
  }
  const csvLine = (n: number) => `${n},"a, ""b""\r\n${"x".repeat(200)}"\r\n`;
  const jsonLine = (n: number) => `${JSON.stringify({ id: n, text: "x".repeat(200) })}\n`;

  test.each([
    ["CSV", { type: "csv" }, "id,text\r\n", csvLine],
    ["JSON lines", { type: "ndjson" }, "", jsonLine],
  ])("%s: only what is read is fetched, and another process goes on at the row", { timeout: 60_000 }, async (_, protocol, head, line) => {
    const sent = { lines: 0 };
    answers({});
    const known = tiny.state.answer;
    tiny.state.answer = (one) => (one.path === "/files/9" ? csv(stream(sent, line, head)) : known(one));
    const manifest = tinyManifest({ job: { ...job, protocol, pageRows: 1_000 } });
    const source = openTiny(tiny.origin, manifest);
    let cursor: string | null = null;
    for (let n = 0; n < 2; n++) ({ cursor } = await source.readPage(cursor));
    const first = await source.readPage(cursor);
    const second = await source.readPage(first.cursor);
    expect([first.records.length, first.total, second.records[0]?.id, second.records.at(-1)?.id]).toEqual([1_000, null, "1000", "1999"]);
    // 80 MB would be there to be had; what stands between is what sockets hold.
    expect(sent.lines).toBeLessThan(LINES / 2);
    expect(tiny.state.asked.filter(({ path }) => path === "/files/9").length).toBe(1);
    // Killed here: whoever goes on has the cursor and nothing else.
    const next = await openTiny(tiny.origin, manifest).readPage(second.cursor);
    expect([next.records[0]?.id, next.records.length]).toEqual(["2000", 1_000]);
    expect(tiny.state.asked.filter(({ path }) => path === "/files/9").length).toBe(2);
  });

  test("the next run of the same stream goes on with the file that is open", async () => {
    const sent = { lines: 0 };
    answers({});
    const known = tiny.state.answer;
    tiny.state.answer = (one) => (one.path === "/files/9" ? csv(stream(sent, csvLine, "id,text\n")) : known(one));
    const manifest = tinyManifest({ job: { ...job, pageRows: 1_000 } });
    const open = (reader: string) => objectSource({ send: tinySend(tiny.origin, manifest), manifest, nowMs: Date.now, reader }, "thing");
    let cursor: string | null = null;
    for (let n = 0; n < 5; n++) ({ cursor } = await open("one").readPage(cursor));
    expect(tiny.state.asked.filter(({ path }) => path === "/files/9").length).toBe(1);
    await open("another").readPage(cursor);
    expect(tiny.state.asked.filter(({ path }) => path === "/files/9").length).toBe(2);
  });

  test("one that breaks off is an error, and goes on where it was", { timeout: 60_000 }, async () => {
    let broken = true;
    answers({});
    const known = tiny.state.answer;
    function* lines(end: number) {
      yield "id\n";
      for (let n = 0; n < end; n += 1_000) yield Array.from({ length: 1_000 }, (_, one) => `${n + one}\n`).join("");
      if (broken) throw new Error("cut");
    }
    tiny.state.answer = (one) => (one.path === "/files/9" ? csv(Readable.from(lines(50_000))) : known(one));
    const manifest = tinyManifest({ job: { ...job, pageRows: 5_000 } });
    const source = openTiny(tiny.origin, manifest);
    const ids: string[] = [];
    let cursor: string | null = null;
    const go = async (from: typeof source) => {
      for (;;) {
        const page = await from.readPage(cursor);
        ids.push(...page.records.map(({ id }) => id));
        ({ cursor } = page);
        if (page.done) return;
      }
    };
    await expect(go(source)).rejects.toMatchObject({ code: "provider_unavailable" });
    broken = false;
    await go(openTiny(tiny.origin, manifest));
    expect(ids).toEqual(Array.from({ length: 50_000 }, (_, n) => String(n)));
  });

  test("a long file whose lines are no records, or a page, is an error", async () => {
    const long = "Session expired. Please sign in again. ".repeat(5_000);
    answers(csv(long));
    expect((await faultOf())?.[0]).toBe("provider_invalid_response");
    answers(csv(`<!DOCTYPE html>${long}`));
    expect((await faultOf())?.[0]).toBe("provider_invalid_response");
  });
});

test("lines of a CSV are the same, wherever the text is cut", () => {
  const cell = fc.oneof(
    fc.constantFrom("", "a", 'q"', " ", "é", '"x"', '"a""b"', '"l\r\nm"'),
    fc.string({ maxLength: 4 }).map((one) => `"${one.replaceAll('"', '""')}"`),
  );
  const text = fc
    .array(fc.tuple(fc.array(cell, { minLength: 1, maxLength: 3 }), fc.constantFrom("\n", "\r\n")), { maxLength: 6 })
    .map((lines) => lines.map(([cells, end]) => cells.join(",") + end).join(""));
  fc.assert(
    fc.property(text, fc.array(fc.nat(60), { maxLength: 5 }), (whole, cuts) => {
      const got: string[][] = [];
      let left = "";
      const places = [...cuts.map((one) => Math.min(one, whole.length)).sort((a, b) => a - b), whole.length];
      let from = 0;
      for (const [n, to] of places.entries()) {
        const piece = csvLines(left + whole.slice(from, to), ",", n === places.length - 1);
        got.push(...piece.lines);
        ({ left } = piece);
        from = to;
      }
      expect(got).toEqual(csvLines(whole, ",").lines);
    }),
  );
});
