import type { Metadata } from "next";
import { IntegrationsPage } from "#components/vendor/integrations-page.tsx";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Integrations" };

export default function Page() {
  return (
    <Prefetched ask={(trpc, caller) => [{ queryKey: trpc.integrations.list.queryKey(), answer: () => caller.integrations.list() }]}>
      <IntegrationsPage />
    </Prefetched>
  );
}
