import type { Metadata } from "next";
import { NewVersionPage } from "#components/vendor/connectors/new-version-page.tsx";

export const metadata: Metadata = { title: "Add a connector" };

export default async function Page({ searchParams }: PageProps<"/connectors/new">) {
  const { of, version } = await searchParams;
  const base = typeof of === "string" && typeof version === "string" ? { key: of, version: Number(version) } : null;
  return <NewVersionPage base={base} />;
}
