import { RE2JS } from "re2js";

/** A text that fits a pattern, as short as it may be: for forms without an example. Knows what manifests' patterns may hold. */

type Reader = { source: string; at: number; groups: Record<string, string>; wanted: Readonly<Record<string, string>> };

const ONE: Record<string, string> = { d: "1", w: "a", s: " ", D: "a", W: "-", S: "a", n: "\n", t: "\t", b: "", B: "", A: "", z: "" };
const PREFERRED = "a1A0bcdefghijklmnopqrstuvwxyz-_./@! ";

/** A text that matches `pattern`, or null when none was found. `wanted`: what its named groups should hold. */
export function sampleText(pattern: string, wanted: Readonly<Record<string, string>> = {}): string | null {
  const reader: Reader = { source: pattern, at: 0, groups: {}, wanted };
  const text = branch(reader);
  return matchOf(pattern, text) ? text : null;
}

type Match = { first: string | undefined; groups: Record<string, string> | null };

/**
 * What a pattern finds in a text, in time that grows with the text alone: manifests may be anybody's. `whole`: it has to be all of it.
 * `groups` is null where none has a name.
 */
export function matchOf(pattern: string, text: string, { whole = false } = {}): Match | null {
  try {
    const re = RE2JS.compile(RE2JS.translateRegExp(pattern));
    const matcher = re.matcher(text);
    if (!(whole ? matcher.matches() : matcher.find())) return null;
    const names = Object.keys(re.namedGroups());
    const named = names.flatMap((name) => {
      const value = matcher.group(name);
      return typeof value === "string" ? [[name, value] as const] : [];
    });
    return {
      first: re.groupCount() > 0 ? (matcher.group(1) ?? undefined) : undefined,
      groups: names.length > 0 ? Object.fromEntries(named) : null,
    };
  } catch {
    return null;
  }
}

/** A text that a pattern finds a value in, and that value: ours where it has the look. */
export function textAround(pattern: string | undefined, value: string): { text: string; value: string } {
  if (pattern === undefined) return { text: value, value };
  const found = (text: string) => matchOf(pattern, text)?.first ?? text;
  const sample = sampleText(pattern, { used: value, of: value }) ?? value;
  const own = sample.replace(found(sample), value);
  return found(own) === value ? { text: own, value } : { text: sample, value: found(sample) };
}

/** The first alternative; the others are read over. */
function branch(reader: Reader): string {
  let first: string | null = null;
  let text = "";
  while (reader.at < reader.source.length && reader.source[reader.at] !== ")") {
    if (reader.source[reader.at] === "|") {
      first ??= text;
      text = "";
      reader.at++;
    } else text += repeated(reader);
  }
  return first ?? text;
}

function repeated(reader: Reader): string {
  const begin = reader.at;
  const one = atom(reader);
  const [whole = "", least] = /^(?:[*?+]|\{(\d+)(?:,\d*)?\})\??/.exec(reader.source.slice(reader.at)) ?? [];
  reader.at += whole.length;
  const wanted = reader.source[begin] === "(" && Object.values(reader.wanted).includes(one);
  if (whole === "" || whole.startsWith("+")) return one;
  if (whole.startsWith("{")) return one.repeat(Number(least));
  return wanted ? one : "";
}

function atom(reader: Reader): string {
  const sign = reader.source[reader.at++] ?? "";
  if (sign === "\\") {
    const escaped = reader.source[reader.at++] ?? "";
    return ONE[escaped] ?? escaped;
  }
  if (sign === "[") return classOf(reader);
  if (sign === "(") return group(reader);
  if (sign === "^" || sign === "$") return "";
  return sign === "." ? "a" : sign;
}

function group(reader: Reader): string {
  const [head = "", name] = /^\?(?::|P?<([A-Za-z]\w*)>)/.exec(reader.source.slice(reader.at)) ?? [];
  reader.at += head.length;
  const text = branch(reader);
  reader.at++;
  return name !== undefined && Object.hasOwn(reader.wanted, name) ? (reader.wanted[name] ?? text) : text;
}

function classOf(reader: Reader): string {
  let end = reader.at;
  while (end < reader.source.length && (reader.source[end] !== "]" || end === reader.at)) end += reader.source[end] === "\\" ? 2 : 1;
  const test = new RegExp(`^[${reader.source.slice(reader.at, end)}]$`, "u");
  reader.at = end + 1;
  return (
    [...PREFERRED].find((one) => test.test(one)) ??
    [...Array(94).keys()].map((n) => String.fromCharCode(33 + n)).find((one) => test.test(one)) ??
    ""
  );
}
