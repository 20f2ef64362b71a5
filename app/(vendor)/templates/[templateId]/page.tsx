import type { Metadata } from "next";
import { TemplatePage } from "#components/vendor/templates/template-page.tsx";
import type { TemplateId } from "#server/lib/ids";
import { Prefetched } from "../../prefetched";

export const metadata: Metadata = { title: "Template" };

export default async function Page({ params }: PageProps<"/templates/[templateId]">) {
  const templateId = (await params).templateId as TemplateId;
  return (
    <Prefetched
      ask={(trpc, caller) => [
        { queryKey: trpc.templates.get.queryKey({ templateId }), answer: () => caller.templates.get({ templateId }) },
      ]}
    >
      <TemplatePage templateId={templateId} />
    </Prefetched>
  );
}
