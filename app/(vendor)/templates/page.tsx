import type { Metadata } from "next";
import { TemplatesPage } from "#components/vendor/templates/templates-page.tsx";
import { Prefetched } from "../prefetched";

export const metadata: Metadata = { title: "Templates" };

export default function Page() {
  return (
    <Prefetched ask={(trpc, caller) => [{ queryKey: trpc.templates.list.queryKey(), answer: () => caller.templates.list() }]}>
      <TemplatesPage />
    </Prefetched>
  );
}
