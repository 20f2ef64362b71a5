/** A pattern taken apart, as far as it matters for what can stand at its end and how long its parts can be. */
export type Part =
  | { kind: "text"; text: string }
  /** One character of several. */
  | { kind: "any"; digits: boolean }
  | { kind: "all"; parts: Part[] }
  | { kind: "either"; options: Part[] }
  /** `name` null: it has none; undefined: it is only there to hold its parts together. */
  | { kind: "group"; name: string | null | undefined; inner: Part }
  | { kind: "times"; inner: Part; min: number; max: number };

const NOTHING: Part = { kind: "all", parts: [] };
const ESCAPED: Record<string, string> = { t: "\t", n: "\n", r: "\r", f: "\f", v: "\v" };

/** What this reads no further than: quoted runs, character codes. Whoever asks must then expect anything. */
class Beyond extends Error {}

class Reader {
  private at = 0;
  private readonly source: string;
  constructor(source: string) {
    this.source = source;
  }

  whole(): Part {
    const part = this.either();
    if (this.at < this.source.length) throw new Beyond();
    return part;
  }

  private take(look: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(look.source, "y");
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.source);
    if (found) this.at = sticky.lastIndex;
    return found;
  }

  private either(): Part {
    const options = [this.all()];
    while (this.take(/\|/)) options.push(this.all());
    return options.length === 1 ? (options[0] ?? NOTHING) : { kind: "either", options };
  }

  private all(): Part {
    const parts: Part[] = [];
    while (this.at < this.source.length && !/[|)]/.test(this.source[this.at] ?? "")) parts.push(this.repeated());
    return { kind: "all", parts };
  }

  private repeated(): Part {
    const inner = this.one();
    const found = this.take(/(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/);
    if (!found) return inner;
    const [, sign, least = "0", comma, most] = found;
    if (sign) return { kind: "times", inner, min: sign === "+" ? 1 : 0, max: sign === "?" ? 1 : Number.POSITIVE_INFINITY };
    const max = most ? Number(most) : comma ? Number.POSITIVE_INFINITY : Number(least);
    return { kind: "times", inner, min: Number(least), max };
  }

  private one(): Part {
    const opened = this.take(/\((\?(?:[a-z]*:|P?<([A-Za-z]\w*)>))?/);
    if (opened) {
      const inner = this.either();
      if (!this.take(/\)/)) throw new Beyond();
      return { kind: "group", name: opened[2] ?? (opened[1] === undefined ? null : undefined), inner };
    }
    if (this.take(/\[/)) return this.characters();
    if (this.take(/[\^$]/)) return NOTHING;
    if (this.take(/\./)) return { kind: "any", digits: false };
    const escaped = this.take(/\\([\s\S])/);
    return escaped ? this.escaped(escaped[1] ?? "") : { kind: "text", text: this.take(/[\s\S]/u)?.[0] ?? "" };
  }

  private escaped(letter: string): Part {
    if (/[bBAz]/.test(letter)) return NOTHING;
    if (letter === "d") return { kind: "any", digits: true };
    if (/[wsDWS]/.test(letter)) return { kind: "any", digits: false };
    if (/[A-Za-z0-9]/.test(letter) && !Object.hasOwn(ESCAPED, letter)) throw new Beyond();
    return { kind: "text", text: ESCAPED[letter] ?? letter };
  }

  private characters(): Part {
    const found = this.take(/(\^?)(\]?(?:\\[\s\S]|\[:\^?[a-z]+:\]|[^\]\\])*)\]/);
    if (!found) throw new Beyond();
    const [, not, inside = ""] = found;
    const only = /^\\?([^A-Za-z0-9\\])$|^([A-Za-z0-9])$/.exec(inside);
    if (!not && only) return { kind: "text", text: only[1] ?? only[2] ?? "" };
    return { kind: "any", digits: !not && /^(?:\\d|0-9|[0-9]|[0-9]-[0-9])+$/.test(inside) };
  }
}

/** The parts of a pattern; null where it holds what is not looked into, so that anything has to be expected. */
export function partsOfPattern(source: string): Part | null {
  try {
    return new Reader(source).whole();
  } catch (error) {
    if (error instanceof Beyond) return null;
    throw error;
  }
}

