import { hash } from "node:crypto";
import { newId } from "#server/lib/ids";
import type { CompiledMapping } from "#server/mapping/compile";

/** Joins the columns of a page; JSON text never holds it raw, and record ids with control characters are refused. */
export const SEPARATOR = "\u001f";

export type PageFault = { id: string; external_id: string; code: string; message: string; field: string | null; source: string };

/** One page as `sync_write_page` takes it: text columns, plus what is held back. */
export type PageBatch = { ids: string; hashes: string; data: string; sources: string; faults: PageFault[]; seen: number };

type Incoming = { id: string; value: unknown; source?: string };

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

/**
 * Maps a page and lays it out for the database. `hash` covers mapping version and source, so that an unchanged record under
 * an unchanged mapping is recognised without being written. Pure.
 */
export function buildBatch(records: readonly Incoming[], mapping: CompiledMapping, mappingVersion: number): PageBatch {
  const unique = withoutRepeats(records);
  const ids: string[] = [];
  const hashes: string[] = [];
  const data: string[] = [];
  const sources: string[] = [];
  const faults: PageFault[] = [];
  for (const { id, value, source: given } of unique) {
    const source = given ?? JSON.stringify(value);
    const mapped = mapping.apply(value);
    if (!mapped.ok) {
      const first = mapped.faults[0];
      const message = mapped.faults.map((fault) => fault.message).join("; ");
      faults.push({
        id: newId("quarantine"),
        external_id: id,
        code: first?.code ?? "mapping_failed",
        message: (storable(message) as string).slice(0, 2_000),
        field: first?.field ?? null,
        source,
      });
      continue;
    }
    let text = JSON.stringify(mapped.data);
    if (UNSTORABLE.test(text)) text = JSON.stringify(storable(mapped.data));
    ids.push(id);
    hashes.push(hash("sha1", `${mappingVersion}:${source}`).slice(0, 32)); // to notice change, not to keep secrets
    data.push(text);
    sources.push(source);
  }
  return {
    ids: ids.join(SEPARATOR),
    hashes: hashes.join(SEPARATOR),
    data: data.join(SEPARATOR),
    sources: sources.join(SEPARATOR),
    faults,
    seen: unique.length,
  };
}
