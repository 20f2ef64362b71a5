import format, { type CompiledMessage } from "icu-minify/format";
import { directionOf, type Language, localeOf } from "./languages";
import type { MessageKey } from "./messages";

/** Messages made ready to be said: parsed already, so that a browser needs no parser. */
export type Messages = Record<MessageKey, CompiledMessage>;

export type Values = Record<string, string | number | boolean | Date>;

/** Says a message in one language. Numbers, dates and lists follow the language, too. */
export type Say = {
  (key: MessageKey, values?: Values): string;
  language: Language;
  /** BCP 47, for `Intl`. */
  locale: string;
  number(value: number): string;
  /** "a, b and c" */
  list(items: readonly string[]): string;
  /** A name in the middle of a sentence: in small letters where the language writes nouns so. */
  inner(name: string): string;
};

const kept = new Map<string, object>();

/** `Intl` objects cost more to make than to use. */
function once<T extends object>(kind: string, locale: string, options: object | undefined, make: () => T): T {
  const key = `${kind} ${locale} ${options ? JSON.stringify(options) : ""}`;
  const known = kept.get(key) as T | undefined;
  if (known) return known;
  const made = make();
  kept.set(key, made);
  return made;
}

const formatters: Parameters<typeof format>[3]["formatters"] = {
  getNumberFormat: (locale, options) => once("number", String(locale), options, () => new Intl.NumberFormat(locale, options)),
  getDateTimeFormat: (locale, options) => once("date", String(locale), options, () => new Intl.DateTimeFormat(locale, options)),
  getPluralRules: (locale, options) => once("plural", String(locale), options, () => new Intl.PluralRules(locale, options)),
};

/** What the vendor calls things; every message may use these words without being given them. */
const NOUNS = ["integration", "integrations", "account", "accounts"] as const;

/** A name among letters of the other direction, kept in one piece. */
const apart = (text: string) => `\u2068${text}\u2069`;

const SMALL_NOUNS: ReadonlySet<Language> = new Set(["en", "fr", "es"]);

export type SayOptions = {
  language: Language;
  messages: Messages /** Shows keys in place of words, to find out which is which. */;
  keys?: boolean;
};

export function createSay({ language, messages, keys = false }: SayOptions): Say {
  const locale = localeOf(language);
  const isolated = (value: Values[string]) => (typeof value === "string" && directionOf(language) === "rtl" ? apart(value) : value);
  const nouns = Object.fromEntries(NOUNS.map((noun) => [noun, messages[`noun.${noun}`] as string]));
  const say = (key: MessageKey, values: Values = {}): string => {
    if (keys) return key;
    const message = messages[key];
    if (typeof message === "string") return message;
    const given = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, isolated(value)]));
    return format(message, locale, { ...nouns, ...given } as Parameters<typeof format>[2], { formatters }) as string;
  };
  return Object.assign(say, {
    language,
    locale,
    number: (value: number) => formatters.getNumberFormat(locale).format(value),
    list: (items: readonly string[]) =>
      once("list", locale, undefined, () => new Intl.ListFormat(locale, { type: "conjunction" })).format([...items]),
    inner: (name: string) => (SMALL_NOUNS.has(language) ? name.toLowerCase() : name),
  });
}
