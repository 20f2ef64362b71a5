import type { Metadata } from "next";
import { RunPage } from "#components/vendor/run-page.tsx";

export const metadata: Metadata = { title: "Run" };

export default async function Page({ params }: PageProps<"/runs/[runId]">) {
  return <RunPage runId={(await params).runId} />;
}
