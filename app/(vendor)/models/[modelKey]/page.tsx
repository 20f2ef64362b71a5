import type { Metadata } from "next";
import { ModelPage } from "#components/vendor/models/model-editor.tsx";

export const metadata: Metadata = { title: "Model" };

export default async function Page({ params }: PageProps<"/models/[modelKey]">) {
  return <ModelPage modelKey={decodeURIComponent((await params).modelKey)} />;
}
