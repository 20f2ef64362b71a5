import texts from "./connectors.json" with { type: "json" };
import type { Language } from "./languages";

/** A text of ours as it stands in manifests (English) → in German, French, Spanish, Japanese and Arabic. */
const TEXTS: Readonly<Record<string, readonly string[]>> = texts;
const AT: Record<Exclude<Language, "en">, number> = { de: 0, fr: 1, es: 2, ja: 3, ar: 4 };

/**
 * What a connector says of itself (what it holds, asks for and wants permission for), in the reader's language. Also for a stream
 * that still has the name which the connector gave it. Words nobody has translated stay as they are: those of vendors' own
 * connectors and templates.
 */
export function inWordsOf(language: Language, text: string): string {
  if (language === "en" || !Object.hasOwn(TEXTS, text)) return text;
  return TEXTS[text]?.[AT[language]] ?? text;
}

type Asked = { title: string; help?: string | undefined; options?: readonly { value: string; title: string }[] | undefined };

/** The questions of a connect form in the reader's language. */
export const fieldsIn = <F extends Asked>(language: Language, fields: readonly F[]): F[] =>
  fields.map((field) => ({
    ...field,
    title: inWordsOf(language, field.title),
    ...(field.help === undefined ? {} : { help: inWordsOf(language, field.help) }),
    ...(field.options === undefined
      ? {}
      : { options: field.options.map((option) => ({ ...option, title: inWordsOf(language, option.title) })) }),
  }));
