import type { Metadata } from "next";
import { ApiKeysPage } from "#components/vendor/api-keys-page.tsx";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "API keys" };

export default function Page() {
  return (
    <Prefetched ask={(trpc, caller) => [{ queryKey: trpc.apiKeys.list.queryKey(), answer: () => caller.apiKeys.list() }]}>
      <ApiKeysPage />
    </Prefetched>
  );
}
