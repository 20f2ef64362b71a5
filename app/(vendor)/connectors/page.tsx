import type { Metadata } from "next";
import { ConnectorsPage } from "#components/vendor/connectors/connectors-page.tsx";

export const metadata: Metadata = { title: "Connectors" };

export default function Page() {
  return <ConnectorsPage />;
}
