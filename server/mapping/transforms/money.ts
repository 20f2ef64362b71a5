import { type Decimal, decimalText, parseDecimal, quickDecimal, roundDecimal } from "../decimal";
import { describeValue, Misfit } from "../misfit";
import { compileReader } from "../paths";
import { CURRENCY_DIGITS } from "../tables/currencies";
import { defineTransform, tidies } from "./define";

const CODE = { kind: "text", title: "Currency, for example EUR", min: 3, max: 3 } as const;

const digitsOf = (code: unknown): number | undefined =>
  typeof code === "string" ? CURRENCY_DIGITS.get(code.trim().toUpperCase()) : undefined;

function checkCode(type: string, code: string): number {
  const digits = digitsOf(code);
  if (digits === undefined) throw new RangeError(`"${type}": "${code}" is not a currency; give its ISO 4217 code, for example EUR`);
  return digits;
}

const notAmount = (value: unknown) => new Misfit(`is not an amount: ${describeValue(value)}; add the "parseNumber" transform before`);

const tooGreat = (value: unknown) => new Misfit(`is too great to count exactly: ${describeValue(value)}; map it as decimal`);

/** With at least the digits of the currency; more are kept, as unit prices have them. */
const asAmount = (value: Decimal, digits: number) => decimalText(value.scale < digits ? roundDecimal(value, digits) : value);

/** A whole number of minor units as the amount it stands for; null when it is not whole. */
function fromMinor(value: Decimal, digits: number): Decimal | null {
  const whole = roundDecimal(value, 0, "down");
  return roundDecimal(whole, value.scale).unscaled === value.unscaled ? { unscaled: whole.unscaled, scale: digits } : null;
}

const money = defineTransform({
  type: "money",
  title: "To money",
  description: "An amount with its currency: {amount, currency}, the amount as exact text with at least the digits of the currency.",
  params: {
    currency: { ...CODE, optional: true },
    currencyFrom: { kind: "path", of: "record", title: "Path of the currency in the record, in place of a fixed one", optional: true },
    unit: { kind: "choice", title: "What the source counts; major (1.00) when left out", options: ["major", "minor"], optional: true },
  },
  examples: [
    { settings: { currency: "EUR" }, input: "12.5", output: { amount: "12.50", currency: "EUR" } },
    {
      settings: { currencyFrom: "currency", unit: "minor" },
      input: 1999,
      source: { currency: "jpy" },
      output: { amount: "1999", currency: "JPY" },
    },
  ],
  compile: ({ currency, currencyFrom, unit }) => {
    if ((currency === undefined) === (currencyFrom === undefined))
      throw new RangeError('"money": give either a currency or the path of one');
    const fixed = currency === undefined ? null : { code: currency.trim().toUpperCase(), digits: checkCode("money", currency) };
    const read = currencyFrom === undefined ? () => currency : compileReader(currencyFrom);
    return (value, source) => {
      const quick = fixed === null || unit === "minor" ? null : quickDecimal(value, fixed.digits);
      if (fixed !== null && quick !== null) return { amount: quick, currency: fixed.code };
      const code = read(source);
      const digits = digitsOf(code);
      if (digits === undefined) return new Misfit(`has no known currency: ${describeValue(code ?? null)} at ${currencyFrom}`);
      const parsed = parseDecimal(value);
      const amount = parsed && unit === "minor" ? fromMinor(parsed, digits) : parsed;
      return amount ? { amount: asAmount(amount, digits), currency: String(code).trim().toUpperCase() } : notAmount(value);
    };
  },
  invert: ({ currency, unit }) => {
    if (unit === "minor" && currency === undefined)
      return { kind: "none", reason: "the minor unit depends on a currency that is elsewhere in the record" };
    const steps = [{ type: "get", path: "amount" }, ...(unit === "minor" && currency ? [{ type: "minorUnits", currency }] : [])];
    return { kind: "settles", steps, note: "only the amount goes back; map the currency apart" };
  },
});

const minorUnits = defineTransform({
  type: "minorUnits",
  title: "To minor units",
  description:
    "An amount as a whole number of cents (or what the currency has). More digits than the currency has are a fault: round before.",
  params: { currency: CODE },
  examples: [
    { settings: { currency: "EUR" }, input: "12.50", output: 1250 },
    { settings: { currency: "JPY" }, input: 500, output: 500 },
  ],
  compile: ({ currency }) => {
    const digits = checkCode("minorUnits", currency);
    return (value) => {
      const parsed = parseDecimal(value);
      if (!parsed) return notAmount(value);
      const rounded = roundDecimal(parsed, digits, "down");
      if (
        decimalText(roundDecimal(rounded, Math.max(parsed.scale, digits))) !==
        decimalText(roundDecimal(parsed, Math.max(parsed.scale, digits)))
      ) {
        return new Misfit(`has more digits than ${currency} has: ${describeValue(value)}; add the "round" transform before`);
      }
      const minor = Number(rounded.unscaled);
      return Number.isSafeInteger(minor) ? minor : tooGreat(value);
    };
  },
  invert: ({ currency }) => ({ kind: "exact", steps: [{ type: "majorUnits", currency }] }),
});

const majorUnits = defineTransform({
  type: "majorUnits",
  title: "From minor units",
  description: "A whole number of cents (or what the currency has) as exact decimal text.",
  params: { currency: CODE },
  examples: [{ settings: { currency: "EUR" }, input: 1250, output: "12.50" }],
  compile: ({ currency }) => {
    const digits = checkCode("majorUnits", currency);
    return (value) => {
      const parsed = parseDecimal(value);
      const amount = parsed && fromMinor(parsed, digits);
      if (amount && !Number.isSafeInteger(Number(amount.unscaled))) return tooGreat(value);
      return amount ? decimalText(amount) : new Misfit(`is not a whole number of minor units: ${describeValue(value)}`);
    };
  },
  invert: ({ currency }) => ({ kind: "exact", steps: [{ type: "minorUnits", currency }] }),
});

const currencyCode = defineTransform({
  type: "currency",
  title: "Currency code",
  description: "Checks an ISO 4217 code and writes it in capitals.",
  examples: [{ settings: {}, input: " eur", output: "EUR" }],
  compile: () => (value) =>
    digitsOf(value) === undefined
      ? new Misfit(`is not a currency: ${describeValue(value)}; give its ISO 4217 code, for example by a value map`)
      : String(value).trim().toUpperCase(),
  invert: tidies("goes back in capitals"),
});

export const MONEY = [money, minorUnits, majorUnits, currencyCode] as const;
