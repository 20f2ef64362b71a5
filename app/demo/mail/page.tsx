import type { Metadata } from "next";
import { demoCustomer } from "#components/demo/customers";
import { MailPage } from "#components/demo/mail-page.tsx";
import { formatUtc } from "#components/ui/format";
import { getDeps } from "#server/deps";
import { listMails } from "#server/domains/demo/list-mails";

export const metadata: Metadata = { title: "Mail" };

type MailPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function DemoMailPage({ searchParams }: MailPageProps) {
  const mails = await listMails(getDeps(), { limit: 20 });
  const shown = mails.map((mail) => ({ ...mail, createdAt: formatUtc(mail.createdAt) }));
  return <MailPage mails={shown} customer={demoCustomer((await searchParams)["customer"])} />;
}
