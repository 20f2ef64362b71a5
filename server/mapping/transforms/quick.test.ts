import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalText, parseDecimal, roundDecimal } from "../decimal";
import { Misfit } from "../misfit";
import { compileTransform } from "./registry";

// What most records hold is read by short ways of its own. Each has to give what the long way gives, or leave it to it.

const told = (value: unknown) => (value instanceof Misfit ? "a fault" : value);
const run = (settings: Parameters<typeof compileTransform>[0]) => {
  const step = compileTransform(settings);
  return (value: unknown) => told(step(value, {}));
};
const signs = (from: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...from), maxLength });
const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, "0"));

const offset = fc.oneof(
  fc.constantFrom("Z", "z", "", "+00:00", "-00:00", "+2", "+02", "Z "),
  fc.tuple(fc.constantFrom("+", "-"), two(26), fc.constantFrom(":", "", "."), two(75)).map((parts) => parts.join("")),
);
const fraction = fc.oneof(fc.constantFrom("", ".", ".1", ".123", ".999", ".1234567"), signs("0123456789.", 5));
const moment = fc
  .tuple(
    fc.constantFrom("2024", "2023", "1900", "2000", "0000", "9999", "0001"),
    two(13),
    two(32),
    fc.constantFrom("T", " "),
    two(25),
    two(61),
    two(61),
    fraction,
    offset,
  )
  .map(([year, month, day, t, hour, minute, second, rest, zone]) => `${year}-${month}-${day}${t}${hour}:${minute}:${second}${rest}${zone}`);

test("a moment in ISO text becomes what a Date makes of it, and no other day or time passes for one", () => {
  const datetime = run({ type: "datetime" });
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: moment }, signs("0123456789-:TZ+.", 26)), (text) => {
      const wellFormed = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/.test(text);
      const ms = wellFormed ? Date.parse(text) : Number.NaN;
      const inYears = ms >= Date.parse("0000-01-01T00:00:00Z") && ms <= Date.parse("9999-12-31T23:59:59.999Z");
      if (!/^\d{10,13}$/.test(text)) expect(datetime(text)).toBe(inYears ? new Date(ms).toISOString() : "a fault");
    }),
    { numRuns: 4_000 },
  );
});

test("decimals and money are filled up, kept or rounded exactly", () => {
  const number = fc.oneof(
    fc.double({ noNaN: true }),
    fc.integer(),
    signs("0123456789.-+e ", 9),
    fc.constantFrom("0", "00", "0.0", ".5", "5.", "-0", "007.5"),
  );
  fc.assert(
    fc.property(number, fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }), (value, digits) => {
      const parsed = parseDecimal(value);
      const wanted = parsed && decimalText(digits === undefined ? parsed : roundDecimal(parsed, digits));
      expect(run({ type: "decimal", ...(digits === undefined ? {} : { digits }) })(value)).toBe(wanted ?? "a fault");
      for (const [currency, least] of [
        ["EUR", 2],
        ["JPY", 0],
        ["KWD", 3],
      ] as const) {
        const amount = parsed && decimalText(parsed.scale < least ? roundDecimal(parsed, least) : parsed);
        expect(run({ type: "money", currency })(value)).toEqual(amount === null ? "a fault" : { amount, currency });
      }
    }),
    { numRuns: 3_000 },
  );
});

test("titles and addresses are the same in ASCII and beyond", () => {
  const [titlecase, email] = [run({ type: "titlecase" }), run({ type: "email" })];
  const title = (text: string) =>
    text.toLowerCase().replace(/(^|[\s\-/(])(\p{L})/gu, (_all, before: string, letter: string) => before + letter.toUpperCase());
  fc.assert(
    fc.property(signs("aZ é\t\n\v\u00a0-/(.1ßİ漢", 12), (text) => {
      expect(titlecase(text)).toBe(title(text));
    }),
    { numRuns: 3_000 },
  );
  const ADDRESS = /^[^\s@<>,;:"()[\]\\]{1,64}@([\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}[\p{L}\p{N}-]{2,63}$/u;
  const address = (text: string) => {
    const [open, close] = [text.lastIndexOf("<"), text.lastIndexOf(">")];
    const inner = open >= 0 && close > open ? text.slice(open + 1, close) : text;
    const found =
      inner
        .trim()
        .toLowerCase()
        .replace(/^mailto:/, "")
        .split("?")[0] ?? "";
    return ADDRESS.test(found) ? found : "a fault";
  };
  const around = fc.constantFrom("", "Ada <", ">", "mailto:", "MAILTO:", " ", "?subject=a@b.cd", "<", "?");
  const mail = fc.tuple(
    around,
    signs("aZ.é-+:1", 5),
    fc.constantFrom("@", "", "@@"),
    signs("aB.-é1_", 8),
    fc.constantFrom(".com", ".d", ".é", ""),
    around,
  );
  fc.assert(
    fc.property(mail, (parts) => {
      expect(email(parts.join(""))).toBe(address(parts.join("")));
    }),
    { numRuns: 4_000 },
  );
});
