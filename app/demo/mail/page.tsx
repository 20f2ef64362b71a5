import type { Metadata } from "next";
import { demoCustomer } from "#components/demo/customers";
import { MailPage } from "#components/demo/mail-page.tsx";
import { formatUtc } from "#components/ui/format";
import { listMails } from "#server/auth/list-mails";
import { getDeps } from "#server/deps";

export const metadata: Metadata = { title: "Mail" };

type MailPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function DemoMailPage({ searchParams }: MailPageProps) {
  const mails = await listMails(getDeps());
  const shown = mails.map((mail) => ({ ...mail, createdAt: formatUtc(mail.createdAt) }));
  return <MailPage mails={shown} customer={demoCustomer((await searchParams)["customer"])} />;
}
