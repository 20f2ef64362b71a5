import type { Screen } from "./navigation.tsx";

/**
 * An authorisation outlives the frame that began it: its page may be reloaded meanwhile, or left for the third party. Which one is
 * under way is kept in the tab's storage, with the key by which this tab alone may go on. Where a browser gives the frame no
 * storage, the customer simply starts again.
 */
type Pending = { authorizationId: string; resumeKey: string; integrationId: string; connectionId?: string };

const KEY = "inlay.authorization";
/** An attempt is good for ten minutes; afterwards the tab opens as ever. */
const LIFE_MS = 10 * 60_000;

export function keepPending(pending: Pending): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...pending, until: Date.now() + LIFE_MS }));
  } catch {
    // No storage: the authorisation is not taken up again.
  }
}

/** It has ended, or the customer went elsewhere. */
export function dropPending(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // No storage, nothing kept.
  }
}

/** The connect screen to go on with, if one is under way. */
export function pendingScreen(): Screen | null {
  try {
    const text = sessionStorage.getItem(KEY);
    const value = text ? (JSON.parse(text) as Partial<Pending> & { until?: number }) : null;
    if (typeof value?.authorizationId !== "string" || typeof value.resumeKey !== "string") return null;
    if (typeof value.integrationId !== "string" || !(Number(value.until) > Date.now())) return null;
    return {
      name: "connect",
      integrationId: value.integrationId,
      resume: { authorizationId: value.authorizationId, resumeKey: value.resumeKey },
      ...(typeof value.connectionId === "string" ? { connectionId: value.connectionId } : {}),
    };
  } catch {
    return null;
  }
}
