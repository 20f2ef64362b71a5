import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { CATALOGUE } from "./catalogue";
import { GUARDS } from "./guards";

test("every fault from F-1 to F-94 is there once, and played, proven by a test, or said to be open", () => {
  expect(CATALOGUE.map((fault) => fault.id)).toEqual(Array.from({ length: 94 }, (_, n) => `F-${n + 1}`));
  expect(CATALOGUE.filter((fault) => !fault.played && !fault.tests && !fault.open)).toEqual([]);
});

test("what is said to be played is a case, and every case stands in the catalogue", () => {
  const played = CATALOGUE.filter((fault) => fault.played).map((fault) => fault.id);
  // Read, not imported: the cases bring the whole product along.
  const folder = path.join(import.meta.dirname, "cases");
  const cases = readdirSync(folder).flatMap((file) => readFileSync(path.join(folder, file), "utf8").match(/"F-\d+"/g) ?? []);
  expect([...new Set(cases.map((id) => id.slice(1, -1)))].sort()).toEqual(played.sort());
});

test("tests that are named are there, and guards are where they were", () => {
  const texts = new Map<string, string>();
  const textOf = (file: string) => texts.get(file) ?? texts.set(file, readFileSync(file, "utf8")).get(file) ?? "";
  const named = [...CATALOGUE.flatMap((fault) => fault.tests ?? []), ...GUARDS.map((guard) => guard.test)];
  // A name that a table fills in stands in the file with a hole.
  const isThere = (text: string, name: string) => text.includes(name) || text.includes(name.replace(/^.*?(?=is )/, ""));
  expect(named.filter(({ file, name }) => !isThere(textOf(file), name))).toEqual([]);
  expect(GUARDS.filter((guard) => "file" in guard && !textOf(guard.file).includes(guard.from))).toEqual([]);
});
