import { hash } from "node:crypto";
import { newId } from "#server/lib/ids";
import type { CompiledMapping, FieldFault } from "#server/mapping/compile";
import type { Filtered } from "#server/mapping/filter";
import type { SourceFault } from "#server/runtime/source";
import { applyCorrected, type Corrections, type Fallen, fallenOf, printOf } from "./corrected";

/** Joins the columns of a page; JSON text never holds it raw, and record ids with control characters are refused. */
export const SEPARATOR = "\u001f";

export type PageFault = { id: string; external_id: string; code: string; message: string; field: string | null; source: string };

/**
 * One page as `sync_write_page` takes it: text columns, plus what is held back. `gone`: ids of records that are no more; `leftOut`:
 * of those that the filter leaves out (`skipped` of the `goneCount`); null = none.
 */
export type PageBatch = {
  ids: string;
  hashes: string;
  /** Null when all records are thought to be stored as they are: then neither data nor sources are sent. */
  data: string | null;
  sources: string;
  faults: PageFault[];
  gone: string | null;
  leftOut: string | null;
  goneCount: number;
  skipped: number;
  seen: number;
  /** Corrections that fall away with this page. */
  fallen: Fallen[];
};

type Incoming = { id: string; value: unknown; source?: string };

/** How records become what is stored: the mapping, and which records it is for. */
export type Taking = {
  mapping: CompiledMapping;
  filter: ((source: unknown) => Filtered) | null;
  version: number;
  /** What people have corrected in single records. */
  corrections: Corrections;
};

// What JSON may say and jsonb may not: NUL and half of a surrogate pair.
const UNSTORABLE = /\\u0000|\\ud[89a-f]/i;

function storable(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("\u0000", "").toWellFormed();
  if (Array.isArray(value)) return value.map(storable);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storable(key) as string, storable(inner)]));
  }
  return value;
}

/** The last of several records with one id wins, as it would have had they come on two pages. */
function withoutRepeats(records: readonly Incoming[]): readonly Incoming[] {
  const byId = new Map<string, Incoming>();
  for (const record of records) byId.set(record.id, record);
  return byId.size === records.length ? records : [...byId.values()];
}

/** A record with its source as text, and a hash of that and of the mapping's version: by it, one that is as it was is recognised. */
export type Print = { id: string; value: unknown; source: string; hash: string };

/** What records look like, before anything is mapped. The hash is to notice change, not to keep secrets. Pure. */
export const printsOf = (records: readonly Incoming[], { version, corrections }: Pick<Taking, "version" | "corrections">): Print[] =>
  withoutRepeats(records).map(({ id, value, source: given }) => {
    const source = given ?? JSON.stringify(value);
    const theirs = corrections.size > 0 ? corrections.get(id) : undefined;
    const more = theirs ? printOf(theirs, value) : "";
    return { id, value, source, hash: hash("sha1", more === "" ? `${version}:${source}` : `${version}:${source}:${more}`).slice(0, 32) };
  });

function heldBack(id: string, source: string, faults: readonly FieldFault[]): PageFault {
  const message = storable(faults.map((fault) => fault.message).join("; ")) as string;
  const [first] = faults;
  return {
    id: newId("quarantine"),
    external_id: id,
    code: first?.code ?? "mapping_failed",
    message: message.slice(0, 2_000),
    field: first?.field ?? null,
    source,
  };
}

const refused = (fault: SourceFault): PageFault => ({
  id: newId("quarantine"),
  external_id: fault.externalId,
  code: fault.code,
  message: fault.message,
  field: fault.field ?? null,
  source: fault.source,
});

/** A record's mapped value, what it is held back for, or "left out" by the filter. */
function take(
  { mapping, filter, corrections }: Taking,
  id: string,
  value: unknown,
): { data: Record<string, unknown> } | { faults: FieldFault[] } | "left out" {
  const filtered = filter?.(value);
  if (filtered?.ok === false) return { faults: [filtered.fault] };
  if (filtered?.passes === false) return "left out";
  const given = corrections.size > 0 ? corrections.get(id) : undefined;
  if (given) return applyCorrected(mapping, given, value);
  const mapped = mapping.apply(value);
  return mapped.ok ? mapped : { faults: mapped.faults };
}

