import { postgresAnswers } from "#server/domains/health/check-health";
import type { Deps } from "#server/lib/context";

const FRESH_MS = 1_000;

let asked: { answer: Promise<boolean>; until: number } | null = null;

/** Whether the database answers: a page is not begun that cannot be finished. One question a second, however many pages. */
export function isPresent(deps: Pick<Deps, "db">): Promise<boolean> {
  const now = Date.now();
  if (asked && asked.until > now) return asked.answer;
  const answer = postgresAnswers(deps);
  const mine = { answer, until: Number.POSITIVE_INFINITY };
  asked = mine;
  void answer.then(() => {
    mine.until = Date.now() + FRESH_MS;
  });
  return answer;
}
