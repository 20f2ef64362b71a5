"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchStreamLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { EventSource } from "eventsource";
import { type ReactNode, useRef, useState } from "react";
import superjson from "superjson";
import { onceLink } from "#components/trpc/once-link";
import { pageLink } from "#components/trpc/page-link";
import { makeQueryClient } from "#components/trpc/query-client";
import { renewalLink, shareRenewal, type TokenSource } from "#components/trpc/renewal";
import type { EmbedRouter } from "#server/trpc/embed/router";

const { TRPCProvider, useTRPC } = createTRPCContext<EmbedRouter>();

/** The embed router's options, typed. */
export const useEmbed = useTRPC;

type Access = TokenSource & {
  /** Origin of the page around us; the server compares it with the one the session was made for. */
  hostOrigin: string;
  /** The language shown; the server answers in it. */
  getLanguage: () => string;
};
type EmbedProviderProps = Access & { children: ReactNode };

function createClient({ getToken, renewToken, hostOrigin, getLanguage }: Access) {
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

/** Cache and client of the customer's marketplace; no cookie is needed or sent. */
export function EmbedProvider({ getToken, renewToken, hostOrigin, getLanguage, children }: EmbedProviderProps) {
  const [cache] = useState(makeQueryClient);
  const [client] = useState(() => createClient({ getToken, renewToken, hostOrigin, getLanguage }));
  return (
    <QueryClientProvider client={cache}>
      <TRPCProvider trpcClient={client} queryClient={cache}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}

type SamplesProps = {
  /** The answer to a question; null = there is none, and it is asked for ever. */ answer: (path: string, input: unknown) => unknown;
  children: ReactNode;
};

/** The same, answered on the spot by made-up data: nothing is sent anywhere. */
export function EmbedSamples({ answer, children }: SamplesProps) {
  const [cache] = useState(makeQueryClient);
  const latest = useRef(answer);
  latest.current = answer;
  const [client] = useState(() =>
    createTRPCClient<EmbedRouter>({
      links: [
        () =>
          ({ op }) =>
            observable((observer) => {
              const data = op.type === "query" ? latest.current(op.path, op.input) : null;
              if (data === null) return;
              observer.next({ result: { type: "data", data } });
              observer.complete();
            }),
      ],
    }),
  );
  return (
    <QueryClientProvider client={cache}>
      <TRPCProvider trpcClient={client} queryClient={cache}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
