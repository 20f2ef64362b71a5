import { type Clock, compilePattern, type Pattern } from "../date-patterns";
import { quickMoment } from "../iso-text";
import { describeValue, Misfit } from "../misfit";
import { momentOf, type Zone, zoneOf } from "../zones";
import { defineTransform, type Step, tidies } from "./define";

const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;
const LOCAL = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const ZONE = { kind: "zone", title: "Time zone, for example Europe/Berlin" } as const;
const PATTERN = { kind: "text", title: "Pattern, for example dd.MM.yyyy", min: 1, max: 60 } as const;

/** The first and last millisecond that the four digits of a year can say. */
const FIRST = Date.parse("0000-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

function wallOf(clock: Clock): number {
  const wall = new Date(0);
  wall.setUTCFullYear(clock.year, clock.month - 1, clock.day);
  return wall.setUTCHours(clock.hour, clock.minute, clock.second, clock.ms);
}

/** Text without an offset, read on the clocks of a zone; null when it is no date, or one that does not exist. */
function localMoment(text: string, zone: Zone): number | null {
  const found = LOCAL.exec(text);
  if (!found) return null;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = ""] = found;
  const wall = Date.parse(
    `${year}-${month}-${day}T${hour.padStart(2, "0")}:${minute.padStart(2, "0")}:${second.padStart(2, "0")}.${fraction.padEnd(3, "0")}Z`,
  );
  return Number.isFinite(wall) && new Date(wall).getUTCDate() === Number(day) ? momentOf(wall, zone) : null;
}

/** ISO text with an offset, or a number of milliseconds (seconds when too small for that). Text without offset is refused: whose zone? */
function toDatetime(value: unknown): unknown {
  const quick = typeof value === "string" ? quickMoment(value) : null;
  if (quick !== null) return quick;
  if (typeof value === "string" && WITH_OFFSET.test(value)) {
    const ms = Date.parse(value);
    if (ms >= FIRST && ms <= LAST) return new Date(ms).toISOString();
  }
  if (typeof value === "string" && /^\d{10,13}$/.test(value)) return toDatetime(Number(value));
  if (typeof value === "number") {
    const ms = Math.abs(value) < 1e11 ? value * 1000 : value;
    if (ms >= FIRST && ms <= LAST) return new Date(ms).toISOString();
  }
  return new Misfit(
    `is not a date and time with a zone: ${describeValue(value)}; give the "datetime" transform the source's zone, or read it with "parseDatetime"`,
  );
}

/** A moment in ms, from all that {@link toDatetime} takes, and from local text when a zone is given. */
function toMoment(value: unknown, zone: Zone | null): number | Misfit {
  if (zone && typeof value === "string") {
    const ms = localMoment(value.trim(), zone);
    if (ms !== null && ms >= FIRST && ms <= LAST) return ms;
  }
  const text = toDatetime(value);
  return text instanceof Misfit ? text : Date.parse(text as string);
}

const datetime = defineTransform({
  type: "datetime",
  title: "To date and time",
  description:
    "ISO text with an offset, or Unix time, as ISO text in UTC. Text without an offset is refused unless you say in which zone it was written. Where clocks show a time twice it is the earlier, where they skip it as much later.",
  params: { zone: { ...ZONE, optional: true } },
  examples: [
    { settings: {}, input: "2024-01-15T10:00:00+02:00", output: "2024-01-15T08:00:00.000Z" },
    { settings: { zone: "Europe/Berlin" }, input: "2024-07-01 10:00", output: "2024-07-01T08:00:00.000Z" },
  ],
  compile: ({ zone }) => {
    if (zone === undefined) return toDatetime;
    const where = zoneOf(zone);
    return (value) => {
      const ms = toMoment(value, where);
      return ms instanceof Misfit ? ms : new Date(ms).toISOString();
    };
  },
  invert: tidies("goes back as ISO text in UTC"),
});

