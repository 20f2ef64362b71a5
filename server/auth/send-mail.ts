import { createTransport } from "nodemailer";
import { mails } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";

export type Mail = { to: string; subject: string; text: string };

/** Sends by SMTP; without a mail server, keeps the mail in the database, where the demo shows it. */
export async function sendMail(deps: Deps, smtp: { url: string | null; from: string }, mail: Mail): Promise<void> {
  if (smtp.url) {
    await createTransport(smtp.url).sendMail({ from: smtp.from, to: mail.to, subject: mail.subject, text: mail.text });
    return;
  }
  await asSystem(deps.db, "mail belongs to no scope", (tx) =>
    tx.insert(mails).values({ recipient: mail.to, subject: mail.subject, body: mail.text }),
  );
}
