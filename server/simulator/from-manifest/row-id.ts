import { createHash } from "node:crypto";
import { look, plant } from "./tree";
import type { Kind, Row } from "./world";

type Id = Kind["spec"]["id"];

/** The paths that an id stands at; none where all of a row is its id. */
export const idPaths = (id: Id): string[] => (typeof id === "string" ? [id] : Array.isArray(id) ? id : []);

/** One text for several parts. */
export const joinParts = (parts: readonly string[]): string =>
  parts.map((part) => part.replaceAll("%", "%25").replaceAll("|", "%7C")).join("|");

const sorted = (value: unknown): unknown =>
  typeof value !== "object" || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([name, inner]) => [name, sorted(inner)]),
      );

/** What a row that has no id of its own at one place is known by: its parts, or all it holds. Null where it has one. */
export function idTextOf(id: Id, record: unknown): string | null {
  if (typeof id === "string") return null;
  if (Array.isArray(id)) return joinParts(id.map((path) => String(look(record, path))));
  return createHash("sha256")
    .update(JSON.stringify(sorted(record)))
    .digest("hex")
    .slice(0, 32);
}

/** A row of which only the id is shown, as often as its record shows it. */
export function withId({ idPath }: Kind, { record }: Row): unknown {
  const whole = /^(.+)\.0$/.exec(idPath)?.[1];
  return whole === undefined ? plant({}, idPath, look(record, idPath)) : plant({}, whole, look(record, whole));
}

/** A row that shows no more than the id, at other places than the record. */
export const idAt = (at: string | readonly string[], { spec, idPath }: Kind, { record }: Row): unknown =>
  [at].flat().reduce<unknown>((tree, path, n) => plant(tree, path, look(record, idPaths(spec.id)[n] ?? idPath)), {});
