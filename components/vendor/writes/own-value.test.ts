import { expect, test } from "vitest";
import { readValue } from "#components/vendor/writes/own-value-dialog.tsx";

test("what is typed for a conflict is a value of the field's type, or says why it is none", () => {
  expect(readValue(" 12.5 ", "number")).toEqual({ value: 12.5 });
  expect(readValue("twelve", "number")).toEqual({ fault: "This is not a number." });
  expect(readValue("false", "boolean")).toEqual({ value: false });
  expect(readValue('{"amount":"1.00","currency":"EUR"}', "money")).toEqual({ value: { amount: "1.00", currency: "EUR" } });
  expect(readValue("{", "object")).toEqual({ fault: "This is not JSON." });
  expect(readValue(" a ", "string")).toEqual({ value: " a " });
  expect(readValue("  ", "string")).toEqual({ value: null });
});
