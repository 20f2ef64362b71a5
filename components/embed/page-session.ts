import type { FromFrame, ToFrame } from "#components/widget/protocol";
import { createSessionToken, type SessionToken } from "./session-token";
import { exchangeSigned, isSigned } from "./signed-token";

/** Tokens live ten minutes; a new one is fetched two before. */
const RENEW_AFTER_MS = 8 * 60_000;

/** The session that the page hands over, renewed in time. */
export type PageSession = {
  token: SessionToken;
  /** What the page handed over, turned into a token of ours where it is a JWT of the vendor's; "" when there is none. */
  take(message: Extract<ToFrame, { type: "session" }>, hostOrigin: string): Promise<string>;
  stop(): void;
};

/** Holds the session for a frame; what is wrong with one goes to the page's engineer. */
export function holdSession(publishableKey: string, send: (message: FromFrame) => void): PageSession {
  const token = createSessionToken(() => send({ type: "renew" }));
  const tell = (message: string) => send({ type: "event", event: { type: "error", message } });
  let renewal: ReturnType<typeof setTimeout> | undefined;
  return {
    token,
    async take(message, hostOrigin) {
      const own = isSigned(message.token) ? await exchangeSigned(publishableKey, message.token, hostOrigin, tell) : message.token;
      token.accept(own);
      clearTimeout(renewal);
      renewal = setTimeout(() => void token.renew(), RENEW_AFTER_MS);
      return own;
    },
    stop: () => clearTimeout(renewal),
  };
}
