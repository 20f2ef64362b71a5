import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openApiText } from "./openapi";

const file = path.resolve("docs/reference/openapi.json");

// `INLAY_WRITE_DOCS=1 npx vitest run --project unit server/rest/openapi` writes the file anew (then format it).
test("docs/reference/openapi.json is what the operations declare", () => {
  if (process.env["INLAY_WRITE_DOCS"]) writeFileSync(file, openApiText());
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(openApiText()));
});
