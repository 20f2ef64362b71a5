import { DrizzleQueryError } from "drizzle-orm/errors";
import { expect, test } from "vitest";
import { errorForLog } from "./error-for-log";
import { AppError } from "./errors";

test("a failed statement is told by its text and its cause, and none of its values are", () => {
  const refused = Object.assign(new Error('invalid input syntax for type uuid: "ada@globex.example"'), {
    code: "22P02",
    detail: "Key (email)=(ada@globex.example) exists.",
    parameters: ["ada@globex.example"],
  });
  const params = ["ada@globex.example", '{"phone":"555-0100"}\n    at secret-frame', 7];
  const query = "insert into records (email, data) values ($1, $2)";
  const told = errorForLog(new Error("outer", { cause: new DrizzleQueryError(query, params, refused) }));
  expect(told).toMatchObject({
    message: "outer",
    stack: expect.stringContaining("error-for-log.test.ts"),
    cause: {
      type: "DrizzleQueryError",
      query,
      stack: expect.stringContaining("error-for-log.test.ts"),
      cause: { code: "22P02", message: 'invalid input syntax for type uuid: "[value]"', stack: expect.stringContaining("at ") },
    },
  });
  for (const value of ["ada@globex.example", "555-0100", "secret-frame"]) expect(JSON.stringify(told)).not.toContain(value);
});

test("an error keeps its kind, code and stack; a ring of causes ends", () => {
  const error = new AppError("not_found", "No such stream.");
  expect(errorForLog(error)).toMatchObject({ code: "not_found", message: "No such stream.", stack: expect.stringContaining(".test.ts") });
  const ring: Error = new Error("ring");
  ring.cause = ring;
  expect(JSON.stringify(errorForLog(ring)).length).toBeLessThan(20_000);
  expect(errorForLog("thrown text")).toBe("thrown text");
});
