import type { ApplicationFailure } from "@temporalio/common";
import { expect, test } from "vitest";
import { AppError, ERRORS, type ErrorCode } from "#server/lib/errors";
import { FINAL, STALE } from "#workflows/contract";
import { toFailure } from "./failures";

const codes = Object.keys(ERRORS) as ErrorCode[];

test("a leg is tried again for exactly those errors that waiting can mend", () => {
  expect(codes.filter((code) => ERRORS[code].retry !== "backoff").toSorted()).toEqual(FINAL.filter((code) => code !== STALE).toSorted());
});

test("what crosses into a history is the code and our own words", () => {
  const failure = toFailure(new AppError("delete_guard_tripped", "Ada Lovelace and 400 others")) as ApplicationFailure;
  expect(failure).toMatchObject({ type: "delete_guard_tripped", message: ERRORS.delete_guard_tripped.vendor });
});
