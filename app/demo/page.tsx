import { demoCustomer } from "#components/demo/customers";
import { IntegrationsPage } from "#components/demo/integrations-page.tsx";
import { getDeps } from "#server/deps";
import { getEnv } from "#server/env";

type DemoPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function DemoPage({ searchParams }: DemoPageProps) {
  return (
    <IntegrationsPage
      inlayOrigin={getDeps().config.origin}
      simulatorOrigin={getEnv().simulatorOrigin}
      publishableKey="pk_test_acmecrmdemo"
      customer={demoCustomer((await searchParams)["customer"])}
    />
  );
}
