import { randomUUID } from "node:crypto";

const RUN = 16;
const [ZERO, NINE, DOT, MINUS, QUOTE] = [48, 57, 46, 45, 34];

const isDigit = (code: number): boolean => (code >= ZERO && code <= NINE) || code === DOT;

/**
 * Whether a number may stand in the text that a double may not hold: a run of 16 digits, not right after a quote. A run of
 * 16 covers some sixteenth place, so only those are looked at.
 */
function isDoubtful(text: string): boolean {
  for (let i = RUN - 1; i < text.length; i += RUN) {
    if (!isDigit(text.charCodeAt(i))) continue;
    let from = i;
    while (from > 0 && isDigit(text.charCodeAt(from - 1))) from--;
    let to = i;
    while (to + 1 < text.length && isDigit(text.charCodeAt(to + 1))) to++;
    const before = text.charCodeAt(from > 0 && text.charCodeAt(from - 1) === MINUS ? from - 2 : from - 1);
    if (to - from + 1 >= RUN && before !== QUOTE) return true;
    i += Math.max(0, to - i - (RUN - 1));
  }
  return false;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A decimal as digits and exponent, so that two ways of writing one number are the same. */
function canonical(text: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const bare = digits.replace(/0+$/, "");
  return bare === "" ? "0" : `${sign}${bare}e${Number(exponent) - fraction.length + digits.length - bare.length}`;
}

/** True when a double holds the number as it is written, digit for digit. */
export function holds(text: string): boolean {
  const value = Number(text);
  if (!Number.isFinite(value)) return false;
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(value);
  return text.length < 16 && !/e/i.test(text) ? true : canonical(String(value)) === canonical(text);
}

const quoteInexact = (plain: string): string =>
  plain.length < 16 && !/e/i.test(plain) ? plain : plain.replace(NUMBER, (number) => (holds(number) ? number : `"${number}"`));

/** The quote that closes the text opened at `open`, or -1. */
function closing(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let before = close - 1;
    while (text[before] === "\\") before--;
    if ((close - before) % 2 === 1) return close;
  }
  return -1;
}

function quoted(text: string): string {
  const parts: string[] = [];
  for (let from = 0; ; ) {
    const open = text.indexOf('"', from);
    parts.push(quoteInexact(open < 0 ? text.slice(from) : text.slice(from, open)));
    if (open < 0) return parts.join("");
    const close = closing(text, open);
    if (close < 0) return text; // broken; the parser will say so
    parts.push(text.slice(open, close + 1));
    from = close + 1;
  }
}

/**
 * JSON with nothing lost: a number a double cannot hold (an int64, a long decimal) becomes text, all else is as JSON.parse
 * gives it. Text without such numbers costs one look. Throws SyntaxError.
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(isDoubtful(text) ? quoted(text) : text);
}

/** Marks digits in a text of JSON before their quotes are taken off; nobody's data can know it. */
const MARK = `${randomUUID()}:`;
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, "g");

/** A value as JSON with nothing lost: a bigint is a number, digit for digit. */
export function writeExactJson(value: unknown): string {
  let some = false;
  const text = JSON.stringify(value, (_, one: unknown) => {
    if (typeof one !== "bigint") return one;
    some = true;
    return `${MARK}${one}`;
  });
  return some ? text.replace(MARKED, "$1") : text;
}
