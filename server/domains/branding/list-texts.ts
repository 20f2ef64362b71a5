import type { Language } from "#server/words/languages";
import { type MessageKey, TEXTS, valuesOf } from "#server/words/messages";

export type MessageText = { key: MessageKey; text: string /** Names of the values it is given. */; values: string[] };

/** Every message of a language as it comes, in the order of the screens. */
export const listTexts = (input: { language: Language }): MessageText[] =>
  Object.entries(TEXTS[input.language]).map(([key, text]) => ({ key: key as MessageKey, text, values: [...valuesOf(text)] }));
