"use client";

import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchStreamLink, httpLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useState } from "react";
import superjson from "superjson";
import { onceLink } from "#components/trpc/once-link";
import { pageLink } from "#components/trpc/page-link";
import { makeQueryClient } from "#components/trpc/query-client";
import type { VendorRouter } from "#server/trpc/vendor/router";

const { TRPCProvider, useTRPC } = createTRPCContext<VendorRouter>();

/** The vendor router's options, typed. */
export const useVendor = useTRPC;

let browserCache: QueryClient | undefined;

function queryClient(): QueryClient {
  if (typeof window === "undefined") return makeQueryClient();
  browserCache ??= makeQueryClient();
  return browserCache;
}

/** The server never calls itself over HTTP: it prefetches through the router, so this address is the browser's only. */
const url = () => `${typeof window === "undefined" ? "http://localhost" : window.location.origin}/api/trpc/vendor`;

/** Cache and client of the dashboard; the session travels as a cookie. */
export function VendorProvider({ children }: { children: ReactNode }) {
  const cache = queryClient();
  const [client] = useState(() =>
    createTRPCClient<VendorRouter>({
      links: [
        pageLink<VendorRouter>(),
        onceLink<VendorRouter>(),
        splitLink({
          condition: (operation) => operation.type === "subscription",
          true: httpSubscriptionLink({ url: url(), transformer: superjson }),
          false: splitLink({
            // A change goes alone: a streamed batch has sent its headers before a verb could set a cookie.
            condition: (operation) => operation.type === "mutation",
            true: httpLink({ url: url(), transformer: superjson }),
            false: httpBatchStreamLink({ url: url(), transformer: superjson }),
          }),
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
