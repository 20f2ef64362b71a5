import compile from "icu-minify/compile";
import type { CompiledMessage } from "icu-minify/format";
import ar from "./ar.json" with { type: "json" };
import de from "./de.json" with { type: "json" };
import en from "./en.json" with { type: "json" };
import es from "./es.json" with { type: "json" };
import fr from "./fr.json" with { type: "json" };
import ja from "./ja.json" with { type: "json" };
import type { Language } from "./languages";
import { createSay, type Messages, type Say } from "./say";

export type MessageKey = keyof typeof en;

/** Every message customers can read, as ICU text. English has them all; a test holds the others to it. */
export const TEXTS: Record<Language, Record<MessageKey, string>> = { en, de, fr, es, ja, ar };

export const isMessageKey = (key: string): key is MessageKey => Object.hasOwn(en, key);

/** A vendor's own words: texts by key and language. */
export type OwnWords = Partial<Record<Language, Partial<Record<MessageKey, string>>>>;

/** A text in the form that is said from: plain data, since it crosses from the server's part of a page to the browser's. */
const compilePlain = (text: string): CompiledMessage => JSON.parse(JSON.stringify(compile(text))) as CompiledMessage;

const compiled = new Map<Language, Messages>();

function standard(language: Language): Messages {
  const known = compiled.get(language);
  if (known) return known;
  const made = Object.fromEntries(Object.entries(TEXTS[language]).map(([key, text]) => [key, compilePlain(text)])) as Messages;
  compiled.set(language, made);
  return made;
}

/** Adds the names of the values that a list of texts and arguments takes; an argument is `[name]` or `[name, kind, branches]`. */
function collect(nodes: unknown, found: Set<string>): Set<string> {
  for (const node of Array.isArray(nodes) ? (nodes as unknown[]) : []) {
    if (!Array.isArray(node)) continue;
    const [name, , branches] = node as [string, unknown, unknown];
    found.add(name);
    if (typeof branches === "object" && branches !== null) for (const branch of Object.values(branches)) collect(branch, found);
  }
  return found;
}

/** Names of the values that a text takes. Throws for a text that is no message. */
export const valuesOf = (text: string): Set<string> => collect(compile(text), new Set());

/** A text as a message, or null when it cannot be read as one. */
function compiledOwn(text: string): CompiledMessage | null {
  try {
    return compilePlain(text);
  } catch {
    return null;
  }
}

/** All messages of a language, the vendor's own in place of ours. One of theirs that cannot be read leaves ours. */
export function messagesOf(language: Language, own: OwnWords = {}): Messages {
  const words = Object.entries(own[language] ?? {}).flatMap(([key, text]) => {
    const message = isMessageKey(key) ? compiledOwn(text) : null;
    return message === null ? [] : [[key, message] as const];
  });
  return words.length === 0 ? standard(language) : { ...standard(language), ...Object.fromEntries(words) };
}

const sayers = new Map<Language, Say>();

/** Says messages in a language: ours, or the vendor's words where there are any. */
export function sayIn(language: Language, own: OwnWords = {}): Say {
  if (Object.keys(own[language] ?? {}).length > 0) return createSay({ language, messages: messagesOf(language, own) });
  const known = sayers.get(language) ?? createSay({ language, messages: standard(language) });
  sayers.set(language, known);
  return known;
}
