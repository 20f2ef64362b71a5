import { count } from "#components/ui/format";
import type { InboundEndpoint } from "#server/domains/inbox/list-inbound-endpoints";

const REFUSALS = {
  no_secret: "no secret is set here",
  missing: "it carried no signature",
  time: "it was signed too long ago, or with a wrong clock",
  signature: "the signature was wrong",
} as const;

/** Why the newest refused call was: "the signature was wrong". */
export const refusalWords = (refusal: InboundEndpoint["lastRefusal"]): string => (refusal ? REFUSALS[refusal] : "it was not proven");

/** "12 calls accepted, 3 refused". */
export function fareWords({ accepted, refused }: Pick<InboundEndpoint, "accepted" | "refused">): string {
  if (accepted + refused === 0) return "No call yet";
  return `${count(accepted, "call")} accepted${refused > 0 ? `, ${refused} refused` : ""}`;
}

/** What an address's calls are checked with, and whether that is in place. */
export function proofWords({ proof, secretSet }: Pick<InboundEndpoint, "proof" | "secretSet">): { text: string; bad: boolean } {
  if (proof === "none") return { text: "Checked without a secret of ours", bad: false };
  if (proof === "app")
    return secretSet
      ? { text: "Signed with the client secret", bad: false }
      : { text: "No client secret yet: every call is refused", bad: true };
  return secretSet ? { text: "Secret set", bad: false } : { text: "No secret yet: every call is refused", bad: true };
}
