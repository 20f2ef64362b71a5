import type { ErrorCode } from "#server/lib/errors";

/** What the request console can be asked for. `next` goes on where `first` ended. */
export const TRIAL_STEPS = ["check", "identify", "first", "next", "changes"] as const;
export type TrialStep = (typeof TRIAL_STEPS)[number];

/** `cursor` of the page before; `since` of a changes pass, as ISO text. */
export type TrialWish = { cursor: string | null; since: string | null };

/** One request and its answer as they went over the wire, secrets masked, bodies cut. `status` null: no answer came. */
export type TrialExchange = {
  method: string;
  url: string;
  requestHeaders: Record<string, string>;
  requestBody: string | null;
  status: number | null;
  answerHeaders: Record<string, string>;
  answerBody: string;
  answerBytes: number;
  ms: number;
};

/** A path in the records of a page: what the manifest says of it, and what was found there. Null = not declared; not found. */
export type TrialField = { path: string; declared: string | null; found: string | null; example: string | null; filled: number };

export type TrialResult = {
  exchanges: TrialExchange[];
  account: { id: string; label: string } | null;
  /** The first records of the page. */
  records: { id: string; value: unknown }[];
  count: number;
  faults: { externalId: string; message: string }[];
  /** Where the next page, or the next pass, begins. */
  cursor: string | null;
  done: boolean;
  total: number | null;
  fields: TrialField[];
  problem: { code: ErrorCode; message: string } | null;
};

/** Claim → what the newest try showed. */
export type TrialClaims = Record<string, { ok: boolean; at: string; note: string | null }>;
