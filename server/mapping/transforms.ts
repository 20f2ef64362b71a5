import type { Transform } from "./schema";

/** What a transform returns for a value it cannot take: the reason, in words that name the remedy. */
export class Misfit {
  readonly reason: string;
  /** A required value that is not there, rather than one that does not fit. */
  readonly missing: boolean;
  constructor(reason: string, missing = false) {
    this.reason = reason;
    this.missing = missing;
  }
}

type Step = (value: unknown) => unknown;

const LIMIT = 100_000;

/** A short, safe picture of a value for messages. */
export function describeValue(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "an object";
  if (typeof value === "string") return value.length > 40 ? `the text "${value.slice(0, 40)}…"` : `the text "${value}"`;
  return `the ${typeof value} ${String(value)}`;
}

const onText =
  (change: (text: string) => unknown): Step =>
  (value) =>
    typeof value === "string" ? change(value) : new Misfit(`needs text, got ${describeValue(value)}`);

function toNumber(value: unknown): unknown {
  if (typeof value === "number") return value;
  if (typeof value === "string" && /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value)) return Number(value);
  return new Misfit(`is not a number: ${describeValue(value)}`);
}

function toBoolean(value: unknown): unknown {
  if (typeof value === "boolean") return value;
  if (value === 1 || value === 0) return value === 1;
  if (typeof value === "string") {
    const word = value.trim().toLowerCase();
    if (word === "true" || word === "yes" || word === "1") return true;
    if (word === "false" || word === "no" || word === "0") return false;
  }
  return new Misfit(`is not yes or no: ${describeValue(value)}`);
}

function toText(value: unknown): unknown {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return new Misfit(`cannot become text: ${describeValue(value)}`);
}

/** ISO text with an offset, or a number of milliseconds (seconds when too small for that). Text without offset is refused: whose zone? */
function toDatetime(value: unknown): unknown {
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/.test(value)) {
    const ms = Date.parse(value);
    if (Number.isFinite(ms)) return new Date(ms).toISOString();
  }
  if (typeof value === "string" && /^\d{10,13}$/.test(value)) return toDatetime(Number(value));
  if (typeof value === "number" && Number.isFinite(value) && Math.abs(value) < 8.64e15) {
    return new Date(Math.abs(value) < 1e11 ? value * 1000 : value).toISOString();
  }
  return new Misfit(`is not a date and time with a zone: ${describeValue(value)}`);
}

function toDate(value: unknown): unknown {
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && Number.isFinite(Date.parse(value))) return value;
  const moment = toDatetime(value);
  return typeof moment === "string" ? moment.slice(0, 10) : new Misfit(`is not a date: ${describeValue(value)}`);
}

function join(separator: string): Step {
  return (value) => {
    if (!Array.isArray(value)) return new Misfit(`needs a list, got ${describeValue(value)}`);
    const text = value.filter((item) => item !== null && typeof item !== "object").join(separator);
    return text.length > LIMIT ? new Misfit(`is longer than ${LIMIT} characters`) : text;
  };
}

/** One transform as a function. Exhaustive: a new kind that is not handled does not compile. */
export function compileTransform(transform: Transform): Step {
  switch (transform.type) {
    case "trim":
      return onText((text) => text.trim());
    case "lowercase":
      return onText((text) => text.toLowerCase());
    case "uppercase":
      return onText((text) => text.toUpperCase());
    case "string":
      return toText;
    case "number":
      return toNumber;
    case "boolean":
      return toBoolean;
    case "datetime":
      return toDatetime;
    case "date":
      return toDate;
    case "split":
      return onText((text) => text.split(transform.separator, 10_000));
    case "join":
      return join(transform.separator);
    default:
      return transform satisfies never;
  }
}
