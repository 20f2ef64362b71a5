import type { Metadata } from "next";
import { TemplatePage } from "#components/vendor/templates/template-page.tsx";

export const metadata: Metadata = { title: "Template" };

export default async function Page({ params }: PageProps<"/templates/[templateId]">) {
  return <TemplatePage templateId={(await params).templateId} />;
}
