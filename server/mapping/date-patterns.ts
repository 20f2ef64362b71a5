/** Dates by pattern: `dd.MM.yyyy HH:mm`. A closed set of letters, English month names, no locale of the runtime. */

export type Clock = {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
  offset: number | null;
};

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

type Token = { write(clock: Clock): string; read(text: string, at: number, clock: Clock & { pm?: boolean }): number };

const two = (value: number) => String(value).padStart(2, "0");

/** Reads `min` to `max` digits; -1 when there are fewer. */
function digits(text: string, at: number, min: number, max: number): { value: number; end: number } | null {
  let end = at;
  while (end < text.length && end - at < max && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++;
  return end - at < min ? null : { value: Number(text.slice(at, end)), end };
}

type Unit = "year" | "month" | "day" | "hour" | "minute" | "second" | "ms";

const unit = (name: Unit, min: number, max: number, write: (value: number) => string): Token => ({
  write: (clock) => write(clock[name]),
  read(text, at, clock) {
    const found = digits(text, at, min, max);
    if (!found) return -1;
    clock[name] = found.value;
    return found.end;
  },
});

const monthName = (length: number | null): Token => ({
  write: (clock) => (MONTHS[clock.month - 1] ?? "").slice(0, length ?? undefined),
  read(text, at, clock) {
    const index = MONTHS.findIndex((name) => {
      const shown = length === null ? name : name.slice(0, length);
      return text.slice(at, at + shown.length).toLowerCase() === shown.toLowerCase();
    });
    if (index < 0) return -1;
    clock.month = index + 1;
    return at + (length ?? (MONTHS[index] as string).length);
  },
});

const twelve = (hour: number) => (hour % 12 === 0 ? 12 : hour % 12);

const halfDay: Token = {
  write: (clock) => (clock.hour < 12 ? "AM" : "PM"),
  read(text, at, clock) {
    const mark = text.slice(at, at + 2).toUpperCase();
    if (mark !== "AM" && mark !== "PM") return -1;
    clock.pm = mark === "PM";
    return at + 2;
  },
};

const offset: Token = {
  write({ offset: minutes }) {
    if (!minutes) return "Z";
    const size = Math.abs(minutes);
    return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  },
  read(text, at, clock) {
    if (text[at] === "Z") {
      clock.offset = 0;
      return at + 1;
    }
    const found = /^([+-])(\d{2}):?(\d{2})/.exec(text.slice(at, at + 6));
    if (!found) return -1;
    clock.offset = (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
    return at + found[0].length;
  },
};

/** The letters a pattern may hold, longest first, with what each stands for in the reference. */
export const PATTERN_TOKENS: readonly (readonly [letters: string, meaning: string, token: Token])[] = [
  ["yyyy", "year, 2026", unit("year", 4, 4, (v) => String(v).padStart(4, "0"))],
  ["MMMM", "month in English, January", monthName(null)],
  ["MMM", "month in English, Jan", monthName(3)],
  ["SSS", "milliseconds, 007", unit("ms", 3, 3, (v) => String(v).padStart(3, "0"))],
  ["XXX", "offset, +02:00 or Z", offset],
  ["MM", "month, 01", unit("month", 2, 2, two)],
  ["dd", "day, 07", unit("day", 2, 2, two)],
  ["HH", "hour, 00 to 23", unit("hour", 2, 2, two)],
  ["hh", "hour, 01 to 12", unit("hour", 2, 2, (v) => two(twelve(v)))],
  ["mm", "minute, 05", unit("minute", 2, 2, two)],
  ["ss", "second, 09", unit("second", 2, 2, two)],
  ["M", "month, 1", unit("month", 1, 2, String)],
  ["d", "day, 7", unit("day", 1, 2, String)],
  ["H", "hour, 0 to 23", unit("hour", 1, 2, String)],
  ["h", "hour, 1 to 12", unit("hour", 1, 2, (v) => String(twelve(v)))],
  ["a", "AM or PM", halfDay],
];

const literal = (letters: string): Token => ({
  write: () => letters,
  read: (text, at) => (text.startsWith(letters, at) ? at + letters.length : -1),
});

export type Pattern = { parts: ReadonlySet<string>; format(clock: Clock): string; parse(text: string): Clock | null };

/** Whether a month of a year has the day, and the rest is a time of day. */
function isReal({ year, month, day, hour, minute, second }: Clock): boolean {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return false;
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0);
  return day <= last.getUTCDate();
}

function tokensOf(pattern: string): { parts: Set<string>; tokens: Token[] } {
  const parts = new Set<string>();
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; ) {
    const known = PATTERN_TOKENS.find(([letters]) => pattern.startsWith(letters, at));
    const quote = pattern[at] === "'" ? pattern.indexOf("'", at + 1) : -1;
    if (known) {
      parts.add(known[0]);
      tokens.push(known[2]);
      at += known[0].length;
    } else if (quote > at) {
      tokens.push(literal(pattern.slice(at + 1, quote)));
      at = quote + 1;
    } else if (/[A-Za-z]/.test(pattern[at] as string)) {
      throw new RangeError(`"${pattern}" is not a date pattern: "${pattern[at]}" stands for nothing; put words between single quotes`);
    } else {
      tokens.push(literal(pattern[at] as string));
      at++;
    }
  }
  return { parts, tokens };
}

/** Whether the tokens read the whole text, into `clock`. */
function readAll(tokens: readonly Token[], text: string, clock: Clock): boolean {
  let at = 0;
  for (const token of tokens) {
    at = token.read(text, at, clock);
    if (at < 0) return false;
  }
  return at === text.length;
}

/** Compiles a pattern. Throws RangeError when it holds letters that stand for nothing. */
export function compilePattern(pattern: string): Pattern {
  const { parts, tokens } = tokensOf(pattern);
  const isTwelve = parts.has("hh") || parts.has("h");
  if (isTwelve !== parts.has("a")) throw new RangeError(`"${pattern}" is not a date pattern: h and a (AM or PM) go together`);
  return {
    parts,
    format: (clock) => tokens.map((token) => token.write(clock)).join(""),
    parse(text) {
      const clock: Clock & { pm?: boolean } = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, ms: 0, offset: null };
      if (!readAll(tokens, text, clock)) return null;
      if (isTwelve) {
        if (clock.hour < 1 || clock.hour > 12) return null;
        clock.hour = (clock.hour % 12) + (clock.pm ? 12 : 0);
      }
      return isReal(clock) ? clock : null;
    },
  };
}
