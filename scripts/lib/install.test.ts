import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkNode, installGap, unpacked } from "./install.mjs";
import { paceOf } from "./progress.mjs";

let root: string;
const write = (file: string, value: unknown) => {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), JSON.stringify(value));
};
const A = "node_modules/a";
const wanted = { "": {}, [A]: { version: "1.0.0" }, "node_modules/b-darwin": { version: "1.0.0", optional: true } };

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "inlay-install-"));
  write("package-lock.json", { packages: wanted });
  write(`${A}/package.json`, {});
  write("node_modules/.package-lock.json", { packages: { [A]: { version: "1.0.0" } } });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("installGap", () => {
  test("is null when all is there but what another platform wants", () => expect(installGap(root)).toBeNull());

  test("names the first thing that is not as locked", () => {
    write("node_modules/.package-lock.json", { packages: { [A]: { version: "0.9.0" } } });
    expect(installGap(root)).toBe(`${A} is 0.9.0, not 1.0.0`);
    write("node_modules/.package-lock.json", { packages: { [A]: { version: "1.0.0" }, "node_modules/old": { version: "1.0.0" } } });
    expect(installGap(root)).toContain("no longer wanted");
  });

  test("counts an interrupted installation, and a folder that was deleted, as missing", () => {
    rmSync(path.join(root, A), { recursive: true });
    expect(installGap(root)).toBe(`${A} is gone`);
    rmSync(path.join(root, "node_modules/.package-lock.json"));
    expect(installGap(root)).toBe("nothing is installed");
  });
});

test("an old Node is refused with the way out", () => {
  expect(() => checkNode("20.19.0")).not.toThrow();
  expect(() => checkNode("26.0.0")).not.toThrow();
  expect(() => checkNode("18.20.4")).toThrow(/too old/);
  for (const old of ["20.18.3", "21.7.0", "22.11.0"]) expect(() => checkNode(old), old).toThrow(/too old/);
  for (const good of ["22.12.0", "23.0.0"]) expect(() => checkNode(good), good).not.toThrow();
});

test("the first start counts what is unpacked, and does not call 50 s a part of 45 s", () => {
  write("node_modules/c/readme", {});
  expect(unpacked(root)).toBe("1 of 1 packages unpacked");
  expect([paceOf(20_000, 45_000), paceOf(50_000, 45_000)]).toEqual(["20 s of about 45 s", "50 s, slower than the usual 45 s"]);
});
