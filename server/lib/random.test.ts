import { expect, test } from "vitest";
import { randomChunk } from "./random";

test("chunks have their size, repeat nothing and do not change each other", () => {
  const seen = new Set<string>();
  const first = randomChunk(16);
  const copy = first.toString("hex");
  for (let n = 0; n < 5_000; n++) {
    const chunk = randomChunk(1 + (n % 40) + 11);
    expect(chunk.length).toBe(1 + (n % 40) + 11);
    expect(chunk.every((byte) => byte === 0)).toBe(false);
    seen.add(chunk.toString("hex"));
  }
  expect(seen.size).toBe(5_000);
  expect(first.toString("hex")).toBe(copy);
  expect(randomChunk(10_000).length).toBe(10_000);
});
