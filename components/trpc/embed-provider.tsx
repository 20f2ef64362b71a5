"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchStreamLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { EventSource } from "eventsource";
import { type ReactNode, useState } from "react";
import superjson from "superjson";
import { makeQueryClient } from "#components/trpc/query-client";
import type { EmbedRouter } from "#server/trpc/embed/router";

const { TRPCProvider, useTRPC } = createTRPCContext<EmbedRouter>();

/** The embed router's options, typed. */
export const useEmbed = useTRPC;

type EmbedProviderProps = {
  /** The token now in memory. */
  getToken: () => string;
  /** Asks the page around us for a new token; resolves to it, or to null when there is none to be had. */
  renewToken: () => Promise<string | null>;
  children: ReactNode;
};

type Fetch = typeof globalThis.fetch;

/**
 * Adds the token as a header, so that it is never part of an address. A 401 asks for a new token once and tries again;
 * all 401s of one moment share that one asking.
 */
function fetchWithToken({ getToken, renewToken }: Omit<EmbedProviderProps, "children">): Fetch {
  let renewing: Promise<string | null> | null = null;
  const renew = () => {
    renewing ??= renewToken().finally(() => {
      renewing = null;
    });
    return renewing;
  };
  return async (input, init) => {
    const send = (token: string) => {
      const headers = new Headers(init?.headers);
      headers.set("authorization", `Bearer ${token}`);
      return fetch(input, { ...init, headers, credentials: "omit" });
    };
    const used = getToken();
    const answer = await send(used);
    if (answer.status !== 401) return answer;
    const token = getToken() === used ? await renew() : getToken();
    return token === null ? answer : send(token);
  };
}

function createClient(props: Omit<EmbedProviderProps, "children">) {
  const url = `${typeof window === "undefined" ? "http://localhost" : window.location.origin}/api/trpc/embed`;
  const authorized = fetchWithToken(props);
  return createTRPCClient<EmbedRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === "subscription",
        true: httpSubscriptionLink({
          url,
          transformer: superjson,
          EventSource,
          eventSourceOptions: () => ({ fetch: (input: string | URL, init: object) => authorized(input, init) }),
        }),
        false: httpBatchStreamLink({
          url,
          transformer: superjson,
          fetch: (input, init) => authorized(input as string, init as RequestInit),
        }),
      }),
    ],
  });
}

/** Cache and client of the customer's marketplace; no cookie is needed or sent. */
export function EmbedProvider({ getToken, renewToken, children }: EmbedProviderProps) {
  const [cache] = useState(makeQueryClient);
  const [client] = useState(() => createClient({ getToken, renewToken }));
  return (
    <QueryClientProvider client={cache}>
      <TRPCProvider trpcClient={client} queryClient={cache}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
