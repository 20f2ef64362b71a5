import type { Metadata } from "next";
import { MappingEditor } from "#components/vendor/mapping/mapping-editor.tsx";

export const metadata: Metadata = { title: "Mapping" };

export default async function Page({ params }: PageProps<"/templates/[templateId]/mapping/[streamKey]">) {
  const { templateId, streamKey } = await params;
  return <MappingEditor templateId={templateId} streamKey={decodeURIComponent(streamKey)} />;
}
