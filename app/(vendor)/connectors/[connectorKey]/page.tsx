import type { Metadata } from "next";
import { ConnectorPage } from "#components/vendor/connectors/connector-page.tsx";

export const metadata: Metadata = { title: "Connector" };

export default async function Page({ params }: PageProps<"/connectors/[connectorKey]">) {
  return <ConnectorPage connectorKey={decodeURIComponent((await params).connectorKey)} />;
}
