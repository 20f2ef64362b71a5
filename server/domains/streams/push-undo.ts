import { keyOf } from "#server/mapping/same-value";
import type { Journaled, TakenWish } from "./outbox";
import { hold, type Look, type Pushing, type Ready, sentBy, settle } from "./push-ready";

type Data = Record<string, unknown>;

/** What stood at each written place before the oldest of the writes, and what the newest has put there. */
export function foldWrites(
  writes: readonly Pick<Journaled, "before" | "after">[],
  read: (data: Data, root: string) => unknown,
  roots: readonly string[],
) {
  const target = new Map<string, unknown>();
  const expected = new Map<string, unknown>();
  for (const { before, after } of writes) {
    for (const root of roots) {
      const made = read(after ?? {}, root);
      if (made === undefined) continue;
      if (!target.has(root)) target.set(root, read(before ?? {}, root) ?? null);
      expected.set(root, made);
    }
  }
  return { target, expected };
}

/**
 * What taking writes of one record back comes to: the fields they wrote are put back if they still are as they were written; else
 * nothing is, and a person is told. A record that the oldest of them made is deleted. Pure.
 */
export function prepareUndo(push: Pushing, wish: TakenWish, look: Look): Ready {
  const { way, spec, manifest } = push;
  const [first] = wish.undo;
  if (!first) return settle(wish, { result: "done" });
  if (wish.externalId === null || look === "gone")
    return hold(wish, "conflict", `the record is gone at ${manifest.name}; there is nothing to take back`);
  if (wish.undo.some(({ op }) => op === "delete")) return hold(wish, "invalid", "a deletion cannot be taken back; send the record again");
  if (look === "unread")
    return hold(wish, "invalid", `${manifest.name} does not show single records, so nobody can tell whether it was changed since`);
  const roots = [...new Set(way.back.map(({ root }) => root))];
  const { target, expected } = foldWrites(wish.undo, way.at, roots);
  const changed = [...expected].find(([root, value]) => keyOf(way.at(look.value as Data, root) ?? null) !== keyOf(value ?? null));
  if (changed) return hold(wish, "conflict", `"${changed[0]}" was changed since; nothing was taken back`, way.keyAt(changed[0]));
  const undoes = wish.undo.map(({ id }) => id);
  const keys = way.back.filter(({ root }) => expected.has(root)).map(({ key }) => key);
  const before = way.parts(look.value, keys);
  if (first.op === "create") {
    if (!spec.writes?.delete) return hold(wish, "config_invalid", `${manifest.name} cannot delete records of this kind`);
    return { kind: "send", wish, sent: sentBy(wish, { operation: "delete", before, undoes }), more: {} };
  }
  if (wish.undo.some((one) => one.before === null))
    return hold(wish, "invalid", `what was there before is not known: ${manifest.name} did not show it`);
  const ours = { ...way.flat(wish.data ?? {}), ...wish.baseOurs }; // what they were told: a newer change of ours comes after
  const sent = sentBy(wish, {
    ...{ operation: "update" as const, data: way.placed(target), before, undoes },
    ours: Object.fromEntries(keys.map((key) => [key, ours[key] ?? null])),
  });
  return { kind: "send", wish, sent, more: {} };
}
