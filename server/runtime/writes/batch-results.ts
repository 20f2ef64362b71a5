import { at, textAt } from "../paths";
import type { Reply } from "../send";
import type { WriteItem, WritePlan } from "./plan";
import { type WriteResult, wordsAt, writtenId } from "./result";
import type { Batch } from "./schema";

type Results = NonNullable<Batch["results"]>;

const listOf = (value: unknown): unknown[] => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);

function refused(name: string, results: Results, entry: unknown): WriteResult {
  const words = wordsAt(entry, results.error) ?? "no reason given";
  const field = wordsAt(entry, results.field);
  return { outcome: "refused", code: "record_invalid", message: `${name} refused this: ${words}`, field };
}

/** One entry of the answer's list. */
function resultOf(plan: WritePlan, results: Results, entry: unknown, item: WriteItem): WriteResult {
  const ok = results.ok;
  const found = ok ? at(entry, ok.path) : true;
  const fine = ok ? (ok.equals === undefined ? found !== undefined && found !== null && found !== false : found === ok.equals) : true;
  if (!fine || wordsAt(entry, results.error) !== null) return refused(plan.name, results, entry);
  const id = (results.id === undefined ? null : writtenId(entry, results.id)) ?? item.id ?? null;
  if (plan.operation === "create" && id === null) return { outcome: "unknown", message: `${plan.name} named no id for this record.` };
  const created = plan.operation === "create" ? true : plan.created ? at(entry, plan.created.path) === plan.created.equals : null;
  return { outcome: "done", id, created, ...(plan.record === undefined ? {} : { record: entry }) };
}

const unnamed = (plan: WritePlan): WriteResult => ({ outcome: "unknown", message: `${plan.name} did not say what became of this record.` });

/** What the failed ones, in a list of their own, say: by the names of their records. */
function failuresOf(results: Results, reply: Reply): Map<string, unknown> {
  const key = results.errorKey ?? results.key;
  const failures = new Map<string, unknown>();
  if (results.errors === undefined || key === undefined) return failures;
  for (const entry of listOf(at(reply.json, results.errors))) {
    const named = at(entry, key);
    for (const one of listOf(named)) failures.set(String(one), entry);
  }
  return failures;
}

/**
 * What became of each record of a batch. By order only when the answer has as many results as were sent; by key only what is
 * named. What the answer does not tell is `unknown`, never taken for done.
 */
export function batchResults(
  plan: WritePlan,
  batch: Batch,
  sent: { items: readonly WriteItem[]; entries: readonly unknown[] },
  reply: Reply,
): WriteResult[] {
  const { results } = batch;
  const { items, entries } = sent;
  if (!results) return items.map((item) => ({ outcome: "done", id: item.id ?? null, created: plan.operation === "create" ? true : null }));
  const list = listOf(at(reply.json, results.list));
  const failures = failuresOf(results, reply);
  if (results.by === "order") {
    if (list.length === items.length) return items.map((item, n) => resultOf(plan, results, list[n], item));
    return items.map(() => unnamed(plan));
  }
  const byKey = new Map(list.map((entry) => [wordsAt(entry, results.key), entry]));
  return items.map((item, n) => {
    const name = results.itemKey === undefined ? (item.id ?? null) : textAt(entries[n], results.itemKey);
    if (name === null) return unnamed(plan);
    if (failures.has(name)) return refused(plan.name, results, failures.get(name));
    return byKey.has(name) ? resultOf(plan, results, byKey.get(name), item) : unnamed(plan);
  });
}
