import { describe, expect, it } from "vitest";
import { type AuthorizationFacts, stageOf } from "./authorization-stage";

const facts = (over: Partial<AuthorizationFacts>): AuthorizationFacts => ({
  begin: "success",
  popup: "open",
  status: "waiting",
  finalize: "idle",
  ...over,
});

describe("what the customer is shown while authorising", () => {
  it.each<[string, Partial<AuthorizationFacts>]>([
    ["ready", { begin: "idle", popup: "none", status: null }],
    ["opening", { begin: "pending", status: null }],
    ["blocked", { popup: "blocked" }],
    ["blocked", { begin: "pending", popup: "blocked", status: null }],
    ["failed", { begin: "error", popup: "blocked", status: null }],
    ["waiting", {}],
    ["waiting", { status: null }],
    ["waiting", { begin: "idle", popup: "none", status: "waiting" }],
    ["closed", { popup: "gone" }],
    ["finishing", { status: "returned" }],
    ["finishing", { finalize: "pending" }],
    ["denied", { status: "denied" }],
    ["failed", { status: "failed" }],
    ["expired", { status: "expired" }],
    ["failed", { status: "returned", finalize: "error" }],
    ["done", { status: "finished", finalize: "success" }],
  ])("%s", (stage, over) => expect(stageOf(facts(over))).toBe(stage));

  it("believes the server, not a window that only looks closed", () => {
    expect(stageOf(facts({ popup: "gone", status: "returned" }))).toBe("finishing");
    expect(stageOf(facts({ popup: "blocked", status: "returned" }))).toBe("finishing");
  });
});
