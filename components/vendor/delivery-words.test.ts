import { expect, test } from "vitest";
import { deliveryReason } from "./delivery-words";

const row = { status: "pending", attempts: 1, responseStatus: null, responseBody: null } as const;

test("a delivery says how it ended and what to do", () => {
  expect(deliveryReason({ ...row, attempts: 0 })).toBeNull();
  expect(deliveryReason({ ...row, responseBody: '"10.0.0.1" does not lead to a public address.' })).toBe(
    'No answer: "10.0.0.1" does not lead to a public address.',
  );
  expect(deliveryReason(row)).toBe("No answer came.");
  expect(deliveryReason({ ...row, status: "delivered", responseStatus: 204 })).toContain("took");
  expect(deliveryReason({ ...row, responseStatus: 302 })).toContain("Give the final address");
  expect(deliveryReason({ ...row, responseStatus: 404 })).toContain("path");
  expect(deliveryReason({ ...row, responseStatus: 418 })).toContain("(418)");
  expect(deliveryReason({ ...row, responseStatus: 503 })).toContain("log");
});
