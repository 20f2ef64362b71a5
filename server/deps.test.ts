import { DrizzleQueryError } from "drizzle-orm/errors";
import { expect, test } from "vitest";
import { createLog } from "./deps";

test("an error is told under either name it is logged by, without a statement's values", () => {
  const lines: string[] = [];
  const log = createLog("worker", "info", { write: (line: string) => void lines.push(line) });
  log.error({ error: new TypeError("not iterable") }, "activity failed");
  log.error({ err: new DrizzleQueryError("select $1", ["ada@globex.example"], new Error("gone")) }, "sign-in failed");
  log.error(new TypeError("thrown"));
  const [first, second, third] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(first).toMatchObject({ error: { type: "TypeError", message: "not iterable", stack: expect.stringContaining("deps.test.ts") } });
  expect(second).toMatchObject({ err: { query: "select $1", cause: { message: "gone" } } });
  expect(third).toMatchObject({ err: { message: "thrown" } });
  expect(lines.join("")).not.toContain("ada@globex");
});
