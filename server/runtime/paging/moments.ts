import type { MomentFormat } from "./schema";

/** The step a format counts in, in ms: what a strict "later than" has to be moved back by. */
export function unitOf(format: MomentFormat): number {
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

const iso = (ms: number) => new Date(ms).toISOString();

/**
 * A moment in the words of a source, floored to what its format can say. `strict` = the source answers "later than": one
 * unit earlier is asked for. With a `zone`, formats without one show that zone's clock.
 */
export function formatMoment(momentIso: string, format: MomentFormat, { strict = false, zone = "UTC" } = {}): string {
  const unit = unitOf(format);
  const absolute = Date.parse(momentIso);
  const naive = format === "date" || format === "local" || format === "odata_datetime";
  const shown = naive && zone !== "UTC" ? wall(absolute, zone) : absolute;
  const ms = Math.floor(shown / unit) * unit - (strict ? unit : 0);
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

/** A moment out of a record in ms: ISO text, `/Date(ms)/`, Unix seconds or ms; text without a zone is `zone`'s. NaN for none. */
export function parseMoment(value: unknown, zone = "UTC"): number {
  if (typeof value === "number") return Math.abs(value) < 1e11 ? value * 1_000 : value;
  if (typeof value !== "string" || value === "") return Number.NaN;
  if (/^-?\d{9,}(\.\d+)?$/.test(value)) return parseMoment(Number(value));
  const json = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/.exec(value);
  if (json) return Number(json[1]);
  if (HAS_ZONE.test(value)) return Date.parse(value);
  const shown = Date.parse(`${value.includes(":") ? value.replace(" ", "T") : `${value}T00:00:00`}Z`);
  return zone === "UTC" || Number.isNaN(shown) ? shown : momentOf(shown, zone);
}
