import { createTRPCClient, httpBatchStreamLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { EventSource } from "eventsource";
import superjson from "superjson";
import { onceLink } from "#components/trpc/once-link";
import { pageLink } from "#components/trpc/page-link";
import { renewalLink, shareRenewal, type TokenSource } from "#components/trpc/renewal";
import type { EmbedRouter } from "#server/trpc/embed/router";

export type EmbedAccess = TokenSource & {
  /** Origin of the page around us; the server compares it with the one the session was made for. */
  hostOrigin: string;
  /** The language shown; the server answers in it. */
  getLanguage: () => string;
};
/** The customer's door, as a frame calls it. A refused token is renewed once; the token is never part of an address. */
export function createEmbedClient({ getToken, renewToken, hostOrigin, getLanguage }: EmbedAccess) {
  const url = `${typeof window === "undefined" ? "http://localhost" : window.location.origin}/api/trpc/embed`;
  const renew = shareRenewal({ getToken, renewToken });
  // The token is a header also of an event stream, so that it is never part of an address.
  const send = (token: string, input: string | URL, init: RequestInit | undefined) => {
    const headers = new Headers(init?.headers);
    headers.set("authorization", `Bearer ${token}`);
    headers.set("x-inlay-host-origin", hostOrigin);
    headers.set("x-inlay-language", getLanguage());
    return fetch(input, { ...init, headers, credentials: "omit" });
  };
  const openStream = async (input: string | URL, init: RequestInit) => {
    const used = getToken();
    const answer = await send(used, input, init);
    if (answer.status !== 401) return answer;
    const token = await renew(used);
    return token === null ? answer : send(token, input, init);
  };
  return createTRPCClient<EmbedRouter>({
    links: [
      pageLink<EmbedRouter>(),
      onceLink<EmbedRouter>(),
      splitLink({
        condition: (operation) => operation.type === "subscription",
        true: httpSubscriptionLink({
          url,
          transformer: superjson,
          EventSource,
          eventSourceOptions: () => ({ fetch: (input: string | URL, init: object) => openStream(input, init as RequestInit) }),
        }),
        false: [
          renewalLink<EmbedRouter>(getToken, renew),
          httpBatchStreamLink({
            url,
            transformer: superjson,
            fetch: (input, init) => send(getToken(), input as string | URL, init as RequestInit | undefined),
          }),
        ],
      }),
    ],
  });
}

export type EmbedClient = ReturnType<typeof createEmbedClient>;
