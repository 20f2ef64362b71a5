"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { faultOf } from "#components/trpc/fault";
import { ErrorState } from "#components/ui/error-state.tsx";

type QueryViewProps<T> = {
  query: UseQueryResult<T, unknown>;
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
};

/** The three states of a question to the server. What is already known stays on screen while it is asked again. */
export function QueryView<T>({ query, skeleton, children }: QueryViewProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ErrorState fault={faultOf(query.error)} onRetry={() => void query.refetch()} />;
  return (
    <div aria-busy="true">
      <span role="status" className="sr-only">
        Loading
      </span>
      {skeleton}
    </div>
  );
}