const date = defineTransform({
  type: "date",
  title: "To date",
  description: "The day of a date or of a moment: in UTC, or in the zone you name.",
  params: { zone: { ...ZONE, optional: true } },
  examples: [
    { settings: {}, input: "2024-01-15T23:30:00Z", output: "2024-01-15" },
    { settings: { zone: "Asia/Tokyo" }, input: "2024-01-15T23:30:00Z", output: "2024-01-16" },
  ],
  compile: ({ zone }) => {
    const where = zone === undefined ? null : zoneOf(zone);
    return (value) => {
      if (typeof value === "string" && DAY.test(value) && Number.isFinite(Date.parse(value))) return value;
      const ms = toMoment(value, where);
      if (ms instanceof Misfit) return new Misfit(`is not a date: ${describeValue(value)}; read it with the "parseDate" transform`);
      const wall = isoText(ms + (where ? where.offsetAt(ms) * 60_000 : 0), value);
      return typeof wall === "string" ? wall.slice(0, 10) : wall;
    };
  },
  invert: tidies("the time of day is not put back"),
});

const unix = (type: "unixSeconds" | "unixMilliseconds", title: string, perSecond: 1 | 1000) =>
  defineTransform({
    type,
    title,
    description: `A moment as a whole number of ${perSecond === 1 ? "seconds" : "milliseconds"} since 1970.`,
    examples: [{ settings: {}, input: "2024-01-15T08:00:00Z", output: 1705305600 * perSecond }],
    compile: () => (value) => {
      const ms = toMoment(value, null);
      return ms instanceof Misfit ? ms : Math.floor(perSecond === 1 ? ms / 1000 : ms);
    },
    invert: () => ({
      kind: "settles",
      steps: [{ type: "fromUnix", unit: perSecond === 1 ? "seconds" : "milliseconds" }],
      note: "goes back as ISO text in UTC",
    }),
  });

const fromUnix = defineTransform({
  type: "fromUnix",
  title: "From Unix time",
  description: "A number of seconds or milliseconds since 1970 as ISO text in UTC. Fractions of the unit are left out.",
  params: { unit: { kind: "choice", title: "What the number counts", options: ["seconds", "milliseconds"] } },
  examples: [{ settings: { unit: "seconds" }, input: 1705305600, output: "2024-01-15T08:00:00.000Z" }],
  compile:
    ({ unit }) =>
    (value) => {
      const count = typeof value === "string" && /^-?\d{1,15}(\.\d{1,9})?$/.test(value.trim()) ? Number(value) : value;
      const ms = typeof count === "number" ? Math.floor(count) * (unit === "seconds" ? 1000 : 1) : Number.NaN;
      return ms >= FIRST && ms <= LAST
        ? new Date(ms).toISOString()
        : new Misfit(`is not a number of ${unit} since 1970: ${describeValue(value)}`);
    },
  invert: ({ unit }) => ({
    kind: "exact",
    steps: [{ type: unit === "seconds" ? "unixSeconds" : "unixMilliseconds" }],
  }),
});

/** Whether a pattern says the whole day. */
const saysDay = ({ parts }: Pattern) =>
  parts.has("yyyy") && ["MM", "M", "MMM", "MMMM"].some((p) => parts.has(p)) && (parts.has("dd") || parts.has("d"));

/** ISO text of a moment; a fault beyond the years 0 to 9999, which four digits cannot say. */
const isoText = (ms: number, value: unknown) =>
  ms >= FIRST && ms <= LAST ? new Date(ms).toISOString() : new Misfit(`is not in the years 0 to 9999: ${describeValue(value)}`);

const notLike = (value: unknown, pattern: string) =>
  new Misfit(`is not a date written like ${pattern}: ${describeValue(value)}; check the pattern`);

function dayPattern(type: string, text: string): Pattern {
  const pattern = compilePattern(text);
  if (!saysDay(pattern)) throw new RangeError(`"${type}": "${text}" does not say year, month and day`);
  return pattern;
}

