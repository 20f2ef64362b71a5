import { expect, test } from "vitest";
import { sayIn } from "#server/words/messages";
import { decisionWords, mappedWords, valueWords } from "./lineage-words";

const say = sayIn("en");
const names = { vendorName: "Acme", name: "HubSpot" };
const at = new Date(0);

test("a rule names who decides and whose value it is; a choice names the side that was taken", () => {
  const rule = (owner: "ours" | "theirs" | "newest" | "manual", side: "ours" | "theirs") =>
    decisionWords({ kind: "owner", owner, side }, names, say);
  expect(rule("ours", "ours")).toBe("Acme decides about this field. The value is from Acme.");
  expect(rule("theirs", "ours")).toBe("HubSpot decides about this field. The value is from Acme.");
  expect(rule("newest", "theirs")).toBe("The later change counts. The value is from HubSpot.");
  expect(rule("manual", "ours")).toBe("You decide when both sides have changed it. The value is from Acme.");
  const chosen = (choice: "ours" | "theirs" | "own") =>
    decisionWords({ kind: "conflict", choice, at, by: "customer", who: null }, names, say);
  expect(chosen("theirs")).toContain("HubSpot");
  expect(chosen("own")).toBe("Both sides had changed it, and another value was given.");
});

test("nobody’s name is told to a customer; no value is said to be empty", () => {
  expect(decisionWords({ kind: "correction", at, by: "team", who: "eve@acme.example" }, names, say)).not.toContain("eve");
  expect(mappedWords({ layer: "customer", version: 2, at, by: "team", who: "eve@acme.example" }, names, say)).not.toContain("eve");
  expect(mappedWords({ layer: "template", version: 2, at, by: "team", who: null }, names, say)).toBe("As Acme recommends it");
  expect([valueWords(null, say), valueWords(0, say), valueWords(["a"], say)]).toEqual(["Empty", "0", '["a"]']);
});
