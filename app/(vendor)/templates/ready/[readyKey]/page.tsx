import type { Metadata } from "next";
import { ReadyPage } from "#components/vendor/templates/ready-page.tsx";
import { mustBeThere, Prefetched } from "../../../prefetched";

export const metadata: Metadata = { title: "Ready template" };

export default async function Page({ params }: PageProps<"/templates/ready/[readyKey]">) {
  const { readyKey } = await params;
  await mustBeThere(async (caller) => (await caller.templates.ready()).some(({ key }) => key === readyKey));
  return (
    <Prefetched ask={(trpc, caller) => [{ queryKey: trpc.templates.ready.queryKey(), answer: () => caller.templates.ready() }]}>
      <ReadyPage readyKey={readyKey} />
    </Prefetched>
  );
}
