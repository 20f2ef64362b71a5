import { expect, test } from "vitest";
import { issuesOf } from "./check-data";

const FIELDS = [
  { path: "name", type: "string" as const, required: true },
  { path: "owner", type: "string" as const, required: false, createOnly: true },
  { path: "state", type: "string" as const, required: false, updateOnly: true },
];
const said = (data: Record<string, unknown>, creating: boolean) =>
  issuesOf(FIELDS, data, { creating }).map(({ path, message }) => `${path} ${message}`);

test("what a creation, or a change, does not know is refused and not lost", () => {
  const data = { name: "a", owner: "b", state: "c" };
  expect(said(data, true)).toEqual(["state can be given once the record is there, and not when it is created"]);
  expect(said(data, false)).toEqual(["owner can be given when the record is created, and not changed later"]);
});
