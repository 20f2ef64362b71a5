import type { Metadata } from "next";
import { IntegrationPage } from "#components/vendor/integration-page.tsx";
import { mustBeThere } from "../../prefetched";

export const metadata: Metadata = { title: "Integration" };

export default async function Page({ params }: PageProps<"/integrations/[integrationId]">) {
  const { integrationId } = await params;
  await mustBeThere(async (caller) => (await caller.integrations.list()).some(({ id }) => id === integrationId));
  return <IntegrationPage integrationId={integrationId} />;
}
