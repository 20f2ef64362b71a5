import type { ModelField } from "#server/domains/models/schema";
import { hasShape, isDay, two } from "./iso-text";
import { describeValue } from "./misfit";
import { CURRENCY_DIGITS } from "./tables/currencies";

/** Says what is wrong with a value, or null when it fits. */
type Fit = (value: unknown) => string | null;

const DATETIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;
const NO_ZONE = ' without a zone; add the "datetime" transform and say which zone the source means';
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DECIMAL = /^-?\d{1,400}(\.\d{1,400})?$/;

/** The same with a time of the day behind it; a second may be a leap second. */
const isMoment = (text: string) =>
  isDay(text) && two(text, 11) < 24 && two(text, 14) < 60 && !(text.charCodeAt(16) === 58 && two(text, 17) > 60);

const Z = 90;

/** Of {@link DATETIME}, with its zone. By far the most are `2026-11-21T09:30:00Z`, with or without a fraction: those need no pattern. */
function isZoned(text: string): boolean {
  const last = text.length - 1;
  if (text.charCodeAt(last) !== Z || (last !== 19 && last !== 23)) return DATETIME.exec(text)?.[1] !== undefined;
  return hasShape(text, last);
}

/** A transform makes the type of a single value: of what holds several, one is chosen first. Money alone is made of an object, too. */
function remedyFor(value: unknown, remedy: string): string {
  if (value === null || typeof value !== "object" || !remedy.startsWith('; add the "') || remedy.includes('"money"')) return remedy;
  return Array.isArray(value) ? "; take one entry of it, as in name[0], or join them" : "; choose a field inside it";
}

const got = (wanted: string, value: unknown, remedy: string) =>
  `expected ${wanted}, got ${describeValue(value)}${remedyFor(value, remedy)}`;
const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === "object" && !Array.isArray(value);

function isMoney(value: unknown): boolean {
  if (!isObject(value) || Object.keys(value).length !== 2) return false;
  const { amount, currency } = value;
  return typeof amount === "string" && DECIMAL.test(amount) && typeof currency === "string" && CURRENCY_DIGITS.has(currency);
}

function enumFit(values: readonly string[] | undefined): Fit {
  if (!values || values.length === 0)
    return (v) => (typeof v === "string" ? null : got("one of the model's values", v, '; add the "string" transform'));
  const known = new Set(values);
  const some = values.slice(0, 5).join(", ") + (values.length > 5 ? ", …" : "");
  return (v) => (typeof v === "string" && known.has(v) ? null : got(`one of ${some}`, v, "; add it to a value map"));
}

/** The check of each type. Exhaustive: a type without one does not compile. */
const FITS: Record<ModelField["type"], (field: ModelField) => Fit> = {
  string: () => (v) => (typeof v === "string" ? null : got("text", v, '; add the "string" transform')),
  number: () => (v) => (typeof v === "number" && Number.isFinite(v) ? null : got("a number", v, '; add the "number" transform')),
  decimal: () => (v) =>
    typeof v === "string" && DECIMAL.test(v) ? null : got("an exact decimal as text", v, '; add the "decimal" transform'),
  boolean: () => (v) => (typeof v === "boolean" ? null : got("yes or no", v, '; add the "boolean" transform')),
  datetime: () => (v) => {
    if (typeof v !== "string" || !isZoned(v)) {
      const isLocal = typeof v === "string" && DATETIME.test(v);
      return got("a date and time", v, isLocal ? NO_ZONE : '; add the "datetime" transform');
    }
    return isMoment(v) ? null : got("a date and time", v, ", which is no day or time that there is; correct it at its source");
  },
  date: () => (v) => {
    if (typeof v !== "string" || !DATE.test(v)) return got("a date", v, '; add the "date" transform');
    return isDay(v) ? null : got("a date", v, ", which the calendar does not have; correct it at its source");
  },
  enum: ({ values }) => enumFit(values),
  reference: () => (v) =>
    typeof v === "string" && v !== "" && v.length <= 512
      ? null
      : got("the id of another record as text", v, '; add the "string" transform'),
  money: () => (v) => (isMoney(v) ? null : got("money, an amount with its currency", v, '; add the "money" transform')),
  object: () => (v) => (isObject(v) ? null : got("an object", v, "; choose the field that holds it, or fill its fields one by one")),
  array: () => (v) => (Array.isArray(v) ? null : got("a list", v, '; add the "split" transform')),
};

export const fitOf = (field: ModelField): Fit => FITS[field.type](field);
