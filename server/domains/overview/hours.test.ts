import { expect, test } from "vitest";
import type { Database } from "#server/db/client";
import { askFrom, completeHours, shownHours } from "./hours";

const HOUR = 3_600_000;
const noon = Date.UTC(2026, 0, 10, 12);
const facts = (hour: number, created: number) => ({ hour, started: 1, created, updated: 0 });

test("only the hour that is not over is asked for again", () => {
  const db = {} as Database;
  const now = noon + 10 * 60_000;
  expect(askFrom(db, "a", now)).toBe(noon - 23 * HOUR);
  const read = [facts(noon - HOUR, 5), facts(noon, 1)];
  const first = completeHours(db, "a", now, read);
  expect(first).toHaveLength(24);
  expect(first.slice(-2).map(({ created }) => created)).toEqual([5, 1]);
  expect(askFrom(db, "a", now)).toBe(noon);
  expect(
    completeHours(db, "a", now, [facts(noon, 3)])
      .slice(-2)
      .map(({ created }) => created),
  ).toEqual([5, 3]);
  expect(askFrom(db, "b", now)).toBe(noon - 23 * HOUR);
});

test("an hour that has just ended may still gain a page", () => {
  const db = {} as Database;
  completeHours(db, "a", noon + HOUR + 60_000, [facts(noon, 1)]);
  expect(askFrom(db, "a", noon + HOUR + 60_000)).toBe(noon);
  completeHours(db, "a", noon + HOUR + 120_000, [facts(noon, 2)]);
  expect(askFrom(db, "a", noon + HOUR + 120_000)).toBe(noon + HOUR);
});

test("after a day nothing old is left", () => {
  const db = {} as Database;
  completeHours(db, "a", noon, [facts(noon - 5 * HOUR, 7)]);
  const later = noon + 30 * HOUR;
  expect(askFrom(db, "a", later)).toBe(shownHours(later)[0]);
  expect(completeHours(db, "a", later, []).every(({ created }) => created === 0)).toBe(true);
});
