import type { Metadata } from "next";
import { ReadyPage } from "#components/vendor/templates/ready-page.tsx";
import { Prefetched } from "../../../prefetched";

export const metadata: Metadata = { title: "Ready template" };

export default async function Page({ params }: PageProps<"/templates/ready/[readyKey]">) {
  const { readyKey } = await params;
  return (
    <Prefetched ask={(trpc, caller) => [{ queryKey: trpc.templates.ready.queryKey(), answer: () => caller.templates.ready() }]}>
      <ReadyPage readyKey={readyKey} />
    </Prefetched>
  );
}
