import { issueWords } from "#server/lib/issue-words";
import { requestFaults } from "#server/runtime/checks/request-faults";
import { Manifest } from "#server/runtime/manifest";
import { privateFaults } from "./private-rules";
import { readSource } from "./read-source";
import type { ManifestFault, SourceFormat } from "./schema";
import { shapesAt } from "./shape";

/** `value` is the file as data, before defaults; it is what is stored. */
export type Checked =
  | { ok: true; format: SourceFormat; value: unknown; manifest: Manifest }
  | { ok: false; format: SourceFormat; faults: ManifestFault[] };

const MAX_FAULTS = 100;

/** Checks a vendor's manifest whole. Pure; a fault says at which line, under which path, and what to do. */
export function checkManifest(text: string, format?: SourceFormat): Checked {
  const read = readSource(text, format);
  if (!read.ok) return read;
  const { source } = read;
  const parsed = Manifest.safeParse(source.value);
  const found = parsed.success
    ? [...privateFaults(parsed.data), ...requestFaults(parsed.data)]
    : issueWords(parsed.error.issues.slice(0, MAX_FAULTS), source.value, shapesAt);
  if (parsed.success && found.length === 0) return { ok: true, format: source.format, value: source.value, manifest: parsed.data };
  const faults = found
    .slice(0, MAX_FAULTS)
    .map(({ path, message }) => ({ line: source.lineOf(path), path: path.map(String).join("."), message }))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return { ok: false, format: source.format, faults };
}
