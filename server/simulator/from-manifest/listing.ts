import type { Manifest } from "#server/runtime/manifest";
import { refusal } from "./faults";
import { momentIn } from "./moments";
import type { Said, Spot } from "./role";
import type { Told } from "./template";
import { newSince, tokenIn } from "./tokens";
import type { Kind, Row, World } from "./world";

/** What all roles share. */
export type Stage = {
  manifest: Manifest;
  world: World;
  /** Where tokens and addresses we gave lead. */
  issued: Map<string, { rows: readonly unknown[]; offset: number; role: string }>;
  /** Addresses that were made for this: host and path → what is there. */
  places: Map<string, { role: string; answer(): Said }>;
  fresh: () => string;
  /** Every list answers with its first page for ever. */
  stuck: () => boolean;
};

export const OWN = new Set(["since", "until", "page", "offset", "from", "to", "limit", "parent", "id", "token", "job", "file"]);
export type Pagination = Manifest["pagination"];
type Changes = NonNullable<Kind["spec"]["changes"]>;
export type Listing = {
  pagination: Pagination;
  select: { place: Omit<Spot, "as" | "required"> } | undefined;
  changes:
    | (Pick<Changes, "since" | "until" | "format" | "zone" | "inclusive" | "window" | "order" | "record"> &
        Partial<Pick<Changes, "token" | "request" | "records" | "nested" | "none">>)
    | null;
};

export const POSITION: Partial<Record<Pagination["type"], string>> = {
  page: "page",
  cursor: "page",
  keyset: "page",
  offset: "offset",
  range: "from",
};

export function spotsOf({ pagination, select, changes }: Listing): Spot[] {
  const spots: Spot[] = [];
  const as = POSITION[pagination.type];
  if ("place" in pagination && pagination.place && as !== undefined) {
    const always = pagination.type === "page" || pagination.type === "offset" || pagination.type === "range";
    const template =
      pagination.type === "range" ? (pagination.place.template ?? "{value}").replace("{value}", "{from}-{to}") : pagination.place.template;
    spots.push({ ...pagination.place, template, as, required: always });
  }
  if (pagination.limit?.place) spots.push({ ...pagination.limit.place, as: "limit", required: true });
  if (select) spots.push({ ...select.place, as: "select", required: true });
  if (changes?.since) spots.push({ ...changes.since, as: "since", required: true });
  if (changes?.until) spots.push({ ...changes.until, as: "until", required: true });
  if (changes?.token?.place) spots.push({ ...changes.token.place, as: "token", required: true });
  return spots;
}

export const bad = (stage: Stage, why: string): Said => refusal(stage.manifest, "provider_invalid_response", why);

/** Why the request is not as it was announced, or null. */
export function faultOf({ pagination, changes }: Listing, told: Told): string | null {
  const wanted = pagination.type === "range" ? pagination.size : pagination.limit?.value;
  if (told.has("limit") && Number(told.get("limit")) !== wanted) return `the limit is ${told.get("limit")} and not ${wanted}`;
  if (told.has("to") && Number(told.get("to")) !== Number(told.get("from")) + (wanted ?? 0) - 1) return "the range has another size";
  if (told.has("select") && told.get("select") === "") return "no field is named";
  for (const name of ["since", "until"] as const) {
    if (changes && told.has(name) && momentIn(String(told.get(name)), changes.format, changes.zone) === null)
      return `"${told.get(name)}" is no moment in the format ${JSON.stringify(changes.format)}`;
  }
  return changes && !told.has("since") && (changes.since !== undefined || changes.until !== undefined) ? "no moment is named" : null;
}

/** Rows that changed in the time that is asked for. */
export function changedRows(rows: Row[], changes: NonNullable<Listing["changes"]>, told: Told): Row[] {
  const token = changes.token ? tokenIn(told) : null;
  if (token !== null) return newSince(rows, token);
  const moment = (name: string) => (told.has(name) ? momentIn(String(told.get(name)), changes.format, changes.zone) : null);
  const [since, until] = [moment("since") ?? Number.NEGATIVE_INFINITY, moment("until") ?? Number.POSITIVE_INFINITY];
  const found = rows.filter(({ updatedMs }) => (changes.inclusive ? updatedMs >= since : updatedMs > since) && updatedMs <= until);
  return changes.order === "updated_ascending" ? found.sort((a, b) => a.updatedMs - b.updatedMs) : found;
}
