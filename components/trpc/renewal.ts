import type { TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { observable } from "@trpc/server/observable";
import { faultOf } from "#components/trpc/fault";

export type TokenSource = {
  /** The token now in memory. */
  getToken: () => string;
  /** Asks the page around us for a new token; null when there is none to be had. */
  renewToken: () => Promise<string | null>;
};

/** Renews at most once at a time: all refusals of one moment share one asking. `used` is the token that was refused. */
export function shareRenewal({ getToken, renewToken }: TokenSource): (used: string) => Promise<string | null> {
  let renewing: Promise<string | null> | null = null;
  return async (used) => {
    const current = getToken();
    if (current !== used) return current;
    renewing ??= renewToken().finally(() => {
      renewing = null;
    });
    return renewing;
  };
}

/**
 * Tries a refused call once more with a new token. A streamed batch answers 200 before it knows of the refusal, so this
 * looks at the call's own error, not at the status.
 */
export function renewalLink<R extends AnyTRPCRouter>(getToken: () => string, renew: (used: string) => Promise<string | null>): TRPCLink<R> {
  return () =>
    ({ next, op }) =>
      observable((observer) => {
        let current: { unsubscribe(): void } | null = null;
        let closed = false;
        const attempt = (last: boolean) => {
          const used = getToken();
          current = next(op).subscribe({
            next: (value) => observer.next(value),
            complete: () => observer.complete(),
            error: (error) => {
              if (last || closed || faultOf(error).code !== "unauthenticated") return observer.error(error);
              renew(used).then(
                (token) => (token === null ? observer.error(error) : closed || attempt(true)),
                () => observer.error(error),
              );
            },
          });
        };
        attempt(false);
        return () => {
          closed = true;
          current?.unsubscribe();
        };
      });
}
