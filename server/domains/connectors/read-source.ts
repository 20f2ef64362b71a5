import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLError, type YAMLMap } from "yaml";
import { type ManifestFault, SOURCE_LIMIT_BYTES, type SourceFormat } from "./schema";

type Path = readonly PropertyKey[];
/** A file that was read: its value, and the line at which a path of it stands (the nearest one above, for what is not there). */
export type ReadSource = { format: SourceFormat; value: unknown; lineOf(path: Path): number | null };
type Outcome = { ok: true; source: ReadSource } | { ok: false; format: SourceFormat; faults: ManifestFault[] };

const MAX_ALIASES = 50;
const MAX_DEPTH = 40;
const MAX_FAULTS = 20;
/** Names that mean something else to JavaScript. */
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

export const formatOf = (text: string): SourceFormat => (/^\s*[{[]/.test(text) ? "json" : "yaml");

const pathText = (path: Path): string => path.map(String).join(".");

function depthFault(value: unknown, path: PropertyKey[] = []): Path | null {
  if (typeof value !== "object" || value === null) return null;
  if (path.length >= MAX_DEPTH) return path;
  for (const [name, inner] of Object.entries(value)) {
    const found = depthFault(inner, [...path, name]);
    if (found) return found;
  }
  return null;
}

type Doubts = { node: Node; path: Path; message: string }[];

/** Names given twice, names that are no text, and numbers that JSON has not. */
function doubtsOf(node: unknown, path: PropertyKey[], doubts: Doubts): void {
  if (path.length > MAX_DEPTH || doubts.length >= MAX_FAULTS) return;
  if (isScalar(node) && typeof node.value === "number" && !Number.isFinite(node.value))
    doubts.push({ node, path, message: "is no number that can be kept" });
  if (isSeq(node)) {
    for (const [i, inner] of node.items.entries()) doubtsOf(inner, [...path, i], doubts);
    return;
  }
  if (!isMap(node)) return;
  const seen = new Set<string>();
  for (const { key, value } of node.items) {
    if (!isScalar(key)) {
      doubts.push({ node, path, message: "has a name that is no text" });
      continue;
    }
    const name = String(key.value);
    if (FORBIDDEN.has(name)) doubts.push({ node: key, path: [...path, name], message: "is a name that cannot be used" });
    if (seen.has(name)) doubts.push({ node: key, path: [...path, name], message: "is given twice" });
    seen.add(name);
    doubtsOf(value, [...path, name], doubts);
  }
}

const pairOf = (map: YAMLMap, step: PropertyKey) => map.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));

/** The offset at which a path begins, as far as it is there. */
function offsetOf(document: Document, path: Path): number | null {
  let node: unknown = document.contents;
  let offset: number | null = null;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = pairOf(node, step);
      if (!pair) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}

const firstLine = (text: string): string => (text.split("\n")[0] ?? "").replace(/:$/, "");

function syntaxFaults(errors: readonly YAMLError[], lines: LineCounter): ManifestFault[] {
  return errors.slice(0, MAX_FAULTS).map((error) => ({
    line: lines.linePos(error.pos[0]).line,
    path: "",
    message:
      error.code === "TAG_RESOLVE_FAILED"
        ? "tags like !name are not taken; leave it out"
        : `cannot be read here: ${firstLine(error.message)}`,
  }));
}

function jsonFault(text: string, error: unknown, lines: LineCounter): ManifestFault {
  const message = error instanceof Error ? error.message : String(error);
  const position = /position (\d+)/.exec(message)?.[1];
  const offset = position === undefined ? text.length : Number(position);
  return { line: lines.linePos(Math.min(offset, text.length)).line, path: "", message: `is not valid JSON: ${firstLine(message)}` };
}

/** The value of a document whose syntax is fine, or what is wrong with it. */
function readValue(text: string, format: SourceFormat, document: Document, lines: LineCounter): unknown {
  if (format === "yaml") {
    try {
      return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown };
    } catch (error) {
      const many = error instanceof ReferenceError;
      return {
        fault: {
          line: null,
          path: "",
          message: many ? `repeats itself by more than ${MAX_ALIASES} aliases: write it out` : "cannot be read",
        },
      };
    }
  }
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { fault: jsonFault(text, error, lines) };
  }
}

/** Reads a file of JSON or YAML 1.2 (core schema: no tags, no dates, no code), within bounds, and remembers where everything stands. */
export function readSource(text: string, format: SourceFormat = formatOf(text), limitBytes: number = SOURCE_LIMIT_BYTES): Outcome {
  const refused = (...faults: ManifestFault[]): Outcome => ({ ok: false, format, faults });
  const whole = (message: string): Outcome => refused({ line: null, path: "", message });
  if (Buffer.byteLength(text) > limitBytes) return whole(`is larger than ${Math.floor(limitBytes / 1_024)} kB`);
  if (text.trim() === "") return whole("is empty");
  if (text.includes("\u0000")) return whole("holds a NUL character");
  const lines = new LineCounter();
  let document: Document;
  const doubts: Doubts = [];
  try {
    document = parseDocument(text, { version: "1.2", schema: "core", uniqueKeys: false, prettyErrors: false, lineCounter: lines });
    const faults = format === "yaml" ? syntaxFaults([...document.errors, ...document.warnings], lines) : [];
    if (faults.length > 0) return refused(...faults);
    doubtsOf(document.contents, [], doubts);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return whole(`is nested deeper than ${MAX_DEPTH} levels`);
  }
  const read = readValue(text, format, document, lines) as { value: unknown } | { fault: ManifestFault };
  if ("fault" in read) return refused(read.fault);
  const { value } = read;
  if (doubts.length > 0)
    return refused(
      ...doubts.map(({ node, path, message }) => ({
        line: node.range ? lines.linePos(node.range[0]).line : null,
        path: pathText(path),
        message,
      })),
    );
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return whole("must be an object: `key: value` lines, or `{ … }`");
  const deep = depthFault(value);
  const lineOf = (path: Path): number | null => {
    const offset = offsetOf(document, path);
    return offset === null ? null : lines.linePos(offset).line;
  };
  if (deep) return refused({ line: lineOf(deep), path: pathText(deep.slice(0, 6)), message: `is nested deeper than ${MAX_DEPTH} levels` });
  if (Buffer.byteLength(JSON.stringify(value)) > limitBytes) return whole(`comes to more than ${Math.floor(limitBytes / 1_024)} kB`);
  return { ok: true, source: { format, value, lineOf } };
}
