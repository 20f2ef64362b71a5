import type { Ctx } from "#server/lib/context";
import type { SourceField } from "#server/lib/source-field";
import type { FieldChoices } from "#server/mapping/overrides";
import { choiceOf } from "./patch";

/** Which fields this reader may know of: customers do not see what the vendor has hidden from them. */
export const isShown =
  (ctx: Ctx, choices: FieldChoices) =>
  (target: string): boolean =>
    ctx.actor.type !== "customer" || choiceOf(choices, target).customer !== "hidden";

/** Whether this reader may see what records hold. The vendor's support sees state, not payloads. */
export const seesRecords = ({ actor }: Ctx): boolean => actor.type !== "member" || (actor.role !== "viewer" && actor.role !== "support");

type Declared = { path: string; title: string };

/** What the source's fields are called, by path: by the account itself where we have looked, else as every account has them. */
export const titlesOf = (sources: readonly SourceField[] | null, declared: readonly Declared[]): Map<string, string> =>
  new Map([...declared, ...(sources ?? [])].map(({ path, title }) => [path, title]));
