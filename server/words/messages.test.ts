import { describe, expect, it } from "vitest";
import { directionOf, LANGUAGES, languageOf, spokenOf } from "./languages";
import { type MessageKey, messagesOf, sayIn, TEXTS, valuesOf } from "./messages";

/** Nouns are given to every message and need not be used. */
const NOUNS = new Set(["integration", "integrations", "account", "accounts"]);
const argumentsOf = (text: string) => [...valuesOf(text)].filter((name) => !NOUNS.has(name)).sort();

const keys = Object.keys(TEXTS.en) as MessageKey[];
const sample = Object.fromEntries([...new Set(keys.flatMap((key) => argumentsOf(TEXTS.en[key])))].map((name) => [name, 3]));

describe.each(LANGUAGES)("%s", (language) => {
  it("has every message, and none that nobody asks for", () => {
    expect(Object.keys(TEXTS[language]).sort()).toEqual([...keys].sort());
  });
  it("takes the same values in every message", () => {
    for (const key of keys) expect([key, ...argumentsOf(TEXTS[language][key])]).toEqual([key, ...argumentsOf(TEXTS.en[key])]);
  });
  it("can say every message", () => {
    const say = sayIn(language);
    for (const key of keys) expect(say(key, sample), key).not.toMatch(/^$|undefined|[{}]/);
  });
});

describe("saying", () => {
  it("counts as each language counts", () => {
    expect(sayIn("en")("common.results", { count: 1 })).toBe("1 result");
    expect(sayIn("de")("common.results", { count: 12_345 })).toBe("12.345 Ergebnisse");
    expect(sayIn("ar")("common.results", { count: 2 })).toBe("نتيجتان");
    expect(sayIn("ar")("common.results", { count: 5 })).toBe("5 نتائج");
  });
  it("keeps a name in one piece among letters of the other direction", () => {
    expect(sayIn("ar")("connect.title", { name: "HubSpot" })).toContain("\u2068HubSpot\u2069");
  });
  it("uses the vendor's words and nouns, and ours where theirs cannot be read", () => {
    const own = { en: { "nav.back": "Go back", "noun.integrations": "apps", "market.all": "{broken" } };
    const say = sayIn("en", own);
    expect([say("nav.back"), say("nav.all"), say("market.all")]).toEqual(["Go back", "All apps", "All"]);
    expect(messagesOf("de", own)).toBe(messagesOf("de"));
  });
});

describe("messages", () => {
  it("are plain data, as what crosses into a browser's part of a page has to be", () => {
    const plain = (value: unknown): boolean => {
      if (typeof value !== "object" || value === null) return true;
      const prototype = Object.getPrototypeOf(value);
      return (prototype === Object.prototype || prototype === Array.prototype) && Object.values(value).every(plain);
    };
    expect(LANGUAGES.filter((language) => !plain(messagesOf(language)))).toEqual([]);
    expect(plain(messagesOf("en", { en: { "common.results": "{count, plural, one {# hit} other {# hits}}" } }))).toBe(true);
  });
});

describe("the language that is spoken", () => {
  it("is the first wish that is known, by weight", () => {
    expect(languageOf(undefined, "de-AT")).toBe("de");
    expect(languageOf("pt-BR,pt;q=0.9,fr;q=0.8,en;q=0.7")).toBe("fr");
    expect(languageOf("en;q=0.2, ja")).toBe("ja");
    expect(languageOf("xx", null, "")).toBe("en");
    expect(spokenOf("tlh")).toBeNull();
  });
  it("runs from right to left where it is written so", () => {
    expect(LANGUAGES.filter((language) => directionOf(language) === "rtl")).toEqual(["ar"]);
  });
});
