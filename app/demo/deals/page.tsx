import type { Metadata } from "next";
import { demoCustomer } from "#components/demo/customers";
import { RecordsPage } from "#components/demo/records-page.tsx";

export const metadata: Metadata = { title: "Deals" };

type DealsPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

const COLUMNS = [
  { name: "Deal", keys: ["name"] },
  { name: "Stage", keys: ["stage"] },
  { name: "Amount", keys: ["amount"] },
  { name: "Pipeline", keys: ["pipeline"] },
];

export default async function DealsPage({ searchParams }: DealsPageProps) {
  return <RecordsPage title="Deals" model="deal" columns={COLUMNS} customer={demoCustomer((await searchParams)["customer"])} />;
}
