import type { TemplateStream } from "#server/domains/templates/schema";

export type Guarded = Pick<TemplateStream, "deleteGuard"> | null;

/** How many may go unasked, and which share of all; the larger of the two counts, but never more than half of a few. */
export function guardOf(settings: Guarded): { free: number; share: number } {
  const { records = 50, percent = 20 } = settings?.deleteGuard ?? {};
  return { free: records, share: percent / 100 };
}
