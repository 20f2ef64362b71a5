import { choiceWords } from "#components/vendor/mapping/choice-words";
import { factChange } from "#components/vendor/mapping/field-draft";
import { lastDays, offerLines, paceWords } from "#components/vendor/templates/template-words";
import type { StreamOffers } from "#server/domains/templates/offers";
import type { Lookup, Owner, Owners, TemplateStream } from "#server/domains/templates/schema";
import type { TemplateChange } from "#server/domains/templates/template-changes";
import type { FieldChoice } from "#server/mapping/overrides";
import type { FieldMapping } from "#server/mapping/schema";

/** One difference in words: what it is about, what goes, what comes. */
export type ChangeLine = { title: string; gone: string[]; come: string[] };

const TITLES: Record<string, string> = {
  label: "Called",
  intervalMs: "Reads changes",
  backfillDays: "First reads",
  direction: "Direction",
  match: "Matched by",
  owners: "Who has the last word",
  deletes: "When a record is deleted",
  deleteGuard: "Deletions that go unasked",
  lookups: "What is looked up",
};

const DIRECTIONS: Record<string, string> = { pull: "reads", push: "writes", two_way: "both ways" };

const OWNERS: Record<Owner, string> = {
  newest: "whoever changed it last",
  ours: "you",
  theirs: "the third party",
  manual: "a person decides",
};

/** "whoever changed it last; email: you". */
function ownersWords(owners: Owners | null): string {
  const { default: usual, fields } = owners ?? { default: "newest" as const, fields: {} };
  return [OWNERS[usual], ...Object.entries(fields).map(([field, owner]) => `${field}: ${OWNERS[owner]}`)].join("; ");
}

/** "up to 50 records or 20 %". */
function guardWords(guard: TemplateStream["deleteGuard"] | null): string {
  const { records = 50, percent = 20 } = guard ?? {};
  return `up to ${records} records or ${percent} %`;
}

/** One setting in words; "" when it is as it is without being said. */
function settingWords(key: string, value: unknown): string {
  if (key === "intervalMs") return paceWords(Number(value));
  if (key === "backfillDays") return value === null ? "everything" : lastDays(Number(value));
  if (key === "direction") return DIRECTIONS[String(value ?? "pull")] ?? String(value);
  if (key === "deletes") return value === "propagate" ? "it is deleted there as well" : "it is kept there";
  if (key === "deleteGuard") return guardWords(value as TemplateStream["deleteGuard"] | null);
  if (key === "owners") return ownersWords(value as Owners | null);
  if (value === null) return "";
  if (key === "lookups") return (value as Lookup[]).map((one) => `${one.key} (${one.action})`).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const lines = (...words: string[]) => words.filter((one) => one !== "");
const filterWords = (filter: unknown) => (filter === null ? "all records" : `only records where ${String(filter)}`);
const fieldOf = (value: unknown) => (value ?? undefined) as FieldMapping | undefined;
const choiceOf = (value: unknown) => choiceWords((value ?? { customer: "fixed" }) as FieldChoice);
const listed = (value: unknown) => (Array.isArray(value) ? value.join(", ") : String(value));

/** What a new stream does: "contact into subscriber, every 5 minutes". */
function flowWords(after: unknown): string {
  const { object, model, intervalMs, direction = "pull" } = after as Pick<TemplateStream, "object" | "model" | "intervalMs" | "direction">;
  if (direction === "push") return `${model} to ${object}, at once`;
  return `${object} ${direction === "pull" ? "into" : "both ways with"} ${model}, ${paceWords(intervalMs).toLowerCase()}`;
}

/** What is offered no longer, and what is from now on. */
function offersChange(before: unknown, after: unknown): { gone: string[]; come: string[] } {
  const [was, is] = [before, after].map((offers) => offerLines((offers ?? {}) as StreamOffers));
  return { gone: (was ?? []).filter((one) => !is?.includes(one)), come: (is ?? []).filter((one) => !was?.includes(one)) };
}

/** A change of a template in words. `nameOf` = what a field of the stream's model is called. */
export function changeLine({ what, label, key, before, after }: TemplateChange, nameOf: (target: string) => string): ChangeLine {
  const target = key ?? "";
  if (what === "name") return { title: "Name", gone: [String(before)], come: [String(after)] };
  if (what === "description") return { title: "Description", gone: lines(String(before)), come: lines(String(after)) };
  if (what === "order") return { title: "Order of the streams", gone: [listed(before)], come: [listed(after)] };
  if (what === "added") return { title: "New stream", gone: [], come: [`${label}: ${flowWords(after)}`] };
  if (what === "removed") return { title: "Stream removed", gone: [label ?? ""], come: [] };
  if (what === "filter") return { title: "Which records", gone: [filterWords(before)], come: [filterWords(after)] };
  if (what === "field") return { title: nameOf(target), ...factChange(fieldOf(before), fieldOf(after)) };
  if (what === "choice") return { title: `${nameOf(target)}, for customers`, gone: [choiceOf(before)], come: [choiceOf(after)] };
  if (target === "offers") return { title: "Customers choose", ...offersChange(before, after) };
  return { title: TITLES[target] ?? target, gone: lines(settingWords(target, before)), come: lines(settingWords(target, after)) };
}

/** Changes by the stream they are about, those of the whole first; each with its label. */
export function byStream(changes: readonly TemplateChange[]): { stream: string | null; label: string | null; changes: TemplateChange[] }[] {
  const groups = new Map<string | null, TemplateChange[]>([[null, []]]);
  for (const change of changes) {
    const own = change.what === "added" || change.what === "removed" ? null : change.stream;
    groups.set(own, [...(groups.get(own) ?? []), change]);
  }
  return [...groups]
    .filter(([, all]) => all.length > 0)
    .map(([stream, all]) => ({ stream, label: stream === null ? null : (all[0]?.label ?? stream), changes: all }));
}
