import { RE2JS } from "re2js";

type Match = { groups: Record<string, string>; first: string | null; whole: string };

const compiled = new Map<string, RE2JS>();
const MOST = 2_000;

function compile(source: string): RE2JS {
  const known = compiled.get(source);
  if (known) return known;
  const made = RE2JS.compile(RE2JS.translateRegExp(source));
  if (compiled.size >= MOST) compiled.clear();
  compiled.set(source, made);
  return made;
}

/** Why a text is no pattern of a manifest, or null. */
export function patternFault(source: string): string | null {
  try {
    compile(source);
    return null;
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).replace(/^error parsing regexp: /, "");
    return `not a regular expression we can run: ${why} (look-around and back references are left out, so that matching takes linear time)`;
  }
}

/**
 * Matches a manifest's pattern against a text that strangers wrote. By RE2: the time grows with the length of the text, not
 * with the pattern's cleverness, so nobody's connector can keep a process busy. `whole` = all of the text must match.
 */
export function matchPattern(source: string, text: string, { whole = true }: { whole?: boolean } = {}): Match | null {
  const re = compile(source);
  const matcher = re.matcher(text);
  if (!(whole ? matcher.matches() : matcher.find())) return null;
  const named = Object.keys(re.namedGroups()).map((name) => [name, matcher.group(name)] as const);
  return {
    groups: Object.fromEntries(named.filter((pair): pair is [string, string] => typeof pair[1] === "string")),
    first: re.groupCount() > 0 ? (matcher.group(1) ?? null) : null,
    whole: matcher.group() ?? "",
  };
}
