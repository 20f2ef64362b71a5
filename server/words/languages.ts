/** What customers are spoken to in. Each has a file of messages beside this one, complete. */
export const LANGUAGES = ["en", "de", "fr", "es", "ja", "ar"] as const;
export type Language = (typeof LANGUAGES)[number];

const isLanguage = (value: string): value is Language => (LANGUAGES as readonly string[]).includes(value);

/** The languages of an `Accept-Language` header (or one tag), those wanted most first. */
function tagsIn(wish: string): string[] {
  return wish
    .slice(0, 500)
    .split(",")
    .map((part, at) => {
      const [tag = "", ...rest] = part.trim().split(";");
      const weight = Number(/q=([\d.]+)/.exec(rest.join(";"))?.[1] ?? 1);
      return { tag: tag.toLowerCase(), weight, at };
    })
    .filter(({ tag, weight }) => tag !== "" && weight > 0)
    .sort((a, b) => b.weight - a.weight || a.at - b.at)
    .map(({ tag }) => tag);
}

/** The first wish that we speak, be it a tag (`de-AT`) or a header; null when there is none. */
export function spokenOf(...wishes: readonly (string | null | undefined)[]): Language | null {
  for (const wish of wishes)
    for (const tag of tagsIn(wish ?? "")) {
      const base = tag.split("-")[0] ?? "";
      if (isLanguage(base)) return base;
    }
  return null;
}

/** {@link spokenOf}, or English. */
export const languageOf = (...wishes: readonly (string | null | undefined)[]): Language => spokenOf(...wishes) ?? "en";

export const directionOf = (language: Language): "ltr" | "rtl" => (language === "ar" ? "rtl" : "ltr");

/** What numbers and dates are written by. Arabic with the digits that ids and third parties use, so that one page has one kind. */
export const localeOf = (language: Language): string => (language === "ar" ? "ar-u-nu-latn" : language === "en" ? "en-US" : language);
