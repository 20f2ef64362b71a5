import { LIMITS } from "../limits";
import { Misfit, tooLong } from "../misfit";
import { compileTemplate } from "../paths";
import { defineTransform, onList, onText, tidies } from "./define";

const trim = defineTransform({
  type: "trim",
  title: "Trim spaces",
  description: "Removes white space at both ends.",
  examples: [{ settings: {}, input: "  Ada ", output: "Ada" }],
  compile: () => onText((text) => text.trim()),
  invert: tidies("spaces at the ends are not put back"),
});

const spaces = defineTransform({
  type: "spaces",
  title: "Fold spaces",
  description: "Removes white space at both ends and makes one space of any run of it, line breaks included.",
  examples: [{ settings: {}, input: " 12  Main\nStreet ", output: "12 Main Street" }],
  compile: () => onText((text) => text.trim().replace(/\s+/g, " ")),
  invert: tidies("runs of spaces are not put back"),
});

const lowercase = defineTransform({
  type: "lowercase",
  title: "Lower case",
  description: "Makes every letter small.",
  examples: [{ settings: {}, input: "Ada@Example.COM", output: "ada@example.com" }],
  compile: () => onText((text) => text.toLowerCase()),
  invert: tidies("the source's capitals are not put back"),
});

const uppercase = defineTransform({
  type: "uppercase",
  title: "Upper case",
  description: "Makes every letter a capital.",
  examples: [{ settings: {}, input: "sku-12a", output: "SKU-12A" }],
  compile: () => onText((text) => text.toUpperCase()),
  invert: tidies("the source's small letters are not put back"),
});

const isBreak = (sign: number) => sign === 32 || (sign >= 9 && sign <= 13) || sign === 45 || sign === 47 || sign === 40;

/** A capital at the start of each word of a text in small letters; null when it holds more than ASCII. */
function quickTitle(text: string): string | null {
  let made = "";
  let done = 0;
  let isStart = true;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign > 127) return null;
    if (isStart && sign >= 97 && sign <= 122) {
      made += text.slice(done, at) + text.charAt(at).toUpperCase();
      done = at + 1;
    }
    isStart = isBreak(sign);
  }
  return made + text.slice(done);
}

