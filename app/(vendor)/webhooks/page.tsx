import type { Metadata } from "next";
import { WebhooksPage } from "#components/vendor/webhooks-page.tsx";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Webhooks" };

export default function Page() {
  return (
    <Prefetched
      ask={(trpc, caller) => [
        { queryKey: trpc.webhooks.list.queryKey(), answer: () => caller.webhooks.list() },
        { queryKey: trpc.webhooks.deliveries.infiniteQueryKey({}), answer: () => caller.webhooks.deliveries({}), pages: true },
      ]}
    >
      <WebhooksPage />
    </Prefetched>
  );
}
