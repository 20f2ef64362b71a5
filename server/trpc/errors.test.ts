import { TRPCError } from "@trpc/server";
import { describe, expect, test } from "vitest";
import { AppError, ERRORS, type ErrorCode, OUTAGE } from "#server/lib/errors";
import { sayIn, TEXTS } from "#server/words/messages";
import { describeError, toTrpcError } from "./errors";

const thrown = (cause: unknown) => toTrpcError(new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause }));

describe("an error at the door", () => {
  test.each(Object.keys(ERRORS) as ErrorCode[])("%s has the words of its reader and a code of tRPC's", (code) => {
    const error = thrown(new AppError(code, "the particulars"));
    expect(describeError(error, "vendor", "req_1")).toMatchObject({
      code,
      text: ERRORS[code].vendor,
      next: ERRORS[code].next,
      requestId: "req_1",
    });
    expect(describeError(error, sayIn("en"), "req_1").text).toBe(TEXTS.en[`error.${code}`]);
    expect(describeError(error, sayIn("de"), "req_1").text).toBe(TEXTS.de[`error.${code}`]);
    expect(error.code === "INTERNAL_SERVER_ERROR").toBe(code === "platform_error");
  });

  test("a customer is told the other system's words, not how the vendor set things up", () => {
    const detail = (code: ErrorCode) => describeError(thrown(new AppError(code, "words")), sayIn("en"), "r").detail;
    expect(detail("provider_unavailable")).toBe("words");
    expect(detail("config_invalid")).toBeNull();
    expect(detail("not_found")).toBeNull();
    expect(detail("platform_error")).toBeNull();
  });

  test("what nobody expected says nothing of itself", () => {
    const told = describeError(thrown(new Error("relation users does not exist")), "vendor", "req_9");
    expect(told).toMatchObject({ code: "platform_error", detail: null, requestId: "req_9" });
    expect(JSON.stringify(told)).not.toContain("relation");
  });

  test("a database that is away is an outage that passes, in the words of the reader", () => {
    const error = thrown(new Error("query failed", { cause: Object.assign(new Error("connect"), { code: "ECONNREFUSED" }) }));
    expect(error.code).toBe("SERVICE_UNAVAILABLE");
    expect(describeError(error, sayIn("en"), "r")).toMatchObject({
      code: "platform_error",
      text: TEXTS.en["error.outage"],
      retryAfterMs: 2_000,
    });
    expect(describeError(error, "vendor", "r").text).toBe(OUTAGE.vendor);
  });

  test("refused fields come by path, however the verb listed them", () => {
    const issues = [
      { path: "fields.0.from", message: "no such path" },
      { path: "fields.0.from", message: "and empty" },
    ];
    const fields = { "fields.0.from": ["no such path", "and empty"] };
    expect(describeError(thrown(new AppError("invalid", "m", { details: { issues } })), "vendor", "r").fields).toEqual(fields);
    expect(describeError(thrown(new AppError("invalid", "m", { details: { fields: issues } })), "vendor", "r").fields).toEqual(fields);
    expect(describeError(thrown(new AppError("invalid", "m", { details: { fields: "odd" } })), "vendor", "r").fields).toBeNull();
  });

  test("who reads another language is not told our English words, only what was said in theirs", () => {
    const issues = [{ path: "email", message: "is needed" }];
    const refused = (details: Record<string, unknown>) =>
      describeError(thrown(new AppError("invalid", "m", { details })), sayIn("de"), "r");
    expect(refused({ issues })).toMatchObject({ detail: null, fields: { email: [TEXTS.de["connect.field.wrong"]] } });
    expect(refused({ issues, said: true }).fields).toEqual({ email: ["is needed"] });
    expect(describeError(thrown(new AppError("provider_unavailable", "Down.")), sayIn("de"), "r").detail).toBe("Down.");
  });

  test("when to try again is passed on", () => {
    expect(describeError(thrown(new AppError("quota_exceeded", "m", { retryAfterMs: 1500 })), "vendor", "r").retryAfterMs).toBe(1500);
  });
});
