import type { Metadata } from "next";
import { VersionPage } from "#components/vendor/connectors/version-page.tsx";

export const metadata: Metadata = { title: "Connector version" };

export default async function Page({ params }: PageProps<"/connectors/[connectorKey]/[version]">) {
  const { connectorKey, version } = await params;
  return <VersionPage connectorKey={decodeURIComponent(connectorKey)} version={Number(version)} />;
}
