import type { Say } from "#server/words/say";
import type { StreamChosen } from "../templates/offers";
import type { TemplateStream } from "../templates/schema";

type Offered = Pick<TemplateStream, "label" | "offers" | "intervalMs" | "backfillDays">;
type Issue = { path: string; message: string };

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/**
 * What of a stream a customer may not choose, by path of the choice; empty = all of it is offered. What they have chosen `before` stays
 * theirs when it is not offered any more. Pure.
 */
export function refusedChoices({ offers = {}, ...stream }: Offered, chosen: StreamChosen, before: StreamChosen, say: Say): Issue[] {
  const issues: Issue[] = [];
  const refuse = (path: string) => issues.push({ path, message: say("refused.choice") });
  const { intervalMs, backfillDays, only = {} } = chosen;
  if (intervalMs !== undefined && ![stream.intervalMs, before.intervalMs, ...(offers.intervals ?? [])].includes(intervalMs))
    refuse("intervalMs");
  if (backfillDays !== undefined && ![stream.backfillDays ?? null, before.backfillDays, ...(offers.windows ?? [])].includes(backfillDays))
    refuse("backfillDays");
  for (const [path, values] of Object.entries(only)) {
    if (same(before.only?.[path], values)) continue;
    const allowed = offers.filters?.find((filter) => filter.path === path)?.values.map(({ value }) => value);
    if (!allowed || values.some((value) => !allowed.includes(value))) refuse(`only.${path}`);
  }
  return issues;
}

/** What is chosen without what says the same as the template: that follows the template when it changes. */
export function ownChoices({ intervalMs, backfillDays }: Offered, chosen: StreamChosen): StreamChosen {
  const only = Object.keys(chosen.only ?? {}).length > 0 ? chosen.only : undefined;
  return {
    ...(chosen.intervalMs === undefined || chosen.intervalMs === intervalMs ? {} : { intervalMs: chosen.intervalMs }),
    ...(chosen.backfillDays === undefined || chosen.backfillDays === (backfillDays ?? null) ? {} : { backfillDays: chosen.backfillDays }),
    ...(only ? { only } : {}),
  };
}

/** Whether a stream is to flow of which nothing was said: as it runs already, else as the template has it. */
export const flowsUnasked = ({ offers }: Offered, running: { status: "active" | "off" } | undefined): boolean =>
  running?.status === "active" || offers?.flows !== "off";
