import type { AuthorizationStatus } from "#server/trpc/views/embed";

/** What is known of an attempt to authorise. */
export type AuthorizationFacts = {
  begin: "idle" | "pending" | "success" | "error";
  popup: "none" | "blocked" | "open" | "gone";
  status: AuthorizationStatus["status"] | null;
  finalize: "idle" | "pending" | "success" | "error";
};

export type AuthorizationStage =
  | "ready"
  | "opening"
  | "blocked"
  | "waiting"
  | "closed"
  | "finishing"
  | "denied"
  | "failed"
  | "expired"
  | "done";

const BY_STATUS: Partial<Record<AuthorizationStatus["status"], AuthorizationStage>> = {
  denied: "denied",
  failed: "failed",
  expired: "expired",
  returned: "finishing",
  finished: "finishing",
};

/**
 * What the customer is shown. The server's word counts before what the browser says of the window: a third party can cut
 * the tie to it, and then it looks closed while the customer still types in it.
 */
export function stageOf(facts: AuthorizationFacts): AuthorizationStage {
  if (facts.finalize === "success") return "done";
  if (facts.finalize === "pending") return "finishing";
  if (facts.finalize === "error") return "failed";
  const told = facts.status ? BY_STATUS[facts.status] : undefined;
  if (told) return told;
  if (facts.begin === "error") return "failed";
  if (facts.popup === "blocked") return "blocked";
  if (facts.begin === "idle" && facts.status === null) return "ready";
  if (facts.begin === "pending") return "opening";
  return facts.popup === "gone" ? "closed" : "waiting";
}
