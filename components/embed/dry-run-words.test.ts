import { expect, test } from "vitest";
import type { DryRunResult } from "#server/domains/dry-runs/schema";
import { sayIn } from "#server/words/messages";
import { differences, dryRunWords, sentWords } from "./dry-run-words";

const result = (over: Partial<DryRunResult> = {}): DryRunResult => ({
  direction: "pull",
  writes: null,
  over: "stored",
  read: 10,
  create: 0,
  update: 0,
  same: 10,
  skip: 0,
  remove: 0,
  quarantine: 0,
  more: false,
  reread: false,
  repeats: [],
  samples: [],
  ...over,
});

test("a dry run in one sentence", () => {
  expect(dryRunWords(result({ read: 0 }), "contacts", sayIn("en"))).toBe("There are no contacts to try this on yet.");
  expect(dryRunWords(result(), "contacts", sayIn("en"))).toBe("Of 10 contacts, none would change.");
  expect(dryRunWords(result({ read: 1, create: 1 }), "contacts", sayIn("en"))).toBe("Of 1 record, 1 would be new.");
  expect(dryRunWords(result({ read: 2, create: 1 }), "Kontakte", sayIn("de"))).toBe("Von 2 (Kontakte): 1 wäre neu.");
  expect(dryRunWords(result({ read: 1_000, create: 990, quarantine: 10, more: true }), "contacts", sayIn("en"))).toBe(
    "Of the first 1,000 contacts, 990 would be new, 10 would be held back.",
  );
});

test("what would be sent, in one sentence; nothing is made of what is not known", () => {
  const none = { own: 0, create: 0, update: 0, delete: 0, skip: 0, hold: 0, unknown: 0, mayExist: false, more: false, samples: [] };
  const of = { what: "contacts", vendor: "Acme" };
  expect(sentWords(none, of, sayIn("en"))).toBe("There is nothing to send yet: Acme has no contacts of yours.");
  expect(sentWords({ ...none, own: 4, skip: 4 }, of, sayIn("en"))).toBe("Of 4 contacts in Acme, nothing would be sent.");
  expect(sentWords({ ...none, own: 9, create: 2, update: 1, unknown: 3, skip: 3, more: true }, of, sayIn("en"))).toBe(
    "Of the first 9 contacts in Acme, 2 would be made there, 1 would be changed there, of 3 it is not known yet.",
  );
});

test("only what differs is shown; of a new record, what is filled", () => {
  expect(differences({ a: 1, b: 2 }, { a: 1, b: 3 })).toEqual([{ key: "b", before: 2, after: 3 }]);
  expect(differences(null, { a: 1, b: null })).toEqual([{ key: "a", before: null, after: 1 }]);
  expect(differences({ a: 1 }, null)).toEqual([{ key: "a", before: 1, after: null }]);
});