/** The group of that name, or the first one that is taken for itself; null when there is none. */
export function groupIn(part: Part, name: string | null): Part | null {
  switch (part.kind) {
    case "group":
      return (name === null ? part.name !== undefined : part.name === name) ? part.inner : groupIn(part.inner, name);
    case "times":
      return groupIn(part.inner, name);
    case "all":
    case "either":
      for (const one of part.kind === "all" ? part.parts : part.options) {
        const found = groupIn(one, name);
        if (found) return found;
      }
      return null;
    default:
      return null;
  }
}

type Length = { min: number; max: number };

/** How many characters a part can be; `runs` says what an unbounded run of digits counts as. What `without` names counts nothing. */
function lengthOf(part: Part, { runs = Number.POSITIVE_INFINITY, without = new Set<string>() } = {}): Length {
  const inner = (one: Part) => lengthOf(one, { runs, without });
  switch (part.kind) {
    case "text":
      return { min: part.text.length, max: part.text.length };
    case "any":
      return { min: 1, max: 1 };
    case "group":
      return typeof part.name === "string" && without.has(part.name) ? { min: 0, max: 0 } : inner(part.inner);
    case "times": {
      const each = inner(part.inner);
      const digits = part.inner.kind === "any" && part.inner.digits && part.max === Number.POSITIVE_INFINITY;
      return { min: each.min * part.min, max: digits ? runs : each.max === 0 ? 0 : each.max * part.max };
    }
    case "all": {
      const each = part.parts.map(inner);
      return { min: each.reduce((sum, one) => sum + one.min, 0), max: each.reduce((sum, one) => sum + one.max, 0) };
    }
    case "either": {
      const each = part.options.map(inner);
      return { min: Math.min(...each.map((one) => one.min)), max: Math.max(...each.map((one) => one.max)) };
    }
  }
}

/** The names of a pattern's groups. */
export const groupNames = (pattern: string): string[] => [...pattern.matchAll(/\(\?P?<([A-Za-z]\w*)>/g)].map(([, name = ""]) => name);

/** The most characters of a secret that its groups may take together; a run of digits counts as eight. */
const MOST_PUBLIC = 16;
const RUN_OF_DIGITS = 8;

/**
 * The groups of a secret's pattern that are no secret themselves: short ones, beside which a secret of its own must stand
 * (`[0-9a-f]+-(?<dc>us\d+)`). A group that could take most of it is as secret as all of it.
 */
export function publicGroups(pattern: string): Set<string> {
  const whole = partsOfPattern(pattern);
  const names = new Set(groupNames(pattern));
  if (!whole) return new Set();
  const inside = [...names].map((name) => lengthOf(groupIn(whole, name) ?? whole, { runs: RUN_OF_DIGITS }).max);
  const outside = lengthOf(whole, { without: names });
  const small = inside.reduce((sum, max) => sum + max, 0) <= MOST_PUBLIC;
  return small && outside.min > 0 && outside.max >= MOST_PUBLIC ? names : new Set();
}

/** A text something can end with. `open`: anything may stand before it. */
export type Tail = { text: string; open: boolean };

/** More endings than these nobody lists by hand. */
const MOST = 500;
const ANYTHING: Tail[] = [{ text: "", open: true }];

/** The endings of a part put before endings that are known already. */
export function endingsOf(part: Part, after: readonly Tail[] = [{ text: "", open: false }]): Tail[] {
  const before = ownEndings(part);
  const joined = after.flatMap((tail) => (tail.open ? [tail] : before.map(({ text, open }): Tail => ({ text: text + tail.text, open }))));
  const different = [...new Map(joined.map((tail) => [`${tail.open} ${tail.text}`, tail])).values()];
  return different.length > MOST ? ANYTHING : different;
}

function ownEndings(part: Part): Tail[] {
  switch (part.kind) {
    case "text":
      return [{ text: part.text, open: false }];
    case "any":
      return ANYTHING;
    case "group":
      return ownEndings(part.inner);
    case "either":
      return part.options.flatMap(ownEndings);
    case "all":
      return part.parts.reduceRight<Tail[]>((after, one) => endingsOf(one, after), [{ text: "", open: false }]);
    case "times": {
      const some = part.max > 0 ? ownEndings(part.inner).map(({ text, open }) => ({ text, open: open || part.max > 1 })) : [];
      return part.min === 0 ? [...some, { text: "", open: false }] : some;
    }
  }
}
