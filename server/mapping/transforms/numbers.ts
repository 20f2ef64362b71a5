import { decimalText, parseDecimal, quickDecimal, ROUNDING, roundDecimal } from "../decimal";
import { describeValue, Misfit } from "../misfit";
import { defineTransform, onText, tidies } from "./define";

const notNumber = (value: unknown) =>
  new Misfit(`is not a number: ${describeValue(value)}; a number written with other separators needs the "parseNumber" transform`);

const finite = (value: number) => (Number.isFinite(value) ? value : new Misfit("is too great for a number; map it as decimal"));

const string = defineTransform({
  type: "string",
  title: "To text",
  description: "A number or a yes-or-no value as text.",
  examples: [
    { settings: {}, input: 42, output: "42" },
    { settings: {}, input: true, output: "true" },
  ],
  compile: () => (value) => {
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    return new Misfit(`cannot become text: ${describeValue(value)}; choose a field inside it, or add the "join" or "toJson" transform`);
  },
  invert: () => ({ kind: "settles", steps: [], note: "goes back as text; add a transform if the source wants a number" }),
});

const number = defineTransform({
  type: "number",
  title: "To number",
  description:
    "Text with a plain number (point before the fraction) as a number. Money and long ids lose digits as numbers: use decimal or text for them.",
  examples: [
    { settings: {}, input: "12.50", output: 12.5 },
    { settings: {}, input: "1e3", output: 1000 },
  ],
  compile: () => (value) => {
    if (typeof value === "number") return value;
    if (typeof value === "string" && value.length < 1_000 && /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value))
      return finite(Number(value));
    return new Misfit(`is not a number: ${describeValue(value)}`);
  },
  invert: tidies("goes back as a number, however the source wrote it"),
});

const decimal = defineTransform({
  type: "decimal",
  title: "To exact decimal",
  description: "A number as text, exactly, with as many digits behind the point as it had or as you ask for.",
  params: {
    digits: { kind: "integer", title: "Digits behind the point; as they come when left out", min: 0, max: 20, optional: true },
    rounding: { kind: "choice", title: "Rounding; half-up when left out", options: ROUNDING, optional: true },
  },
  examples: [
    { settings: { digits: 2 }, input: "1234.5", output: "1234.50" },
    { settings: {}, input: 0.1, output: "0.1" },
  ],
  compile:
    ({ digits, rounding }) =>
    (value) => {
      const quick = quickDecimal(value, digits);
      if (quick !== null) return quick;
      const parsed = parseDecimal(value);
      if (!parsed) return notNumber(value);
      return decimalText(digits === undefined ? parsed : roundDecimal(parsed, digits, rounding));
    },
  invert: tidies("goes back as text with the digits it has"),
});

const round = defineTransform({
  type: "round",
  title: "Round",
  description:
    "To so many digits behind the point, as one does by hand (1.005 becomes 1.01). A number stays a number, decimal text stays text.",
  params: {
    digits: { kind: "integer", title: "Digits behind the point; negative rounds to tens", min: -12, max: 20 },
    rounding: { kind: "choice", title: "Rounding; half-up when left out", options: ROUNDING, optional: true },
  },
  examples: [
    { settings: { digits: 2 }, input: 1.005, output: 1.01 },
    { settings: { digits: 0, rounding: "half-even" }, input: "2.5", output: "2" },
  ],
  compile:
    ({ digits, rounding }) =>
    (value) => {
      const parsed = parseDecimal(value);
      if (!parsed) return notNumber(value);
      const text = decimalText(roundDecimal(parsed, digits, rounding));
      return typeof value === "number" ? Number(text) : text;
    },
  invert: tidies("digits rounded away are not put back"),
});

const SEPARATORS = {
  decimal: { kind: "choice", title: "Before the fraction", options: [".", ",", "٫"] },
  group: { kind: "choice", title: "Between thousands", options: ["none", ",", ".", "space", "'", "’"] },
} as const;
const groupText = { none: "", space: "\u00a0", ",": ",", ".": ".", "'": "'", "’": "’" } as const;

function checkSeparators(type: string, settings: { decimal: string; group: string }) {
  if (settings.decimal === settings.group) throw new RangeError(`"${type}": the fraction and the thousands need different separators`);
}

/** The plain number in a text with these separators; null when it holds anything else. Thousands are taken in groups of two or three. */
function plainNumber(text: string, decimal: string, group: keyof typeof groupText): string | null {
  if (text.length > 900) return null;
  let bare = text.trim().replace(/^[−–]/, "-");
  if (group === "space") bare = bare.replace(/(?<=\d)[ \u00a0\u202f\u2009](?=\d{3}(?!\d))/g, "");
  else if (group !== "none") {
    const [whole = "", ...rest] = bare.split(decimal);
    if (whole.includes(group) && !/^[-+]?\d{1,3}$/.test(whole.split(group)[0] ?? "")) return null;
    if (
      whole
        .split(group)
        .slice(1)
        .some((part, index, all) => !(index === all.length - 1 ? /^\d{3}$/ : /^\d{2,3}$/).test(part))
    )
      return null;
    bare = [whole.split(group).join(""), ...rest].join(decimal);
  }
  if (decimal !== "." && bare.includes(".")) return null;
  bare = bare.replace(decimal, ".");
  return /^[-+]?(\d+\.?\d*|\.\d+)$/.test(bare) ? bare : null;
}

