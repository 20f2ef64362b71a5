import type { Metadata } from "next";
import { demoCustomer } from "#components/demo/customers";
import { RecordsPage } from "#components/demo/records-page.tsx";

export const metadata: Metadata = { title: "Contacts" };

type ContactsPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

const COLUMNS = [
  { name: "Name", keys: ["fullName", "lastName", "email"] },
  { name: "E-mail", keys: ["email"] },
  { name: "Company", keys: ["company"] },
  { name: "Job title", keys: ["jobTitle"] },
  { name: "City", keys: ["city"] },
];

export default async function ContactsPage({ searchParams }: ContactsPageProps) {
  return <RecordsPage title="Contacts" model="contact" columns={COLUMNS} customer={demoCustomer((await searchParams)["customer"])} />;
}
