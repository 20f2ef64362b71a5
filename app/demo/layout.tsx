import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { getDeps } from "#server/deps";
import "./acme.css";
import "./acme-sheets.css";

export const metadata: Metadata = { title: { default: "Acme CRM", template: "%s · Acme CRM" }, robots: "noindex" };
export const dynamic = "force-dynamic";

/** The stand-in vendor product. It exists only in the demo. */
export default function DemoLayout({ children }: { children: ReactNode }) {
  if (getDeps().config.demoOrigin === null) notFound();
  return children;
}
