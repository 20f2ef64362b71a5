/** Moments as third parties ask for and show them; read strictly, because a loose reader would prove nothing. */

type Format =
  | "iso"
  | "iso_s"
  | "date"
  | "local"
  | "unix_s"
  | "unix_ms"
  | "http_date"
  | "odata_datetime"
  | "odata_datetimeoffset"
  | "ms_json";

const LOOKS: Record<Format, RegExp> = {
  iso: /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/,
  iso_s: /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/,
  date: /^(\d{4}-\d\d-\d\d)$/,
  local: /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)$/,
  unix_s: /^(-?\d{1,11})$/,
  unix_ms: /^(-?\d{1,14})$/,
  http_date: /^([A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT)$/,
  odata_datetime: /^datetime'(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)'$/,
  odata_datetimeoffset: /^datetimeoffset'(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)'$/,
  ms_json: /^\/Date\((-?\d+)\)\/$/,
};

const PARTS: Record<string, string> = {
  yyyy: "(?<year>\\d{4})",
  MM: "(?<month>\\d\\d)",
  dd: "(?<day>\\d\\d)",
  HH: "(?<hour>\\d\\d)",
  mm: "(?<minute>\\d\\d)",
  ss: "(?<second>\\d\\d)",
  SSS: "(?<ms>\\d{3})",
  XX: "(?<offset>[+-]\\d{4})",
  XXX: "(?<offset>[+-]\\d\\d:\\d\\d)",
};

/** The moment a text means that is written in a look. */
function momentBy(pattern: string, text: string, zone: string): number | null {
  const look = pattern.replace(
    /yyyy|MM|dd|HH|mm|ss|SSS|XXX|XX|'[^']+'|[^']/g,
    (part) => PARTS[part] ?? part.replaceAll("'", "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
  );
  const told = new RegExp(`^${look}$`).exec(text)?.groups;
  if (!told) return null;
  const { year, month, day, hour = "00", minute = "00", second = "00", ms = "000", offset } = told;
  const shown = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  if (offset === undefined) return shown - aheadMs(shown, zone);
  const sign = offset.startsWith("-") ? -1 : 1;
  return shown - sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2))) * 60_000;
}

/** How far a zone's clocks are ahead of UTC at a moment, in ms. */
function aheadMs(ms: number, zone: string): number {
  if (zone === "UTC") return 0;
  const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(ms);
  return Date.parse(`${shown.replace(" ", "T")}Z`) - Math.floor(ms / 1_000) * 1_000;
}

/** The moment a text in this format means, in ms; null when it is not exactly in it. */
export function momentIn(text: string, format: Format | { look: string }, zone = "UTC"): number | null {
  if (typeof format === "object") return momentBy(format.look, text, zone);
  const told = LOOKS[format].exec(text)?.[1];
  if (told === undefined) return null;
  if (format === "unix_s") return Number(told) * 1_000;
  if (format === "unix_ms" || format === "ms_json") return Number(told);
  if (format === "http_date" || told.endsWith("Z")) return Date.parse(told);
  const shown = Date.parse(`${told.length === 10 ? `${told}T00:00:00` : told}Z`);
  return shown - aheadMs(shown, zone);
}

/** Looks that are not ISO: numbers, and texts of numbers. */
function numberLike(text: string, ms: number): string | null {
  const json = /^\/Date\(-?\d+([+-]\d{4})?\)\/$/.exec(text);
  if (json) return `/Date(${ms}${json[1] ?? ""})/`;
  if (/^\d{9,11}\.\d+$/.test(text)) return `${Math.floor(ms / 1_000)}.${String(ms % 1_000).padStart(3, "0")}000`;
  if (/^\d{9,11}$/.test(text)) return String(Math.floor(ms / 1_000));
  return /^\d{12,14}$/.test(text) ? String(ms) : null;
}

function isoLike(text: string, ms: number): string {
  const [, zone] = /([+-]\d\d:?\d\d)$/.exec(text.slice(10)) ?? [];
  const minutes = zone === undefined ? 0 : (zone.startsWith("-") ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
  const iso = new Date(ms + minutes * 60_000).toISOString();
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return iso.slice(0, 10);
  const base = /^[^T]* /.test(text) ? iso.slice(0, 19).replace("T", " ") : iso.slice(0, 19);
  const utc = /Z$/.test(text) || text === "" ? "Z" : "";
  return `${base}${/\.\d+/.test(text) ? iso.slice(19, 23) : ""}${zone ?? utc}`;
}

/** A moment in the look of a sample out of a record. */
export function momentLike(sample: unknown, ms: number): unknown {
  if (typeof sample === "number") return sample < 1e11 ? Math.floor(ms / 1_000) : ms;
  const text = String(sample ?? "");
  if (/^(?:19|20)\d{6}(?:\d{6})?$/.test(text)) return new Date(ms).toISOString().replace(/\D/g, "").slice(0, text.length);
  return numberLike(text, ms) ?? isoLike(text, ms);
}
