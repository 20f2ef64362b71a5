import { createHash } from "node:crypto";
import { formatMoment, parseMoment } from "../paging/moments";
import { MomentFormat } from "../paging/schema";
import { holds, writeExactJson } from "../protocols/exact-json";

const textOf = (value: unknown): string => (typeof value === "object" && value !== null ? writeExactJson(value) : String(value));

/** The error of a value that a filter cannot change without loss. */
type Refuse = (message: string) => Error;

const onText =
  (change: (text: string) => unknown) =>
  (value: unknown): unknown =>
    change(textOf(value));

/** A text as a number, digit for digit; what is no number stays as it is, for the third party to refuse. */
function numberIn(value: unknown, refuse: Refuse): unknown {
  const text = typeof value === "string" ? value.trim() : "";
  const number = text === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) return value;
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(number) ? number : BigInt(text);
  if (/^-?\d+\.\d+$/.test(text) && !holds(text)) throw refuse("has more digits than a number can carry; send it as text");
  return number;
}

const FILTERS: Record<string, (value: unknown, refuse: Refuse) => unknown> = {
  quoted: onText((text) => text.replace(/[\\'"]/g, "\\$&")),
  doubled: onText((text) => text.replaceAll("'", "''")),
  lower: onText((text) => text.toLowerCase()),
  upper: onText((text) => text.toUpperCase()),
  trim: onText((text) => text.trim()),
  md5: onText((text) => createHash("md5").update(text).digest("hex")),
  base64: onText((text) => Buffer.from(text).toString("base64")),
  text: textOf,
  number: numberIn,
  json: (value) => writeExactJson(value),
  join: (value) => (Array.isArray(value) ? value.map(textOf).join(",") : value),
};

/** All filters there are. */
export const FILTER_NAMES: readonly string[] = [...Object.keys(FILTERS), ...MomentFormat.options];

/** A moment in another format; what is no moment stays as it is, for the third party to refuse. Unix times are numbers. */
function momentIn(value: unknown, format: MomentFormat): unknown {
  const ms = parseMoment(value);
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return value;
  const text = formatMoment(new Date(ms).toISOString(), format);
  return format === "unix_s" || format === "unix_ms" ? Number(text) : text;
}

/** A value changed by one filter of a hole. Nothing stays nothing. Throws what `refuse` makes of a value that would lose digits. */
export function applyFilter(value: unknown, name: string, refuse: Refuse): unknown {
  if (value === undefined || value === null) return value;
  const format = MomentFormat.safeParse(name);
  if (format.success) return momentIn(value, format.data);
  return Object.hasOwn(FILTERS, name) ? FILTERS[name]?.(value, refuse) : value;
}
