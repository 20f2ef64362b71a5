import "server-only";
import { dehydrate, type FetchQueryOptions, HydrationBoundary, type QueryKey } from "@tanstack/react-query";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { makeQueryClient } from "#components/trpc/query-client";
import { isAppError } from "#server/lib/errors";
import { type VendorRouter, vendorRouter } from "#server/trpc/vendor/router";
import { vendorCaller, vendorDoor } from "./signed-in";

/** What is not there by then comes after the page: an empty frame now is better than a full one late. */
const PATIENCE_MS = 400;

type Caller = Awaited<ReturnType<typeof vendorCaller>>;
type Options = ReturnType<typeof createTRPCOptionsProxy<VendorRouter>>;
type Question = { queryKey: QueryKey; answer: () => Promise<unknown>; pages?: boolean };

const isMissing = (error: unknown): boolean => {
  const cause = error instanceof Error ? error.cause : undefined;
  return isAppError(cause) && cause.code === "not_found";
};
const inTime = (work: Promise<unknown>) => Promise.race([work, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);

/** One page of a list, in the form the browser keeps lists in. */
const firstPage = (page: unknown) => ({ pages: [page], pageParams: [null] });

/**
 * Asks the screen's questions on the server, through the router with the member's session, so that the first paint has data. A
 * question that fails or takes long is asked again by the browser, which also shows what is wrong. What is not there is answered with
 * the status 404, while there still is one to set: nothing was sent so far.
 */
export async function Prefetched({ ask, children }: { ask: (trpc: Options, caller: Caller) => Question[]; children: ReactNode }) {
  const queryClient = makeQueryClient();
  const trpc = createTRPCOptionsProxy<VendorRouter>({ router: vendorRouter, ctx: await vendorDoor(), queryClient });
  const questions = ask(trpc, await vendorCaller());
  const asked = questions.map(({ queryKey, answer, pages = false }) => {
    const queryFn = async () => (pages ? firstPage(await answer()) : answer());
    return queryClient.prefetchQuery({ queryKey, queryFn, retry: false } satisfies FetchQueryOptions);
  });
  await inTime(Promise.all(asked));
  if (
    queryClient
      .getQueryCache()
      .findAll()
      .some(({ state }) => isMissing(state.error))
  )
    notFound();
  const state = dehydrate(queryClient, { shouldDehydrateQuery: (query) => query.state.status === "success" });
  return <HydrationBoundary state={state}>{children}</HydrationBoundary>;
}

/** Answers 404 unless `there` holds: for screens that are drawn in the browser only. A failure is the screen's to tell. */
export async function mustBeThere(there: (caller: Caller) => Promise<boolean>): Promise<void> {
  const found = await inTime(there(await vendorCaller()).catch((error: unknown) => !isMissing(error)));
  if (found === false) notFound();
}
