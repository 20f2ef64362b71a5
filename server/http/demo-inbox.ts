import { Webhook } from "standardwebhooks";

/** What the stand-in vendor's receiver was told. */
export type ReceivedEvent = { id: string; type: string; receivedAt: string; verified: true; payload: unknown };

const KEPT = 50;
const SLOT = Symbol.for("inlay.demo.inbox");
type Slots = { [SLOT]?: ReceivedEvent[] };

function inbox(): ReceivedEvent[] {
  const slots = globalThis as Slots;
  slots[SLOT] ??= [];
  return slots[SLOT];
}

/** Takes one delivery as a vendor should: verify the raw bytes, then drop what was seen before. False: the signature is wrong. */
export function receiveEvent(secret: string, headers: Headers, body: string): boolean {
  let payload: { type?: unknown };
  try {
    payload = new Webhook(secret).verify(body, Object.fromEntries(headers)) as { type?: unknown };
  } catch {
    return false;
  }
  const events = inbox();
  const id = headers.get("webhook-id") ?? "";
  if (!events.some((event) => event.id === id)) {
    events.unshift({ id, type: String(payload.type ?? ""), receivedAt: new Date().toISOString(), verified: true, payload });
    events.length = Math.min(events.length, KEPT);
  }
  return true;
}

/** Newest first. */
export function receivedEvents(): readonly ReceivedEvent[] {
  return inbox();
}
