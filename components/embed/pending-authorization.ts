import type { Screen } from "./navigation.tsx";

/**
 * A full-page authorisation leaves the vendor's page and comes back to a new frame. Which one was under way is kept in the
 * tab's storage: ids only. Where a browser gives the frame no storage, the customer simply starts again.
 */
type Pending = { authorizationId: string; integrationId: string; connectionId?: string };

const KEY = "inlay.authorization";

export function keepPending(pending: Pending): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(pending));
  } catch {
    // No storage: the authorisation is not taken up again after the redirect.
  }
}

/** The connect screen to go on with, once. */
export function takePending(): Screen | null {
  try {
    const text = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    const value = text ? (JSON.parse(text) as Partial<Pending>) : null;
    if (typeof value?.authorizationId !== "string" || typeof value.integrationId !== "string") return null;
    return {
      name: "connect",
      integrationId: value.integrationId,
      resume: value.authorizationId,
      ...(typeof value.connectionId === "string" ? { connectionId: value.connectionId } : {}),
    };
  } catch {
    return null;
  }
}
