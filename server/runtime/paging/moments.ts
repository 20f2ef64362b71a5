import type { MomentLook } from "./schema";

const PARTS = /yyyy|MM|dd|HH|mm|ss|SSS|XXX|XX|'[^']+'|[^']/g;
const STEPS = [
  ["SSS", 1],
  ["ss", 1_000],
  ["mm", 60_000],
  ["HH", 3_600_000],
] as const;

/** The step a format counts in, in ms: what a strict "later than" has to be moved back by. */
export function unitOf(format: MomentLook): number {
  if (typeof format === "object") return STEPS.find(([part]) => format.look.includes(part))?.[1] ?? 86_400_000;
  if (format === "date") return 86_400_000;
  return format === "iso" || format === "unix_ms" || format === "ms_json" ? 1 : 1_000;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** What a clock in `zone` shows at a moment, as if it were UTC. */
function wall(ms: number, zone: string): number {
  let clock = clocks.get(zone);
  if (!clock) {
    const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
    clock = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", era: "short", ...parts });
    clocks.set(zone, clock);
  }
  const shown = Object.fromEntries(clock.formatToParts(ms).map((part) => [part.type, Number(part.value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown as Record<string, number>;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((ms % 1_000) + 1_000) % 1_000);
}

/** The earliest moment at which clocks in `zone` show `shown`: of an hour that comes twice, the first. */
export function momentOf(shown: number, zone: string): number {
  const tries = [shown - 86_400_000, shown + 86_400_000].map((near) => shown - (wall(near, zone) - near));
  const fits = tries.filter((one) => wall(one, zone) === shown);
  return Math.min(...(fits.length > 0 ? fits : tries));
}

/** What a clock shows, in the parts of a look. `aheadMs` is how far it is ahead of UTC. */
function inLook(look: string, shown: number, aheadMs: number): string {
  const text = new Date(shown).toISOString();
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60].map((one) => String(one).padStart(2, "0"));
  const sign = aheadMs < 0 ? "-" : "+";
  const parts: Record<string, string> = {
    ...{ yyyy: text.slice(0, 4), MM: text.slice(5, 7), dd: text.slice(8, 10), HH: text.slice(11, 13) },
    ...{
      mm: text.slice(14, 16),
      ss: text.slice(17, 19),
      SSS: text.slice(20, 23),
      XX: `${sign}${hour}${minute}`,
      XXX: `${sign}${hour}:${minute}`,
    },
  };
  return look.replace(PARTS, (part) => parts[part] ?? part.replaceAll("'", ""));
}

const iso = (ms: number) => new Date(ms).toISOString();

/**
 * A moment in the words of a source, floored to what its format can say. `strict` = the source answers "later than": one
 * unit earlier is asked for. With a `zone`, formats without one show that zone's clock.
 */
export function formatMoment(momentIso: string, format: MomentLook, { strict = false, zone = "UTC" } = {}): string {
  const unit = unitOf(format);
  const absolute = Date.parse(momentIso);
  const naive = typeof format === "object" || format === "date" || format === "local" || format === "odata_datetime";
  const shown = naive && zone !== "UTC" ? wall(absolute, zone) : absolute;
  const ms = Math.floor(shown / unit) * unit - (strict ? unit : 0);
  if (typeof format === "object") return inLook(format.look, ms, shown - absolute);
  switch (format) {
    case "iso":
      return iso(ms);
    case "iso_s":
      return `${iso(ms).slice(0, 19)}Z`;
    case "local":
      return iso(ms).slice(0, 19);
    case "date":
      return iso(ms).slice(0, 10);
    case "unix_s":
      return String(ms / 1_000);
    case "unix_ms":
      return String(ms);
    case "http_date":
      return new Date(ms).toUTCString();
    case "odata_datetime":
      return `datetime'${iso(ms).slice(0, 19)}'`;
    case "odata_datetimeoffset":
      return `datetimeoffset'${iso(ms).slice(0, 19)}Z'`;
    case "ms_json":
      return `/Date(${ms})/`;
  }
}

const HAS_ZONE = /(?:[zZ]|[+-]\d\d:?\d\d|GMT|UTC)\s*$/;

/** Whether a moment's text says itself by which clock it is. */
export const hasZone = (text: string): boolean => HAS_ZONE.test(text);

const COMPACT = /^((?:19|20)\d\d)([01]\d)([0-3]\d)(?:T?([0-2]\d)([0-5]\d)([0-5]\d))?(Z?)$/;

/** A moment out of a record in ms: ISO text, also without its signs (`20261121`, `20261121T120000Z`), `/Date(ms)/`, Unix seconds or ms; text without a zone is `zone`'s. NaN for none. */
export function parseMoment(value: unknown, zone = "UTC"): number {
  if (typeof value === "number") return Math.abs(value) < 1e11 ? value * 1_000 : value;
  if (typeof value !== "string" || value === "") return Number.NaN;
  const compact = COMPACT.exec(value);
  if (compact) {
    const [, year, month, day, hour = "00", minute = "00", second = "00", utc = ""] = compact;
    return parseMoment(`${year}-${month}-${day}T${hour}:${minute}:${second}${utc}`, zone);
  }
  if (/^-?\d{9,}(\.\d+)?$/.test(value)) return parseMoment(Number(value));
  const json = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/.exec(value);
  if (json) return Number(json[1]);
  if (HAS_ZONE.test(value)) return Date.parse(value);
  const shown = Date.parse(`${value.includes(":") ? value.replace(" ", "T") : `${value}T00:00:00`}Z`);
  return zone === "UTC" || Number.isNaN(shown) ? shown : momentOf(shown, zone);
}
