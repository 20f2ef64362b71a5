import type { Metadata } from "next";
import { RunPage } from "#components/vendor/run-page.tsx";
import type { RunId } from "#server/lib/ids";
import { Prefetched } from "../../prefetched";

export const metadata: Metadata = { title: "Run" };

export default async function Page({ params }: PageProps<"/runs/[runId]">) {
  const runId = (await params).runId as RunId;
  return (
    <Prefetched ask={(trpc, caller) => [{ queryKey: trpc.runs.get.queryKey({ runId }), answer: () => caller.runs.get({ runId }) }]}>
      <RunPage runId={runId} />
    </Prefetched>
  );
}
