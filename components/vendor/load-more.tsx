"use client";

import { Button } from "#components/ui/button.tsx";

type More = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };

/** The next page under the last row. */
export function LoadMore({ query, shown }: { query: More; shown: string }) {
  return (
    <div className="flex min-h-11 items-center justify-between gap-3 border-hairline border-t px-4 py-1.5 text-secondary text-xs tabular-nums sm:px-5">
      <span>{shown}</span>
      {query.hasNextPage ? (
        <Button size="sm" pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show more
        </Button>
      ) : null}
    </div>
  );
}
