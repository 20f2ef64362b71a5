import { AppError } from "#server/lib/errors";
import type { Changes, Manifest, ObjectSpec, RequestSpec, Select } from "./manifest";
import { hasHoles } from "./paging/fill-request";
import { laterPages } from "./paging/later-pages";
import type { Nested } from "./paging/records-schema";
import type { Query } from "./paging/request";
import type { Deletes } from "./writes/schema";

export type Plan = {
  name: string;
  base: string;
  /** Where an answer that is none of the fine ones has its text; null where fine ones say so of themselves. */
  errorText: string | null;
  spec: ObjectSpec;
  full: Query;
  changes: Query | null;
  deletes: Query | null;
};

/** What the manifest says about one object. Throws `config_invalid` for an unknown one. */
export function specOf(manifest: Manifest, object: string): ObjectSpec {
  const spec = Object.hasOwn(manifest.objects, object) ? manifest.objects[object] : undefined;
  if (!spec) throw new AppError("config_invalid", `${manifest.name} has no object "${object.slice(0, 60)}".`);
  return spec;
}

/** The names of the declared fields that are asked for by name, and where those go. */
const chosenFields = ({ fields }: ObjectSpec, select: Select | undefined): Query["fields"] =>
  select
    ? {
        place: select.place,
        names: fields.filter(({ path }) => path.startsWith(select.prefix)).map(({ path }) => path.slice(select.prefix.length)),
      }
    : null;

/** What the manifest says about reading one object, made ready. Throws `config_invalid` for an unknown object. */
export function planOf(manifest: Manifest, object: string, spec: ObjectSpec = specOf(manifest, object)): Plan {
  const { list, changes } = spec;
  if (!list) throw new AppError("config_invalid", `${manifest.name} has no list of "${object}": its calls bring them.`);
  const protocol = spec.protocol ?? manifest.http.protocol;
  const ready = (request: RequestSpec, own: Omit<Query, "request" | "protocol" | "skip" | "holes">): Query => ({
    request,
    protocol,
    skip: spec.parent?.skip ?? [],
    holes: hasHoles(request),
    ...own,
  });
  const full = ready(list, {
    pagination: spec.pagination ?? manifest.pagination,
    onward: spec.onward ?? null,
    records: spec.records,
    nested: spec.nested ?? null,
    none: spec.none,
    fields: chosenFields(spec, spec.select),
    changes: null,
  });
  const { baseUrl: base, errorMessage, success } = manifest.http;
  const plan = { name: manifest.name, base, errorText: success ? null : errorMessage, spec, full };
  if (!changes) return { ...plan, changes: null, deletes: null };
  return {
    ...plan,
    deletes: spec.deletes?.by === "feed" ? deletesQuery(spec.deletes, full) : null,
    changes: ready(changes.request ?? list, {
      ...laterPages(changes, full),
      records: changes.records ?? spec.records,
      nested: nestedOf(changes, spec),
      none: changes.none ?? (changes.request ? [] : spec.none),
      fields: chosenFields(spec, changes.select ?? spec.select),
      changes,
    }),
  };
}

/** Where in the rows of changes the records stand: as in the listing, where they are rows of that kind. */
export const nestedOf = (
  { nested, records, record }: Partial<Pick<Changes, "nested" | "records" | "record">>,
  spec: Pick<ObjectSpec, "nested">,
): Nested | null => nested ?? (records === undefined && record === undefined ? (spec.nested ?? null) : null);

type DeletesFeed = Extract<Deletes, { by: "feed" }>;

function deletesQuery({ request, since, format, zone, ...own }: DeletesFeed, full: Query): Query {
  return {
    request,
    ...laterPages(own, full),
    records: own.records,
    nested: null,
    none: own.none,
    protocol: own.protocol ?? full.protocol,
    fields: null,
    changes: { ...(since ? { since } : {}), format, zone, inclusive: true, lookbackMs: 0, order: "unknown" },
    skip: [],
    holes: hasHoles(request),
  };
}
