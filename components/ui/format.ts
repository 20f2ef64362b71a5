const integers = new Map<string, Intl.NumberFormat>();
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** `12345` → `12,345`. The dashboard has one locale on server and client, so that hydration agrees. */
export function formatNumber(value: number, locale = "en-US"): string {
  const known = integers.get(locale) ?? new Intl.NumberFormat(locale);
  integers.set(locale, known);
  return known.format(value);
}

/** `12345` → `12.3K`, for places where digits do not fit. */
export const formatCompact = (value: number) => compact.format(value);

/** `count(1, "record")` → `1 record`; `count(3, "record")` → `3 records`. */
export const count = (value: number, one: string, many = `${one}s`) => `${formatNumber(value)} ${value === 1 ? one : many}`;

/** English has two short ways to write units of time; we write `s` and `h` everywhere, and no full stops. */
const english = (told: string) => told.replace(/\.(?= |$)/g, "").replace(/\b(?:sec|hr)\b/g, (unit) => unit.charAt(0));

/** A span in ms in short units of a language: `3 Min. 20 Sek.`. */
export function formatSpan(ms: number, locale: string): string {
  const unit = (value: number, name: string) => {
    const told = new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: 1 }).format(value);
    return locale.startsWith("en") ? english(told) : told;
  };
  if (ms < 1000) return unit(Math.max(0, Math.round(ms)), "millisecond");
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return unit(ms < 10_000 ? ms / 1000 : seconds, "second");
  const minutes = Math.floor(seconds / 60);
  const [big, small] =
    minutes < 60
      ? [unit(minutes, "minute"), unit(seconds % 60, "second")]
      : [unit(Math.floor(minutes / 60), "hour"), unit(minutes % 60, "minute")];
  return (minutes < 60 ? seconds : minutes) % 60 === 0 ? big : `${big} ${small}`;
}

/** A span in ms as a person says it: `840 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** "about 20 s left". Rounded to what one can believe. */
export function timeLeft(seconds: number): string {
  if (seconds < 5) return "a few seconds left";
  if (seconds < 60) return `about ${Math.round(seconds / 5) * 5} s left`;
  if (seconds < 3600) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${Math.round(seconds / 3600)} h left`;
}

/** Bytes as `640 B`, `12.4 kB`, `3.1 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

const STEPS: [limit: number, unit: Intl.RelativeTimeFormatUnit, size: number][] = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86_400, "hour", 3600],
  [2_592_000, "day", 86_400],
  [31_536_000, "month", 2_592_000],
  [Number.POSITIVE_INFINITY, "year", 31_536_000],
];
const relatives = new Map<string, Intl.RelativeTimeFormat>();

/** What times are told in: a locale, and the words that `Intl` has not. */
export type TimeWords = { locale: string; justNow: string; anyMoment: string };
const ENGLISH: TimeWords = { locale: "en-US", justNow: "just now", anyMoment: "any moment" };

/** `date` seen from `now` (ms): "3 min ago", "in 40 s", "just now". */
export function formatRelative(date: Date, now: number, { locale, justNow }: TimeWords = ENGLISH): string {
  const seconds = Math.round((date.getTime() - now) / 1000);
  if (Math.abs(seconds) < 5) return justNow;
  const relative = relatives.get(locale) ?? new Intl.RelativeTimeFormat(locale, { numeric: "always", style: "short" });
  relatives.set(locale, relative);
  for (const [limit, unit, size] of STEPS) {
    if (Math.abs(seconds) >= limit) continue;
    const told = relative.format(Math.trunc(seconds / size), unit);
    return locale.startsWith("en") ? english(told) : told;
  }
  return "";
}

/** {@link formatRelative} of what has happened: never in the future, whatever two clocks say. */
export const formatPast = (date: Date, now: number, words?: TimeWords): string =>
  formatRelative(new Date(Math.min(date.getTime(), now)), now, words);

/** {@link formatRelative} of what is planned: once its time has come, it is due. */
export const formatPlanned = (date: Date, now: number, words: TimeWords = ENGLISH): string =>
  date.getTime() - now < 5_000 ? words.anyMoment : formatRelative(date, now, words);

const exactUtc = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });

/** The exact moment in the reader's zone. */
export const formatExact = (date: Date, locale = "en-GB") =>
  new Intl.DateTimeFormat(locale === "en-US" ? "en-GB" : locale, { dateStyle: "medium", timeStyle: "medium" }).format(date);

/** The exact moment in UTC: what the server renders, because it does not know the reader's zone. */
export const formatUtc = (date: Date) => `${exactUtc.format(date)} UTC`;
