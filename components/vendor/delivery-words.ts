import type { DeliveryRow } from "#server/trpc/views";

type Answered = Pick<DeliveryRow, "status" | "attempts" | "responseStatus" | "responseBody">;

const KNOWN: Record<number, string> = {
  400: "Your backend calls the message invalid (400). Check what it expects, and that it reads the raw body.",
  401: "Your backend asks for a sign-in (401). Leave this address open and verify the signature instead.",
  403: "Your backend refuses us (403). A firewall or a bot filter may stand before it, or the signature check fails.",
  404: "There is nothing at this address (404). Correct the endpoint's path.",
  405: "The address does not take POST (405).",
  410: "Your backend wants no more messages (410), so the endpoint was switched off.",
  413: "Your backend finds the message too large (413).",
  429: "Your backend asks us to slow down (429). We wait as long as it says.",
};

function answerWords(status: number): string {
  if (status >= 200 && status < 300) return "Your backend took the message.";
  if (status >= 300 && status < 400) return `Your backend redirects (${status}); redirects are not followed. Give the final address.`;
  return (
    KNOWN[status] ??
    (status >= 500 ? `Your backend failed (${status}). Its log says why.` : `Your backend refused the message (${status}).`)
  );
}

/** How the newest attempt ended, in words; null before the first. */
export function deliveryReason({ status, attempts, responseStatus, responseBody }: Answered): string | null {
  if (responseStatus !== null) return answerWords(responseStatus);
  if (responseBody) return `No answer: ${responseBody}`;
  return status === "pending" && attempts === 0 ? null : "No answer came.";
}
