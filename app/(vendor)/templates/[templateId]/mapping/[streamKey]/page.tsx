import type { Metadata } from "next";
import { MappingEditor } from "#components/vendor/mapping/mapping-editor.tsx";
import { mustBeThere } from "../../../../prefetched";

export const metadata: Metadata = { title: "Mapping" };

export default async function Page({ params }: PageProps<"/templates/[templateId]/mapping/[streamKey]">) {
  const { templateId, streamKey: encoded } = await params;
  const streamKey = decodeURIComponent(encoded);
  await mustBeThere(async (caller) => {
    const { streams } = await caller.templates.get({ templateId });
    return streams.some(({ key }) => key === streamKey);
  });
  return <MappingEditor templateId={templateId} streamKey={streamKey} />;
}
