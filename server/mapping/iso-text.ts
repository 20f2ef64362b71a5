/** ISO dates and times read sign by sign: a tenth of what a pattern and a Date cost. */

const SHAPE = "0000-00-00T00:00:00.000";
const [ZERO, NINE, Z, PLUS, MINUS, COLON, DOT] = [48, 57, 90, 43, 45, 58, 46];

/** The two digits at a place. */
export const two = (text: string, at: number) => (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;

const isDigit = (text: string, at: number) => text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= NINE;

/** Whether the first `length` signs are as in `2026-11-21T09:30:00.000`. */
export function hasShape(text: string, length: number): boolean {
  for (let at = 0; at < length; at++) {
    const sign = SHAPE.charCodeAt(at);
    if (sign === ZERO ? !isDigit(text, at) : text.charCodeAt(at) !== sign) return false;
  }
  return true;
}

/** Whether the calendar has the day that a text of the shape yyyy-mm-dd begins with. */
export function isDay(text: string): boolean {
  const [month, day] = [two(text, 5), two(text, 8)];
  if (month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  const year = two(text, 0) * 100 + two(text, 2);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 ? (isLeap ? 29 : 28) : 30 + ((month + (month >> 3)) & 1));
}

const twoText = (value: number) => (value < 10 ? `0${value}` : String(value));

/** Minutes east of UTC in `+02:00` or `+0200` at the end of a text; null for anything else, and for more than 14 hours. */
function offsetAt(text: string, at: number): number | null {
  const sign = text.charCodeAt(at);
  const minutesAt = text.charCodeAt(at + 3) === COLON ? at + 4 : at + 3;
  if ((sign !== PLUS && sign !== MINUS) || text.length !== minutesAt + 2) return null;
  if (!isDigit(text, at + 1) || !isDigit(text, at + 2) || !isDigit(text, minutesAt) || !isDigit(text, minutesAt + 1)) return null;
  const [hours, minutes] = [two(text, at + 1), two(text, minutesAt)];
  if (hours > 14 || minutes > 59) return null;
  return (sign === MINUS ? -1 : 1) * (hours * 60 + minutes);
}

/**
 * What `new Date(text).toISOString()` gives for the moments that sources write most: to the second or the millisecond, with Z or an
 * offset that does not lead to another day. Null for all others, and for what is no moment.
 */
export function quickMoment(text: string): string | null {
  const hasMs = text.charCodeAt(19) === DOT;
  const end = hasMs ? 23 : 19;
  if (!hasShape(text, end) || !isDay(text)) return null;
  const [hour, minute] = [two(text, 11), two(text, 14)];
  if (hour > 23 || minute > 59 || two(text, 17) > 59) return null;
  const isUtc = text.charCodeAt(end) === Z && text.length === end + 1;
  if (isUtc && hasMs) return text;
  const offset = isUtc ? 0 : offsetAt(text, end);
  if (offset === null) return null;
  const clock = hour * 60 + minute - offset;
  if (clock < 0 || clock >= 1440) return null;
  const moved = `${twoText(Math.floor(clock / 60))}:${twoText(clock % 60)}`;
  return `${text.slice(0, 11)}${moved}${text.slice(16, end)}${hasMs ? "Z" : ".000Z"}`;
}
