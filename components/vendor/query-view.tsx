"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { FaultState } from "#components/vendor/fault-state.tsx";

type QueryViewProps<T> = {
  query: UseQueryResult<T, unknown>;
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
  /** Where to go when the thing asked for does not exist. */
  back?: { href: string; label: string };
};

/** The three states of a question to the server. What is already known stays on screen while it is asked again. */
export function QueryView<T>({ query, skeleton, children, back }: QueryViewProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <FaultState error={query.error} onRetry={() => void query.refetch()} {...(back ? { back } : {})} />;
  return (
    <div aria-busy="true">
      <span role="status" className="sr-only">
        Loading
      </span>
      {skeleton}
    </div>
  );
}
