import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { parseCursor } from "#server/runtime/cursor";
import { Manifest } from "#server/runtime/manifest";
import { readPage } from "#server/runtime/pages";
import { parseMoment } from "#server/runtime/paging/moments";
import { overlaps } from "#server/runtime/paging/overlap";
import { objectOf } from "#server/runtime/paging/own-object";
import { at, put } from "#server/runtime/paths";
import { type Plan, planOf } from "#server/runtime/read-plan";
import { idPaths } from "#server/runtime/record-id";
import type { Send } from "#server/runtime/send";
import type { SourcePage } from "#server/runtime/source";
import { UNSEEN_FIELDS } from "#tests/support/unseen-fields";
import { getManifest, isPrivateKey, listManifests } from "./index";

const here = import.meta.dirname;
const read = (...parts: string[]) => readFileSync(path.join(here, ...parts), "utf8");
const fixture = (key: string, object: string) => JSON.parse(read(key, "fixtures", `${object}.json`)) as unknown[];

/** Serves fixture pages; the first `recorded` but one say by a header that there is more. */
const serve = (page: unknown, nth: number, recorded: number): Send => {
  const more = nth + 1 < recorded ? { link: `<https://api.example.com/?page=${nth + 2}>; rel="next"` } : {};
  return async () => ({
    json: page,
    headers: { date: "Sat, 21 Nov 2026 12:00:00 GMT", ...more },
    url: "https://api.example.com/",
    suspicious: false,
    facts: { method: "GET", path: "/", status: 200, ms: 1, bytes: 1_000, retries: 0 },
  });
};

/** What the connect form's examples come to. */
const entered = (manifest: Manifest): Record<string, string> =>
  Object.fromEntries(Object.values(manifest.auth).flatMap(({ fields }) => fields.map(({ key, example = "" }) => [key, example])));

/** The page that is served at a cursor, in order; where rows are counted, the one behind those taken so far, after the row that is known if that is asked for too. */
function pageAt(pages: readonly unknown[], nth: number, plan: Plan, cursor: string | null) {
  const { records } = plan.spec;
  if (!overlaps(plan.full, plan.spec)) return { page: pages[nth], place: nth };
  const { rows, bare } = parseCursor(cursor);
  const listOf = (page: unknown) => at(page, records) as unknown[];
  let place = 0;
  for (let taken = 0; taken < rows && place < pages.length - 1; place++) taken += listOf(pages[place]).length;
  const page = structuredClone(pages[place]) as Record<string, unknown>;
  if (rows > 0 && bare === undefined) put(page, records, [...listOf(pages[place - 1]).slice(-1), ...listOf(page)]);
  return { page, place };
}

/** Reads until the source says that it is done. After the recorded pages comes an empty one; of windows of time, many. */
async function readAll(recorded: unknown[], plan: Plan) {
  const empty = structuredClone(recorded.at(-1)) as Record<string, unknown>;
  put(empty, plan.spec.records, []);
  const pages = [...recorded, ...Array<unknown>(plan.changes?.changes?.window ? 1_000 : 1).fill(empty)];
  const read: SourcePage[] = [];
  // Of counted rows the end is asked for twice, once with the row that is known.
  const most = pages.length + (overlaps(plan.full, plan.spec) ? 2 : 0);
  for (let cursor: string | null = null; read.length < most; ) {
    const { page, place } = pageAt(pages, read.length, plan, cursor);
    const answer: SourcePage = await readPage(serve(page, place, recorded.length), plan, cursor, Date.now());
    read.push(answer);
    if (answer.done) break;
    cursor = answer.cursor;
  }
  const [records, faults] = [read.flatMap((page) => page.records), read.flatMap((page) => page.faults)];
  return { records, faults, reads: read.length, done: read.at(-1)?.done };
}

test("every folder is in the table of contents under its own key, and holds only what belongs there", () => {
  const folders = readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  expect(folders.sort()).toEqual(
    listManifests()
      .map((manifest) => manifest.key)
      .sort(),
  );
  for (const folder of folders) {
    for (const name of readdirSync(path.join(here, folder)))
      expect(["manifest.ts", "objects.ts", "hooks.ts", "fixtures", "icon.svg", "README.md"]).toContain(name);
  }
});

test("no connector we ship has the key of a private one", () =>
  expect(listManifests().filter((manifest) => isPrivateKey(manifest.key))).toEqual([]));

test("an unknown connector is not found", () => expect(() => getManifest("nope")).toThrow(/no connector/));

