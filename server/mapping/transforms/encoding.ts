import { LIMITS } from "../limits";
import { describeValue, Misfit, tooLong } from "../misfit";
import { sha256 } from "../sha256";
import { defineTransform, onText } from "./define";

const hash = defineTransform({
  type: "hash",
  title: "Hash",
  description:
    "SHA-256 of the text, 64 hexadecimal digits, as advertising and analytics services match by. It hides nothing: a known e-mail address is found by hashing it.",
  examples: [{ settings: {}, input: "ada@example.com", output: "b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72" }],
  compile: () => onText((text) => sha256(text)),
  invert: () => ({ kind: "none", reason: "a hash cannot be turned back" }),
});

const toJson = defineTransform({
  type: "toJson",
  title: "To JSON text",
  description: "Any value as JSON text, for sources and models that keep documents in a text field.",
  takes: "list",
  examples: [{ settings: {}, input: { a: [1, 2] }, output: '{"a":[1,2]}' }],
  compile: () => (value) => {
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) return new Misfit(`cannot become JSON: ${describeValue(value)}`);
    return text.length > LIMITS.text ? tooLong() : text;
  },
  invert: () => ({ kind: "exact", steps: [{ type: "fromJson" }] }),
});

const fromJson = defineTransform({
  type: "fromJson",
  title: "From JSON text",
  description: "What a JSON text says: an object, a list or a value.",
  examples: [{ settings: {}, input: '{"a":1}', output: { a: 1 } }],
  compile: () =>
    onText((text) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return new Misfit(`is not JSON: ${describeValue(text)}`);
      }
    }),
  invert: () => ({ kind: "settles", steps: [{ type: "toJson" }], note: "goes back without the source's spaces" }),
});

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };
const decoded = (all: string, name: string): string => {
  if (!name.startsWith("#")) return ENTITIES[name.toLowerCase()] ?? all;
  const code = name[1]?.toLowerCase() === "x" ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : all;
};

const plainText = defineTransform({
  type: "plainText",
  title: "Without HTML",
  description:
    "The words of an HTML text: tags are left out, paragraphs and breaks become lines, common entities become characters. The result is text, not safe HTML.",
  examples: [{ settings: {}, input: "<p>Dear <b>Ada</b>,</p>thanks &amp; bye", output: "Dear Ada,\nthanks & bye" }],
  compile: () =>
    onText((html) => {
      const words = html
        .replace(/<(?:br|\/p|\/div|\/li|\/tr|\/h[1-6])[^<>]{0,200}>/gi, "\n")
        .replace(/<[^<>]*>/g, "")
        .replace(/&(#?[a-z0-9]{1,8});/gi, decoded);
      return words
        .replace(/[ \t]+/g, " ")
        .replace(/ ?\n[ \n]*/g, "\n")
        .trim();
    }),
  invert: () => ({ kind: "settles", steps: [], note: "the source's HTML is not put back" }),
});

export const ENCODING = [hash, toJson, fromJson, plainText] as const;
