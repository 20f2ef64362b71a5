import type { Problem } from "#server/trpc/views";

/** Who can do something about a problem, as the vendor's team reads it: in a column of its own, and as a sentence. */
export const FIXERS: Record<Problem["fixer"], { who: string; sentence: string }> = {
  customer: { who: "The customer", sentence: "The customer can fix this" },
  vendor: { who: "Your team", sentence: "Your team can fix this" },
  provider: { who: "Heals by itself", sentence: "Waits for the other system" },
  inlay: { who: "The platform", sentence: "On our side" },
};