/** Corrections of these records that do not count any more. */
const fallenIn = (prints: readonly Print[], corrections: Corrections): Fallen[] =>
  corrections.size === 0 ? [] : prints.flatMap(({ id, value }) => fallenOf(id, corrections.get(id) ?? [], value));

/** Ids of the records that are taken out if we hold them. */
export const takenOut = ({ gone, leftOut }: Pick<PageBatch, "gone" | "leftOut">): string | null =>
  gone === null || leftOut === null ? (gone ?? leftOut) : gone + SEPARATOR + leftOut;

/** What a source says besides records. */
export type Other = { faults: readonly SourceFault[]; deleted: readonly string[] };
const NOTHING_ELSE: Other = { faults: [], deleted: [] };
const NONE: ReadonlySet<string> = new Set();

/** {@link layOut} of records that nobody has looked at. Pure. */
export const buildBatch = (records: readonly Incoming[], taking: Taking, other: Other = NOTHING_ELSE): PageBatch =>
  layOut(printsOf(records, taking), taking, other);

/** A page all of whose records are thought to be stored as they are: nothing is mapped. Pure. */
export function layOutAsStored(prints: readonly Print[], other: Other): PageBatch {
  const column = (of: "id" | "hash") => prints.map((print) => print[of]).join(SEPARATOR);
  return {
    ...{ ids: column("id"), hashes: column("hash"), data: null, sources: "", leftOut: null, skipped: 0, fallen: [] },
    ...{ faults: other.faults.map(refused), gone: other.deleted.length > 0 ? other.deleted.join(SEPARATOR) : null },
    ...{ goneCount: other.deleted.length, seen: prints.length + other.faults.length + other.deleted.length },
  };
}

/**
 * Maps a page and lays it out for the database. `same`: ids of records that are stored with the hash they have here; they are neither
 * mapped nor sent again, and stand last, so that the columns of data and sources are shorter than those of ids and hashes. `other` is
 * what the source says besides records. Pure.
 */
export function layOut(prints: readonly Print[], taking: Taking, other: Other, same: ReadonlySet<string> = NONE): PageBatch {
  const ids: string[] = [];
  const hashes: string[] = [];
  const data: string[] = [];
  const sources: string[] = [];
  const faults = other.faults.map(refused);
  const gone = other.deleted;
  const leftOut: string[] = [];
  for (const { id, value, source, hash } of prints) {
    if (same.has(id)) continue;
    const taken = take(taking, id, value);
    if (taken === "left out") {
      leftOut.push(id);
      continue;
    }
    if ("faults" in taken) {
      faults.push(heldBack(id, source, taken.faults));
      continue;
    }
    let text = JSON.stringify(taken.data);
    if (UNSTORABLE.test(text)) text = JSON.stringify(storable(taken.data));
    ids.push(id);
    hashes.push(hash);
    data.push(text);
    sources.push(source);
  }
  for (const { id, hash } of prints) {
    if (!same.has(id)) continue;
    ids.push(id);
    hashes.push(hash);
  }
  return {
    ids: ids.join(SEPARATOR),
    hashes: hashes.join(SEPARATOR),
    data: data.join(SEPARATOR),
    sources: sources.join(SEPARATOR),
    faults,
    gone: gone.length > 0 ? gone.join(SEPARATOR) : null,
    leftOut: leftOut.length > 0 ? leftOut.join(SEPARATOR) : null,
    goneCount: gone.length + leftOut.length,
    skipped: leftOut.length,
    fallen: fallenIn(prints, taking.corrections),
    seen: prints.length + other.faults.length + other.deleted.length,
  };
}
