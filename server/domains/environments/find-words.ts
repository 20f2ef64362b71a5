import type { Deps } from "#server/lib/context";
import type { Language } from "#server/words/languages";
import { messagesOf } from "#server/words/messages";
import type { Messages } from "#server/words/say";
import { findEmbedding } from "./find-embedding";

/** All messages of one language as the marketplace of a publishable key says them, or null when there is no such key. Public knowledge. */
export async function findWords(deps: Pick<Deps, "db">, input: { publishableKey: string; language: Language }): Promise<Messages | null> {
  const embedding = await findEmbedding(deps, input);
  return embedding && messagesOf(input.language, embedding.branding.words);
}