const parseNumber = defineTransform({
  type: "parseNumber",
  title: "Read a written number",
  description:
    'Text with a number as people of a country write it, "1.234,50", as a number or as exact decimal text. What is not such a number is a fault.',
  params: {
    ...SEPARATORS,
    as: { kind: "choice", title: "Result; a number when left out", options: ["number", "decimal"], optional: true },
  },
  examples: [
    { settings: { decimal: ",", group: "." }, input: "1.234,50", output: 1234.5 },
    { settings: { decimal: ",", group: "space", as: "decimal" }, input: "12 500,00", output: "12500.00" },
  ],
  compile: (settings) => {
    checkSeparators("parseNumber", settings);
    const asResult = (plain: string) => {
      const parsed = parseDecimal(plain);
      return settings.as === "decimal" && parsed ? decimalText(parsed) : Number(plain);
    };
    const readText = onText((text) => {
      const plain = plainNumber(text, settings.decimal, settings.group);
      if (plain === null)
        return new Misfit(`is not a number with "${settings.decimal}" before the fraction: ${describeValue(text)}; check its separators`);
      return asResult(plain);
    });
    // A number is already what it should be.
    return (value, source) => (typeof value === "number" && Number.isFinite(value) ? asResult(String(value)) : readText(value, source));
  },
  invert: ({ decimal, group }) => ({
    kind: "settles",
    steps: [{ type: "formatNumber", decimal, group }],
    note: "digits behind the point come back as the number has them",
  }),
});

const formatNumber = defineTransform({
  type: "formatNumber",
  title: "Write a number",
  description: "A number, or decimal text, as people of a country write it. Exact; it does not depend on where it runs.",
  params: {
    ...SEPARATORS,
    digits: { kind: "integer", title: "Digits behind the point; as they come when left out", min: 0, max: 20, optional: true },
  },
  examples: [
    { settings: { decimal: ",", group: ".", digits: 2 }, input: 1234.5, output: "1.234,50" },
    { settings: { decimal: ".", group: "," }, input: "1234567.8", output: "1,234,567.8" },
  ],
  compile: (settings) => {
    checkSeparators("formatNumber", settings);
    return (value) => {
      const parsed = parseDecimal(value);
      if (!parsed) return notNumber(value);
      const [whole = "", fraction] = decimalText(settings.digits === undefined ? parsed : roundDecimal(parsed, settings.digits)).split(".");
      const grouped = settings.group === "none" ? whole : whole.replace(/\B(?=(\d{3})+$)/g, groupText[settings.group]);
      return fraction === undefined ? grouped : `${grouped}${settings.decimal}${fraction}`;
    };
  },
  invert: ({ decimal, group, digits }) => ({
    kind: "settles",
    steps: [{ type: "parseNumber", decimal, group, as: "decimal" }],
    note: digits === undefined ? "goes back as exact decimal text" : "goes back as exact decimal text, rounded",
  }),
});

const YES = ["true", "yes", "1"];
const NO = ["false", "no", "0"];

const boolean = defineTransform({
  type: "boolean",
  title: "To yes or no",
  description: "true, yes and 1 are yes; false, no and 0 are no, in any case. Give words of your own instead, if the source has others.",
  params: {
    yes: { kind: "texts", title: "Words for yes", max: 50, optional: true },
    no: { kind: "texts", title: "Words for no", max: 50, optional: true },
  },
  examples: [
    { settings: {}, input: "Yes", output: true },
    { settings: { yes: ["active"], no: ["archived", "deleted"] }, input: "archived", output: false },
  ],
  compile: ({ yes, no }) => {
    const words = new Map<string, boolean>();
    for (const word of yes ?? YES) words.set(word.trim().toLowerCase(), true);
    for (const word of no ?? NO) words.set(word.trim().toLowerCase(), false);
    return (value) => {
      if (typeof value === "boolean") return value;
      if ((value === 1 || value === 0) && !yes && !no) return value === 1;
      const known = typeof value === "string" || typeof value === "number" ? words.get(String(value).trim().toLowerCase()) : undefined;
      return known ?? new Misfit(`is not yes or no: ${describeValue(value)}${yes || no ? "; add its word to the transform" : ""}`);
    };
  },
  invert: tidies("goes back as true or false, not in the source's words"),
});

export const NUMBERS = [string, number, decimal, round, parseNumber, formatNumber, boolean] as const;
