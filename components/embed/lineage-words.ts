import type { LineageDecision, LineageField } from "#server/trpc/views/lineage";
import type { Say } from "#server/words/say";
import { shownValue } from "./differences-of";

/** The two sides, as the customer knows them. */
export type SideNames = { vendorName: string; name: string };

/** What decided about a value, in a sentence. Pure. */
export function decisionWords(decision: LineageDecision, { vendorName, name }: SideNames, say: Say): string {
  if (decision.kind === "correction") return say(`lineage.corrected_${decision.by}`);
  if (decision.kind === "open_conflict") return say("lineage.open");
  if (decision.kind === "conflict") {
    if (decision.choice === "own") return say("lineage.chosen_own");
    return say("lineage.chosen", { name: decision.choice === "ours" ? vendorName : name });
  }
  const side = decision.side === "ours" ? vendorName : name;
  if (decision.owner === "ours" || decision.owner === "theirs")
    return say("lineage.rule_side", { decides: decision.owner === "ours" ? vendorName : name, name: side });
  return say(`lineage.rule_${decision.owner}`, { name: side });
}

/** Whose mapping of the field it is, in a sentence. Pure. */
export const mappedWords = ({ layer, by }: LineageField["mapped"], { vendorName }: SideNames, say: Say): string =>
  layer === "template" ? say("lineage.mapped_template", { vendor: vendorName }) : say(`lineage.mapped_${by}`);

/** A value as a person reads it. Pure. */
export const valueWords = (value: unknown, say: Say): string => shownValue(value) ?? say("differ.empty");
