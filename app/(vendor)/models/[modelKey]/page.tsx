import type { Metadata } from "next";
import { ModelPage } from "#components/vendor/models/model-editor.tsx";
import { Prefetched } from "../../prefetched";

export const metadata: Metadata = { title: "Model" };

export default async function Page({ params }: PageProps<"/models/[modelKey]">) {
  const key = decodeURIComponent((await params).modelKey);
  return (
    <Prefetched ask={(trpc, caller) => [{ queryKey: trpc.models.get.queryKey({ key }), answer: () => caller.models.get({ key }) }]}>
      <ModelPage modelKey={key} />
    </Prefetched>
  );
}
