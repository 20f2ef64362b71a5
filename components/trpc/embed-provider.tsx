"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useRef, useState } from "react";
import { createEmbedClient, type EmbedAccess } from "#components/trpc/embed-client";
import { makeQueryClient } from "#components/trpc/query-client";
import type { EmbedRouter } from "#server/trpc/embed/router";

const { TRPCProvider, useTRPC } = createTRPCContext<EmbedRouter>();

/** The embed router's options, typed. */
export const useEmbed = useTRPC;

type EmbedProviderProps = EmbedAccess & { children: ReactNode };

/** Cache and client of the customer's marketplace; no cookie is needed or sent. */
export function EmbedProvider({ getToken, renewToken, hostOrigin, getLanguage, children }: EmbedProviderProps) {
  const [cache] = useState(makeQueryClient);
  const [client] = useState(() => createEmbedClient({ getToken, renewToken, hostOrigin, getLanguage }));
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
