import type { Metadata } from "next";
import { OverviewPage } from "#components/vendor/overview-page.tsx";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Overview" };

export default function Page() {
  return (
    <Prefetched ask={(trpc, caller) => [{ queryKey: trpc.overview.get.queryKey(), answer: () => caller.overview.get() }]}>
      <OverviewPage />
    </Prefetched>
  );
}
