import { desc } from "drizzle-orm";
import { mails } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import { openLetter } from "#server/domains/mails/sealed-letter";
import type { Deps } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

export type DemoMail = { id: string; recipient: string; subject: string; body: string; createdAt: Date };

/** The newest mails that were kept instead of sent. Only in the demo; elsewhere `not_found`. */
export async function listMails(deps: Pick<Deps, "db" | "config" | "vault">, input: { limit: number }): Promise<DemoMail[]> {
  if (deps.config.demoOrigin === null) throw new AppError("not_found", "There is no demo here.");
  const rows = await asSystem(deps.db, "the demo shows mail, which belongs to no scope", (tx) =>
    tx.select().from(mails).orderBy(desc(mails.createdAt)).limit(input.limit),
  );
  return rows.map(({ id, environmentId, customerId, recipient, subject, body, createdAt }) => {
    const isLetter = environmentId !== null && body !== "";
    return {
      id,
      recipient,
      subject,
      createdAt,
      body: isLetter ? openLetter(deps.vault, { id, environmentId, customerId }, body).text : body,
    };
  });
}
