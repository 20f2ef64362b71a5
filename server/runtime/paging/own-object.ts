import { AppError } from "#server/lib/errors";
import type { Manifest, ObjectSpec, RequestSpec } from "../manifest";
import { fillKnown } from "../paths";
import type { Protocol } from "../protocols/schema";
import { specOf } from "../read-plan";
import { fillRequest } from "./fill-request";

type Config = Readonly<Record<string, string>>;

/** A text that is one hole and nothing else, and that nobody filled. */
const OPEN = /^\{[a-z][a-z0-9_]*\}$/;
/** `{value}` is the place's own. */
const UNFILLED = /\{(?!value\})[a-z][a-z0-9_]*\}/;
/** In a query: what stands here is parameters itself, `status=open&sort=id`. */
const SPREAD = "...";

/** Every text of a declaration filled from what the connection knows. */
function fillAll<T>(value: T, config: Config): T {
  if (typeof value === "string") return fillKnown(value, config) as T;
  if (Array.isArray(value)) return value.map((one) => fillAll(one, config)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fillAll(one, config)])) as T;
}

/** Filled whole, or refused: a way onward with a hole in it would end after the first page, as if there were no more. */
function whole<T>(value: T, config: Config, title: string): T {
  const filled = fillAll(value, config);
  const [hole] = UNFILLED.exec(JSON.stringify(filled)) ?? [];
  if (hole === undefined) return filled;
  throw new AppError("config_invalid", `${title}: what was chosen when connecting also needs an answer for "${hole.slice(1, -1)}".`);
}

/** The variants whose answer the connection gave, put over the object one after the other. */
function chosen(spec: ObjectSpec, config: Config): Pick<ObjectSpec, "pagination" | "changes"> {
  const fits = spec.variants.filter(({ when }) => config[when.field] === when.is);
  return Object.assign({}, ...fits.map(({ when: _when, ...own }) => own));
}

/**
 * An object as this connection has it: variants chosen by its answers, and paths and names that it entered filled in
 * (`records: "Envelope.Body.{records}"`). Throws `config_invalid` when paging or the question for changes lacks an answer.
 */
export function objectOf(manifest: Manifest, object: string, config: Config): ObjectSpec {
  const spec = specOf(manifest, object);
  const { pagination = spec.pagination, changes = spec.changes } = chosen(spec, config);
  const updatedAt = spec.updatedAt === undefined ? undefined : fillKnown(spec.updatedAt, config);
  const { updatedAt: _updatedAt, ...rest } = spec;
  return {
    ...rest,
    records: fillKnown(spec.records, config),
    id: fillAll(spec.id, config),
    ...(updatedAt === undefined || OPEN.test(updatedAt) ? {} : { updatedAt }),
    ...(pagination ? { pagination: whole(pagination, config, spec.title) } : {}),
    ...(changes ? { changes: { ...changes, ...(changes.since ? { since: whole(changes.since, config, spec.title) } : {}) } } : {}),
  };
}

/** Parameters under names that may have been entered. One whose name nobody entered is left out. */
function ownQuery(query: Config, config: Config): Record<string, string> {
  const filled = Object.entries(query).map(([name, text]) => [fillKnown(name, config), fillKnown(text, config)] as const);
  return Object.fromEntries(
    filled.flatMap(([name, text]) => {
      if (OPEN.test(name) || (name === SPREAD && OPEN.test(text))) return [];
      return name === SPREAD ? [...new URLSearchParams(text)] : [[name, text]];
    }),
  );
}

/** A request with what the connection knows filled in. Its path is left to whoever sends it. */
export const ownRequest = (request: RequestSpec, config: Config, protocol: Protocol): RequestSpec => ({
  ...fillRequest(request, config, protocol),
  query: ownQuery(request.query, config),
  path: request.path,
});
