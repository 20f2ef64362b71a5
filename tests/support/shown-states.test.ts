import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import shown from "../e2e/shown-states.json" with { type: "json" };

const ROOM = path.resolve(import.meta.dirname, "../e2e");
const specs = readdirSync(ROOM)
  .filter((name) => name.endsWith(".spec.ts"))
  .map((name) => readFileSync(path.join(ROOM, name), "utf8"))
  .join("\n");

describe("every state of the marketplace", () => {
  test.each(Object.entries(shown))("%s: stands on a picture that the end-to-end tests take", (_, pictures) => {
    expect(pictures.length).toBeGreaterThan(0);
    for (const picture of pictures) expect(specs).toMatch(new RegExp(`["/]${picture}(-\\d+\\.png)?"`));
  });
});

/** The attacks on what is embedded, each refused by a test that carries its number. */
const ATTACKS = Array.from({ length: 12 }, (_, n) => `A-${49 + n}`);

test.each(ATTACKS)("%s is refused by a test of that name", (attack) => {
  const root = path.resolve(import.meta.dirname, "../..");
  const files = ["components", "server", "tests/e2e"].flatMap((room) =>
    readdirSync(path.join(root, room), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(test|spec)\.ts$/.test(name))
      .map((name) => path.join(root, room, name)),
  );
  const named = new RegExp(`"[^"\\n]*\\b${attack}\\b[^"\\n]*"`);
  expect(files.some((file) => named.test(readFileSync(file, "utf8")))).toBe(true);
});
