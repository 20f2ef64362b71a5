import { eq, sql } from "drizzle-orm";
import { mails } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import { openLetter } from "./sealed-letter";

const AT_ONCE = 20;
/** Nobody else takes a mail for so long; then the process that took it is thought to be gone. */
const LEASE_S = 300;
/** After the tenth refusal, a day later, it is given up. */
const MOST_ATTEMPTS = 10;
/** What was sent keeps what it was about for so long, so that nobody is told twice. */
const KEPT_DAYS = 90;

type Due = {
  id: string;
  environment_id: string;
  /** Null: it goes to a member. */
  customer_id: string | null;
  recipient: string;
  subject: string;
  body: string;
  from_name: string | null;
  reply_to: string | null;
  attempts: number;
};

/**
 * Sends what waits, once for all workers; what a mail server refuses is tried again, ever later. A worker that dies between sending and
 * noting it sends twice: better than never. Returns how many were sent. Nothing to do without a mail server.
 */
export async function sendDueMails(deps: Pick<Deps, "db" | "log" | "mailer" | "vault">): Promise<number> {
  const { mailer } = deps;
  if (mailer === null) return 0;
  const due = await asSystem(deps.db, "mail of all vendors is sent in one place", async (tx) => {
    await tx.execute(sql`delete from mails where sent_at < now() - ${KEPT_DAYS} * interval '1 day'`);
    return tx.execute<Due>(sql`
      update mails set due_at = now() + ${LEASE_S} * interval '1 second', attempts = attempts + 1
       where id in (select id from mails where due_at <= now() order by due_at limit ${AT_ONCE} for update skip locked)
      returning id, environment_id, customer_id, recipient, subject, body, from_name, reply_to, attempts`);
  });
  let sent = 0;
  for (const mail of due) if (await sendOne(deps, mailer, mail)) sent++;
  return sent;
}

async function sendOne(deps: Pick<Deps, "db" | "log" | "vault">, mailer: NonNullable<Deps["mailer"]>, mail: Due): Promise<boolean> {
  const { id, recipient: to, subject, body, from_name: fromName, reply_to: replyTo, attempts } = mail;
  const note = (values: Partial<typeof mails.$inferInsert> | Record<string, unknown>) =>
    asSystem(deps.db, "mail of all vendors is sent in one place", (tx) => tx.update(mails).set(values).where(eq(mails.id, id)));
  try {
    const { text, html, unsubscribeUrl } = openLetter(
      deps.vault,
      { id, environmentId: mail.environment_id, customerId: mail.customer_id },
      body,
    );
    await mailer({ to, subject, text, html, fromName, replyTo, unsubscribeUrl: unsubscribeUrl ?? null });
  } catch (error) {
    deps.log.warn({ err: error, mail: id, attempts }, "a mail could not be sent");
    const later = sql`now() + ${30 * 2 ** attempts} * interval '1 second'`;
    await note(attempts >= MOST_ATTEMPTS ? { dueAt: null, body: "" } : { dueAt: later });
    return false;
  }
  // Its words hold a link that lets somebody in: they are not kept.
  await note({ sentAt: sql`now()`, dueAt: null, body: "" });
  return true;
}
