import type { Metadata } from "next";
import { ConsumersPage } from "#components/vendor/consumers-page.tsx";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Feed consumers" };

export default function Page() {
  return (
    <Prefetched ask={(trpc, caller) => [{ queryKey: trpc.consumers.list.queryKey(), answer: () => caller.consumers.list() }]}>
      <ConsumersPage />
    </Prefetched>
  );
}
