/** The embed token as the frame holds it: in memory, nowhere else. */
export type SessionToken = {
  /** The token in use; "" before the page has given one. */
  current(): string;
  /** Asks the page for a fresh one; null when it has none to give. Askers at the same time share one answer. */
  renew(): Promise<string | null>;
  /** The page answered; "" means that it could not get a token. */
  accept(token: string): void;
};

/** `ask` sends the request to the page; an answer later than `timeoutMs` counts as none. */
export function createSessionToken(ask: () => void, timeoutMs = 15_000): SessionToken {
  let token = "";
  let asking: Promise<string | null> | null = null;
  let answer: (token: string | null) => void = () => {};

  return {
    current: () => token,
    renew() {
      asking ??= new Promise<string | null>((resolve) => {
        const timer = setTimeout(() => answer(null), timeoutMs);
        answer = (next) => {
          clearTimeout(timer);
          asking = null;
          resolve(next);
        };
        ask();
      });
      return asking;
    },
    accept(next) {
      // An empty answer leaves the one in use: it may still be good.
      if (next !== "") token = next;
      answer(next === "" ? null : next);
    },
  };
}
