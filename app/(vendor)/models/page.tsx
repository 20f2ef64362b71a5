import type { Metadata } from "next";
import { ModelsPage } from "#components/vendor/models/models-page.tsx";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Models" };

export default function Page() {
  return (
    <Prefetched ask={(trpc, caller) => [{ queryKey: trpc.models.list.queryKey(), answer: () => caller.models.list() }]}>
      <ModelsPage />
    </Prefetched>
  );
}
