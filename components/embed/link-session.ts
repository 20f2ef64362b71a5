/** What a link opened: a session for the one thing it is for. */
export type LinkSession = { token: string; origin: string; integrationId: string; connectionId: string | null };

const KEY = "inlay.link";

/**
 * The link's secret: from behind the `#`, which is then taken off the address, so that it is in no history and in no address that
 * is handed on. The tab keeps it for a reload and for the way back from a third party.
 */
export function takeSecret(): string {
  const fromAddress = window.location.hash.slice(1);
  if (fromAddress.startsWith("lnk_")) window.history.replaceState(null, "", window.location.pathname);
  try {
    if (fromAddress.startsWith("lnk_")) sessionStorage.setItem(KEY, fromAddress);
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return fromAddress;
  }
}

/** Opens the link; "gone" when it does not work any more, "away" when the server was not reached. */
export async function openSecret(publishableKey: string, secret: string): Promise<LinkSession | "gone" | "away"> {
  if (secret === "") return "gone";
  try {
    const answer = await fetch(`/connect/link/${encodeURIComponent(publishableKey)}/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token: secret }),
      credentials: "omit",
      cache: "no-store",
    });
    if (answer.ok) return (await answer.json()) as LinkSession;
    return answer.status === 404 || answer.status === 400 ? "gone" : "away";
  } catch {
    return "away";
  }
}
