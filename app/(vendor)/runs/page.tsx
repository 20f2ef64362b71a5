import type { Metadata } from "next";
import { RunsPage } from "#components/vendor/runs-page.tsx";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Runs" };

export default function Page() {
  return (
    <Prefetched
      ask={(trpc, caller) => [
        { queryKey: trpc.runs.list.infiniteQueryKey({ limit: 30 }), answer: () => caller.runs.list({ limit: 30 }), pages: true },
      ]}
    >
      <RunsPage />
    </Prefetched>
  );
}