const titlecase = defineTransform({
  type: "titlecase",
  title: "Title Case",
  description: "A capital at the start of each word, small letters elsewhere. Names such as McDonald lose their inner capital.",
  examples: [{ settings: {}, input: "ADA lovelace-king", output: "Ada Lovelace-King" }],
  compile: () =>
    onText((text) => {
      const low = text.toLowerCase();
      return (
        quickTitle(low) ?? low.replace(/(^|[\s\-/(])(\p{L})/gu, (_all, before: string, letter: string) => before + letter.toUpperCase())
      );
    }),
});

const replace = defineTransform({
  type: "replace",
  title: "Replace",
  description: "Replaces every occurrence of a text, taken literally.",
  params: {
    find: { kind: "text", title: "Text to find", min: 1, max: 200 },
    with: { kind: "text", title: "Text to put in its place; empty to remove it", max: 200 },
  },
  examples: [{ settings: { find: "-", with: " " }, input: "north-west", output: "north west" }],
  compile: (settings) =>
    onText((text) => {
      const pieces = text.split(settings.find);
      const length = text.length + (pieces.length - 1) * (settings.with.length - settings.find.length);
      return length > LIMITS.text ? tooLong() : pieces.join(settings.with);
    }),
});

const substring = defineTransform({
  type: "substring",
  title: "Part of a text",
  description: "The characters from a place on, counted from 0; from the end when the place is negative.",
  params: {
    start: { kind: "integer", title: "First character", min: -10_000, max: 10_000 },
    length: { kind: "integer", title: "How many; all when left out", min: 0, max: 10_000, optional: true },
  },
  examples: [
    { settings: { start: 0, length: 3 }, input: "DE-1234", output: "DE-" },
    { settings: { start: -4 }, input: "DE-1234", output: "1234" },
  ],
  compile: ({ start, length }) =>
    onText((text) => {
      const from = start < 0 ? Math.max(0, text.length + start) : start;
      return text.slice(from, length === undefined ? undefined : from + length).toWellFormed();
    }),
});

const truncate = defineTransform({
  type: "truncate",
  title: "Shorten",
  description: "Cuts a text that is too long and ends it with a mark; the mark counts.",
  params: {
    length: { kind: "integer", title: "Longest length", min: 1, max: 100_000 },
    ending: { kind: "text", title: "Mark at the end; none when left out", max: 10, optional: true },
  },
  examples: [
    { settings: { length: 8, ending: "…" }, input: "A long description", output: "A long …" },
    { settings: { length: 3 }, input: "Ada", output: "Ada" },
  ],
  compile: ({ length, ending = "" }) => {
    if (ending.length >= length) throw new RangeError(`"truncate": the mark is as long as the text may be; give a greater length`);
    return (value, source) => {
      if (typeof value === "string" && value.length > LIMITS.text) return value.slice(0, length - ending.length).toWellFormed() + ending;
      return onText((text) => (text.length <= length ? text : text.slice(0, length - ending.length).toWellFormed() + ending))(
        value,
        source,
      );
    };
  },
});

const pad = defineTransform({
  type: "pad",
  title: "Fill up",
  description: "Makes a text at least so long, by repeating a character at its start or end.",
  params: {
    length: { kind: "integer", title: "Shortest length", min: 1, max: 1_000 },
    with: { kind: "text", title: "Character to repeat", min: 1, max: 1 },
    side: { kind: "choice", title: "Where; at the start when left out", options: ["start", "end"], optional: true },
  },
  examples: [{ settings: { length: 6, with: "0" }, input: "4711", output: "004711" }],
  compile: ({ length, with: fill, side }) => onText((text) => (side === "end" ? text.padEnd(length, fill) : text.padStart(length, fill))),
});

const split = defineTransform({
  type: "split",
  title: "Split into a list",
  description: `Cuts a text at every separator; at most ${LIMITS.parts} parts. What follows works on each part.`,
  params: { separator: { kind: "text", title: "Separator", min: 1, max: 20 } },
  gives: "list",
  examples: [{ settings: { separator: ", " }, input: "red, green", output: ["red", "green"] }],
  compile: ({ separator }) => onText((text) => text.split(separator, LIMITS.parts)),
  invert: ({ separator }) => ({ kind: "exact", steps: [{ type: "join", separator }] }),
});

const join = defineTransform({
  type: "join",
  title: "Join a list",
  description: "One text of the texts, numbers and yes-or-no values of a list; empty entries and objects are left out.",
  params: { separator: { kind: "text", title: "Separator", max: 20 } },
  takes: "list",
  examples: [{ settings: { separator: ", " }, input: ["red", "green"], output: "red, green" }],
  compile: ({ separator }) =>
    onList((list) => {
      const shown = list.filter((item) => item !== null && item !== undefined && typeof item !== "object").map(String);
      const length = shown.reduce((sum, text) => sum + text.length + separator.length, 0);
      return length > LIMITS.text ? tooLong() : shown.join(separator);
    }),
  invert: ({ separator }) =>
    separator === ""
      ? { kind: "none", reason: "without a separator the parts cannot be told apart" }
      : {
          kind: "settles",
          steps: [{ type: "split", separator }],
          note: "parts that hold the separator come back as several; numbers come back as text",
        },
});

const template = defineTransform({
  type: "template",
  title: "Put into a text",
  description:
    "A text with holes: {value} is the value so far, any other {path} is read from the record. Empty holes and the spaces around them are folded.",
  params: { text: { kind: "text", title: "Text with {value}", min: 1, max: 2_000 } },
  examples: [{ settings: { text: "{value} ({country})" }, input: "Berlin", source: { country: "DE" }, output: "Berlin (DE)" }],
  compile: ({ text }) => {
    const fill = compileTemplate(
      text.replace(/\{([^{}]+)\}/g, (_all, path: string) => (path.trim() === "value" ? "{value}" : `{source.${path.trim()}}`)),
    );
    return (value, source) => {
      if (value !== null && typeof value === "object")
        return new Misfit(`cannot be put into a text: it is a list or an object; add the "join" or "get" transform before`);
      const filled = fill({ value, source }) ?? null;
      return filled !== null && filled.length > LIMITS.text ? tooLong() : filled;
    };
  },
});

export const TEXT = [trim, spaces, lowercase, uppercase, titlecase, replace, substring, truncate, pad, split, join, template] as const;
