import { desc } from "drizzle-orm";
import { mails } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";

export type KeptMail = { id: string; recipient: string; subject: string; body: string; createdAt: Date };

/** Mail that was kept instead of sent, newest first, 20 at most. For the demo's mailbox only: it holds sign-in links. */
export function listMails(deps: Pick<Deps, "db">): Promise<KeptMail[]> {
  return asSystem(deps.db, "mail belongs to no scope", (tx) => tx.select().from(mails).orderBy(desc(mails.createdAt)).limit(20));
}
