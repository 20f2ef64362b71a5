import { type FromFrame, PROTOCOL, type ToFrame, toFrame } from "#components/widget/protocol";

/** The frame's end of the line to the vendor's page. */
export type Channel = { send(message: FromFrame): void; close(): void };

/** The part of `window` this needs; tests hand in their own. */
export type FrameWindow = Pick<Window, "addEventListener" | "removeEventListener" | "parent"> & {
  location: { ancestorOrigins?: { readonly length: number; item(index: number): string | null } };
  document: { referrer: string };
};

/**
 * Which of the allowed origins the page above us can have. The browser tells in `ancestorOrigins` or the referrer; where it
 * tells nothing, all allowed ones are asked, and the browser delivers only to the one that is really there.
 */
export function hostOrigins(frame: FrameWindow, allowedOrigins: readonly string[]): string[] {
  const told = frame.location.ancestorOrigins?.item(0) ?? originOf(frame.document.referrer);
  return told === null ? [...allowedOrigins] : allowedOrigins.filter((origin) => origin === told);
}

/** The origin of a URL, or null when it is none. */
export function originOf(url: string): string | null {
  try {
    return new URL(url).origin;
  } catch {
    return null;
  }
}

/** 128 random bits. A message without them was not written for this load of the frame. */
export function newNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Says hello to the page above and listens to it, and to nobody else: origin, source and nonce must all match.
 * Nothing is ever posted to "*".
 */
export function openChannel(
  frame: FrameWindow,
  allowedOrigins: readonly string[],
  onMessage: (message: ToFrame, origin: string) => void,
  nonce: string = newNonce(),
): Channel {
  let origins = hostOrigins(frame, allowedOrigins);
  const send = (message: FromFrame) => {
    for (const origin of origins) frame.parent.postMessage({ inlay: PROTOCOL, nonce, ...message }, origin);
  };
  const receive = (event: MessageEvent) => {
    if (event.source !== frame.parent || !origins.includes(event.origin)) return;
    const message = toFrame(event.data, nonce);
    if (!message) return;
    origins = [event.origin];
    onMessage(message, event.origin);
  };
  frame.addEventListener("message", receive as EventListener);
  send({ type: "hello" });
  return { send, close: () => frame.removeEventListener("message", receive as EventListener) };
}