describe.each(listManifests().map((manifest) => [manifest.key, manifest] as const))("%s", (key, manifest) => {
  test("is plain data that survives JSON", () => {
    expect(Manifest.parse(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
  });
  test("says where it was read and when, and has its icon", () => {
    const readme = read(key, "README.md");
    for (const { url } of manifest.docs) expect(readme).toContain(url);
    expect(readme).toMatch(/20\d\d-\d\d-\d\d/);
    expect(read(key, "icon.svg")).toMatch(/^<svg /);
    expect(read("..", "..", "public", "v1", "icons", `${key}.svg`)).toBe(read(key, "icon.svg"));
    expect(read(key, "icon.svg")).not.toMatch(/<script|href=|on\w+=/i);
    const parts = readdirSync(path.join(here, key)).filter((name) => name.endsWith(".ts"));
    for (const part of parts) expect(read(key, part).split("\n").length).toBeLessThan(250);
  });
  test("asks for named scopes, in order, each with a reason", () => {
    for (const method of Object.values(manifest.auth)) {
      if (method.type !== "oauth2_code") continue;
      const scopes = method.scopes.map((one) => one.scope);
      expect(scopes).toEqual([...new Set(scopes)].sort());
      expect(method.scopes.every((one) => one.reason.length > 5)).toBe(true);
    }
  });
  test("form fields have patterns that compile and examples that fit", () => {
    for (const method of Object.values(manifest.auth)) {
      for (const field of method.fields) {
        if (field.pattern !== undefined && field.example !== undefined)
          expect(field.example).toMatch(new RegExp(`^(?:${field.pattern})$`, "u"));
      }
    }
  });
  describe.each(Object.keys(manifest.objects).filter((object) => manifest.objects[object]?.list))("%s", (object) => {
    test("its two recorded pages are read whole and end", async () => {
      const plan = planOf(manifest, object, objectOf(manifest, object, entered(manifest)));
      const pages = fixture(key, object);
      const rows = pages.flatMap((page) => at(page, plan.spec.records) as unknown[]);
      const { records, faults, reads, done } = await readAll(pages, plan);
      const least = plan.full.pagination.type === "none" ? 1 : 2;
      expect([pages.length, faults, reads >= pages.length, done]).toEqual([least, [], true, true]);
      expect(new Set(records.map((record) => record.id)).size).toBe(rows.length);
    });
    test("paths of id, change time and fields are found in the fixture or the sample", async () => {
      const plan = planOf(manifest, object, objectOf(manifest, object, entered(manifest)));
      const { spec } = plan;
      const values = (await readAll(fixture(key, object), plan)).records.map((one) => one.value);
      const [first] = values;
      for (const where of [...idPaths(spec.id), ...(spec.updatedAt === undefined ? [] : [spec.updatedAt])]) {
        expect(at(first, where), where).toBeDefined();
        expect(at(spec.sample, where), where).toBeDefined();
      }
      if (spec.updatedAt !== undefined) expect(parseMoment(at(first, spec.updatedAt))).not.toBeNaN();
      const unseen = spec.fields.filter((field) => [spec.sample, ...values].every((one) => at(one, field.path) === undefined));
      const named = UNSEEN_FIELDS[`${key}.${object}`];
      expect(unseen.map((field) => field.path)).toEqual(named === undefined ? [] : named.split(" "));
    });
  });
});

test("fields are named as unseen of objects there are", () => {
  const known = listManifests().flatMap(({ key, objects }) => Object.keys(objects).map((object) => `${key}.${object}`));
  expect(Object.keys(UNSEEN_FIELDS).filter((one) => !known.includes(one))).toEqual([]);
});

const SERVER = path.join(here, "..");
const sources = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(dir, entry.name);
    if (entry.isDirectory()) return sources(file);
    return /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name) ? [file] : [];
  });

test("no generic code names a third party", () => {
  // The simulator plays them, the demo sets them up, ready templates stand on them: all are about particular systems by nature. Comments may
  // give examples.
  const rooms = [SERVER, path.join(SERVER, "..", "workflows")].flatMap(sources);
  const generic = rooms.filter((file) => !/\/(connectors|simulator|demo|ready)\//.test(file) || /connectors\/[^/]+\.ts$/.test(file));
  const names = listManifests().map((manifest) => manifest.key.replace("-", "[-_ ]?"));
  const pattern = new RegExp(`\\b(${names.join("|")})\\b`, "i");
  const named = generic.flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => pattern.test(line) && !/^\s*(\/\/|\/?\*)/.test(line) && !file.endsWith("connectors/index.ts"))
      .map((line) => `${path.relative(SERVER, file)}: ${line.trim()}`),
  );
  expect(named).toEqual([]);
});

test("what a manifest may declare, somebody reads", () => {
  const code = sources(SERVER)
    .filter((file) => !/runtime\/(manifest|(paging|protocols|writes)\/schema)\.ts$/.test(file) && !/\/(connectors|simulator)\//.test(file))
    .map((file) => readFileSync(file, "utf8").replace(/^\s*(\/\/|\/?\*).*$/gm, ""))
    .join("\n");
  const keys = new Set<string>();
  const walk = (schema: unknown): void => {
    if (typeof schema !== "object" || schema === null) return;
    const properties = (schema as { properties?: Record<string, unknown> }).properties;
    for (const name of Object.keys(properties ?? {})) keys.add(name);
    for (const value of Object.values(schema)) walk(value);
  };
  walk(z.toJSONSchema(Manifest, { io: "input" }));
  const unread = [...keys].filter(
    (name) => !["prefault", "docs", "readAt", "url"].includes(name) && !new RegExp(`[.{ ,?]${name}\\b`).test(code),
  );
  expect(unread).toEqual([]);
  expect(keys.size).toBeGreaterThan(50);
});
