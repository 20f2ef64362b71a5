/** The embed token as the frame holds it: in memory, nowhere else. */
export type SessionToken = {
  /** The token in use; waits for the first one. Rejects when the page could not get one. */
  current(): Promise<string>;
  /** Asks the page for a fresh one. Askers at the same time share one answer. */
  renew(): Promise<string>;
  /** The page handed over a token; "" means that it could not get one. */
  accept(token: string): void;
};

export class SessionRefused extends Error {
  constructor() {
    super("The page gave no session");
    this.name = "SessionRefused";
  }
}

type Waiter = { promise: Promise<string>; resolve(token: string): void; reject(error: Error): void };

function waiter(): Waiter {
  let resolve: Waiter["resolve"] = () => {};
  let reject: Waiter["reject"] = () => {};
  const promise = new Promise<string>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

/** `ask` sends the request to the page; an answer later than `timeoutMs` counts as none. */
export function createSessionToken(ask: () => void, timeoutMs = 15_000): SessionToken {
  let token: string | null = null;
  let waiting = waiter();
  let pending = true;
  let timer: ReturnType<typeof setTimeout> | undefined;

  return {
    current: () => (pending ? waiting.promise : Promise.resolve(token ?? "")),
    renew() {
      if (pending) return waiting.promise;
      pending = true;
      waiting = waiter();
      timer = setTimeout(() => {
        pending = false;
        waiting.reject(new SessionRefused());
      }, timeoutMs);
      ask();
      return waiting.promise;
    },
    accept(next) {
      clearTimeout(timer);
      const { resolve, reject } = waiting;
      if (next === "") {
        // The one in use may still be good: only those who asked are told.
        if (token !== null) pending = false;
        reject(new SessionRefused());
        if (token === null) waiting = waiter();
        return;
      }
      token = next;
      pending = false;
      resolve(next);
    },
  };
}
