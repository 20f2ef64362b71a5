import type { Metadata } from "next";
import { IntegrationPage } from "#components/vendor/integration-page.tsx";

export const metadata: Metadata = { title: "Integration" };

export default async function Page({ params }: PageProps<"/integrations/[integrationId]">) {
  return <IntegrationPage integrationId={(await params).integrationId} />;
}
