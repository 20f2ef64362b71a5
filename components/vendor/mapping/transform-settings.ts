import { type Entry, entriesOf, valuesOf } from "#components/vendor/mapping/value-entries";
import type { Transform } from "#server/mapping/schema";
import type { Param } from "#server/mapping/transforms/define";
import { compileTransform, definitionOf } from "#server/mapping/transforms/registry";

/** A setting as it is typed: lines for lists, entries for a value map. "" is nothing yet. */
export type Typed = Readonly<Record<string, string | readonly Entry[]>>;

type Built = { transform: Transform } | { faults: Readonly<Record<string, string>>; message: string | null };

type Scalar = string | number | boolean | null;

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** A value typed without a type: 12 is a number, true is yes; in quotes it is text. */
function scalarOf(text: string): Scalar {
  if (/^".*"$/.test(text)) return text.slice(1, -1);
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && String(Number(text)) === text ? Number(text) : text;
}

const scalarText = (value: Scalar): string =>
  typeof value === "string" && scalarOf(value) !== value ? `"${value}"` : value === null ? "" : String(value);

class Wrong extends Error {}

type Kinds = { [K in Param["kind"]]: (text: string, param: Extract<Param, { kind: K }>) => unknown };

function listed(text: string, { max }: { max: number }): string[] {
  const lines = linesOf(text);
  if (lines.length === 0) throw new Wrong("At least one, each in a line of its own.");
  if (lines.length > max) throw new Wrong(`At most ${max}.`);
  return lines;
}

function chosen(text: string, missing: string): string {
  if (text.trim() === "") throw new Wrong(missing);
  return text.trim();
}

/** Typed text of each kind as its value; throws {@link Wrong} with what to do. */
const READ: Kinds = {
  text: (text, { min = 0, max }) => {
    if (text.length < min) throw new Wrong("Fill this in.");
    if (text.length > max) throw new Wrong(`At most ${max} characters.`);
    return text;
  },
  integer: (text, { min, max }) => {
    const whole = /^-?\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (whole >= min && whole <= max) return whole;
    throw new Wrong(`A whole number from ${min} to ${max}.`);
  },
  texts: listed,
  paths: listed,
  scalar: (text) => {
    if (text === "") throw new Wrong("Fill this in.");
    return scalarOf(text);
  },
  choice: (text) => chosen(text, "Choose one."),
  zone: (text) => chosen(text, "Choose one."),
  path: (text) => chosen(text, "Fill this in."),
  values: () => undefined, // typed as entries
};

/** The setting's value, undefined for one left out. */
function settingOf(param: Param, typed: string | readonly Entry[]): unknown {
  if (typeof typed !== "string" || param.kind === "values") {
    const values = valuesOf(typeof typed === "string" ? [] : typed);
    if (values === undefined && !param.optional) throw new Wrong("Add at least one value.");
    return values;
  }
  if (typed === "" && param.optional) return undefined;
  return (READ[param.kind] as (text: string, param: Param) => unknown)(typed, param);
}

/** What compiling says, without the name of the transform, as a sentence. */
const sentence = (type: string, message: string): string => {
  const text = message.replace(`"${type}": `, "");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
};

/** The transform that is typed, proven to work; or what is missing of it. Nothing is filled in for the person. */
export function buildTransform(type: Transform["type"], typed: Typed): Built {
  const settings: Record<string, unknown> = {};
  const faults: Record<string, string> = {};
  for (const [name, param] of Object.entries(definitionOf(type).params)) {
    try {
      const value = settingOf(param, typed[name] ?? "");
      if (value !== undefined) settings[name] = value;
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      faults[name] = error.message;
    }
  }
  if (Object.keys(faults).length > 0) return { faults, message: null };
  const transform = { type, ...settings } as unknown as Transform;
  try {
    compileTransform(transform);
    return { transform };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { faults, message: sentence(type, error.message) };
  }
}

/** Whether there is anything to choose before a transform is added. */
export const hasSettings = (type: Transform["type"]): boolean => Object.keys(definitionOf(type).params).length > 0;

const typedOf = (param: Param, value: unknown): string | readonly Entry[] => {
  if (param.kind === "values") return entriesOf(value as Record<string, Scalar> | undefined);
  if (value === undefined) return "";
  if (param.kind === "scalar") return scalarText(value as Scalar);
  return Array.isArray(value) ? value.join("\n") : String(value);
};

/** A transform that is there, as it would be typed. */
export function typedTransform(transform: Transform): Typed {
  const settings = transform as unknown as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(definitionOf(transform.type).params).map(([name, param]) => [name, typedOf(param, settings[name])]),
  );
}

const shown = (value: unknown): string => {
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "object" && value !== null)
    return Object.keys(value).length === 1 ? "1 value" : `${Object.keys(value).length} values`;
  return typeof value === "string" && !/^[\p{L}\p{N}][\p{L}\p{N}._/-]*$/u.test(value) ? `“${value}”` : String(value);
};

/** The settings of a transform in a few words; "" for one that has none. */
export const settingWords = ({ type: _type, ...settings }: Transform): string =>
  Object.values(settings)
    .filter((value) => value !== undefined)
    .map(shown)
    .join(", ");

/** "Currency, for example EUR" is a name and a hint. */
export function titleParts({ title }: Pick<Param, "title">): { label: string; hint: string | null } {
  const found = /^([^,;]+)[,;] (.+)$/.exec(title);
  const [label, hint] = [found?.[1] ?? title, found?.[2] ?? null];
  return { label, hint: hint === null ? null : `${hint.charAt(0).toUpperCase()}${hint.slice(1)}.` };
}
