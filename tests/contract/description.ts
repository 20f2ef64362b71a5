import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";

type Json = Record<string, unknown>;

/** A published description of which only what is asked for is parsed: some are megabytes of YAML. */
export type Description = {
  /** The names below a place: paths, verbs. */
  names(place: readonly string[]): string[];
  /** What stands at a place, or undefined. */
  at(place: readonly string[]): unknown;
};

const textOf = (file: string): string => gunzipSync(readFileSync(file)).toString("utf8");

const walk = (tree: unknown, place: readonly string[]): unknown =>
  place.reduce<unknown>((here, name) => (typeof here === "object" && here !== null ? (here as Json)[name] : undefined), tree);

function ofTree(tree: unknown): Description {
  return {
    names: (place) => Object.keys((walk(tree, place) ?? {}) as Json),
    at: (place) => walk(tree, place),
  };
}

type Block = { from: number; to: number };
/** A key of a mapping; the entries of a list are none. */
const KEY = /^\s*((?:'[^']*'|"[^"]*"|[^\s'"#-][^:]*?))\s*:(?:\s|$)/;
const bare = (key: string): string => key.replace(/^(['"])(.*)\1$/, "$2");

/** Lines of a YAML text by their keys, as far as they are looked at: mappings in block style, indented as all descriptions are. */
function ofYaml(text: string): Description {
  const lines = text.split("\n");
  const indentOf = (line: string) => /^ */.exec(line)?.[0].length ?? 0;
  const matters = (line: string) => line.trim() !== "" && !line.trimStart().startsWith("#");
  const known = new Map<string, Map<string, Block>>();

  /** The keys of a mapping, each with its lines. */
  function keysIn({ from, to }: Block): { key: string; at: number }[] {
    const first = lines.slice(from, to).find(matters);
    const indent = first === undefined ? 0 : indentOf(first);
    const found: { key: string; at: number }[] = [];
    for (let at = from; at < to; at++) {
      const line = lines[at] ?? "";
      if (!matters(line) || indentOf(line) !== indent) continue;
      const key = KEY.exec(line)?.[1];
      if (key !== undefined) found.push({ key: bare(key), at });
    }
    return found;
  }
  function children(block: Block): Map<string, Block> {
    const id = `${block.from}-${block.to}`;
    const before = known.get(id);
    if (before) return before;
    const keys = keysIn(block);
    const found = new Map(keys.map(({ key, at }, n) => [key, { from: at, to: keys[n + 1]?.at ?? block.to }]));
    known.set(id, found);
    return found;
  }
  const inside = ({ from, to }: Block): Block => ({ from: from + 1, to });
  const blockOf = (place: readonly string[]): Block | undefined => {
    let here: Block = { from: 0, to: lines.length };
    for (const [n, name] of place.entries()) {
      const next = children(n === 0 ? here : inside(here)).get(name);
      if (!next) return undefined;
      here = next;
    }
    return here;
  };
  return {
    names: (place) => {
      const block = blockOf(place);
      return block ? [...children(place.length === 0 ? block : inside(block)).keys()] : [];
    },
    at: (place) => {
      const block = blockOf(place);
      const last = place.at(-1);
      return block && last !== undefined
        ? (parse(lines.slice(block.from, block.to).join("\n"), { logLevel: "silent" }) as Json)[last]
        : undefined;
    },
  };
}

/** Opens a description in YAML that was made by hand out of documentation. */
export const openOwn = (file: string): Description => ofTree(parse(readFileSync(file, "utf8")));

/** Opens a gzipped description in JSON or YAML. */
export function openDescription(file: string): Description {
  const text = textOf(file);
  return file.endsWith(".json.gz") ? ofTree(JSON.parse(text)) : ofYaml(text);
}
