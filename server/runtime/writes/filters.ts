import { createHash } from "node:crypto";
import { formatMoment, parseMoment } from "../paging/moments";
import { MomentFormat } from "../paging/schema";

const textOf = (value: unknown): string => (typeof value === "object" && value !== null ? JSON.stringify(value) : String(value));

const onText =
  (change: (text: string) => unknown) =>
  (value: unknown): unknown =>
    change(textOf(value));

const FILTERS: Record<string, (value: unknown) => unknown> = {
  quoted: onText((text) => text.replace(/[\\'"]/g, "\\$&")),
  doubled: onText((text) => text.replaceAll("'", "''")),
  lower: onText((text) => text.toLowerCase()),
  upper: onText((text) => text.toUpperCase()),
  trim: onText((text) => text.trim()),
  md5: onText((text) => createHash("md5").update(text).digest("hex")),
  base64: onText((text) => Buffer.from(text).toString("base64")),
  text: textOf,
  number: (value) => {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
    return Number.isFinite(number) ? number : value;
  },
  json: (value) => JSON.stringify(value),
  join: (value) => (Array.isArray(value) ? value.map(textOf).join(",") : value),
};

/** A moment in another format; what is no moment stays as it is, for the third party to refuse. Unix times are numbers. */
function momentIn(value: unknown, format: MomentFormat): unknown {
  const ms = parseMoment(value);
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return value;
  const text = formatMoment(new Date(ms).toISOString(), format);
  return format === "unix_s" || format === "unix_ms" ? Number(text) : text;
}

/** A value changed by one filter of a hole. Nothing stays nothing. */
export function applyFilter(value: unknown, name: string): unknown {
  if (value === undefined || value === null) return value;
  const format = MomentFormat.safeParse(name);
  if (format.success) return momentIn(value, format.data);
  return Object.hasOwn(FILTERS, name) ? FILTERS[name]?.(value) : value;
}
