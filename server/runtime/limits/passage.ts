/** What of a request decides which limits count it. `path` is the one below the base URL. */
export type Passage = { method: string; path: string };

/** Sends a request when the third party's limits allow it, and learns from the answer. */
export type Gate = <R extends { headers: Record<string, string>; json: unknown }>(
  passage: Passage,
  send: () => Promise<R>,
  signal?: AbortSignal,
) => Promise<R>;