const parseDate = defineTransform({
  type: "parseDate",
  title: "Read a written date",
  description: "Text with a date in a pattern as an ISO date. A date that does not exist is a fault.",
  params: { pattern: PATTERN },
  examples: [{ settings: { pattern: "dd.MM.yyyy" }, input: "15.01.2024", output: "2024-01-15" }],
  compile: (settings): Step => {
    const pattern = dayPattern("parseDate", settings.pattern);
    return (value) => {
      const clock = typeof value === "string" && value.length <= 100 ? pattern.parse(value.trim()) : null;
      return clock ? new Date(wallOf(clock)).toISOString().slice(0, 10) : notLike(value, settings.pattern);
    };
  },
  invert: ({ pattern }) => ({ kind: "exact", steps: [{ type: "formatDate", pattern }] }),
});

const parseDatetime = defineTransform({
  type: "parseDatetime",
  title: "Read a written date and time",
  description:
    "Text with a date and time in a pattern, written in a zone, as ISO text in UTC. An offset in the text (XXX) goes before the zone.",
  params: { pattern: PATTERN, zone: ZONE },
  examples: [
    {
      settings: { pattern: "MM/dd/yyyy hh:mm a", zone: "America/New_York" },
      input: "07/04/2024 09:30 PM",
      output: "2024-07-05T01:30:00.000Z",
    },
  ],
  compile: (settings) => {
    const pattern = dayPattern("parseDatetime", settings.pattern);
    const zone = zoneOf(settings.zone);
    return (value) => {
      const clock = typeof value === "string" && value.length <= 100 ? pattern.parse(value.trim()) : null;
      if (!clock) return notLike(value, settings.pattern);
      const wall = wallOf(clock);
      return isoText(clock.offset === null ? momentOf(wall, zone) : wall - clock.offset * 60_000, value);
    };
  },
  invert: ({ pattern, zone }) => ({
    kind: "settles",
    steps: [{ type: "formatDate", pattern, zone }],
    note: "what the pattern leaves out (seconds) is not put back",
  }),
});

const formatDate = defineTransform({
  type: "formatDate",
  title: "Write a date",
  description:
    "A date or a moment in a pattern: in UTC, or on the clocks of the zone you name. A date without a time is not moved by a zone.",
  params: { pattern: PATTERN, zone: { ...ZONE, optional: true } },
  examples: [
    { settings: { pattern: "d MMM yyyy" }, input: "2024-01-15", output: "15 Jan 2024" },
    {
      settings: { pattern: "yyyy-MM-dd HH:mm XXX", zone: "Europe/Berlin" },
      input: "2024-07-01T08:00:00Z",
      output: "2024-07-01 10:00 +02:00",
    },
  ],
  compile: (settings) => {
    const pattern = compilePattern(settings.pattern);
    const zone = zoneOf(settings.zone ?? "UTC");
    return (value) => {
      const isDay = typeof value === "string" && DAY.test(value);
      const ms = isDay ? Date.parse(value) : toMoment(value, null);
      if (ms instanceof Misfit) return ms;
      const offset = isDay ? 0 : zone.offsetAt(ms);
      const wall = new Date(ms + offset * 60_000);
      if (!(wall.getTime() >= FIRST && wall.getTime() <= LAST)) return isoText(wall.getTime(), value);
      return pattern.format({
        year: wall.getUTCFullYear(),
        month: wall.getUTCMonth() + 1,
        day: wall.getUTCDate(),
        hour: wall.getUTCHours(),
        minute: wall.getUTCMinutes(),
        second: wall.getUTCSeconds(),
        ms: wall.getUTCMilliseconds(),
        offset,
      });
    };
  },
  invert: ({ pattern: text, zone }) => {
    const pattern = compilePattern(text);
    if (!saysDay(pattern)) return { kind: "none", reason: `"${text}" does not say the whole date` };
    const hasTime = pattern.parts.has("HH") || pattern.parts.has("H") || pattern.parts.has("a");
    return {
      kind: "settles",
      steps: [hasTime ? { type: "parseDatetime", pattern: text, zone: zone ?? "UTC" } : { type: "parseDate", pattern: text }],
      note: "what the pattern leaves out is not put back",
    };
  },
});

export const DATES = [
  datetime,
  date,
  unix("unixSeconds", "To Unix seconds", 1),
  unix("unixMilliseconds", "To Unix milliseconds", 1000),
  fromUnix,
  parseDate,
  parseDatetime,
  formatDate,
] as const;
