import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { mails } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { CustomerId, EnvironmentId } from "#server/lib/ids";
import type { Letter } from "./letter";
import { sealLetter } from "./sealed-letter";

/** So many letters may be asked for in the name of one customer within an hour: nobody floods others through us. */
const MOST_AN_HOUR = 10;

export type QueueMail = {
  environmentId: EnvironmentId;
  /** Whom it is about; null = it goes to a member. */
  customerId: CustomerId | null;
  to: string;
  letter: Letter;
  /** Null = the installation's own name. */
  fromName: string | null;
  replyTo: string | null;
  /** What it is about, once in the world: the same is not sent twice. Null = whenever asked. */
  key: string | null;
  unsubscribeUrl?: string;
};

/**
 * Puts a letter to a customer, to somebody they named or to a member where the worker sends it from: it is not lost with this process, nor with a mail
 * server that is away. `quota_exceeded` for too many of one customer.
 */
export async function queueMail(
  ctx: Pick<Ctx, "db" | "vault">,
  { environmentId, customerId, to, letter, fromName, replyTo, key, unsubscribeUrl }: QueueMail,
): Promise<void> {
  await asSystem(ctx.db, "mail waits in one place for all", async (tx) => {
    const recent = await tx.execute<{ n: number }>(sql`
      select count(*)::int as n from mails
       where environment_id = ${environmentId} and customer_id = ${customerId} and created_at > now() - interval '1 hour'`);
    if ((recent[0]?.n ?? 0) >= MOST_AN_HOUR)
      throw new AppError("quota_exceeded", "Too many mails were asked for within the hour.", { retryAfterMs: 3_600_000 });
    const id = randomUUID();
    await tx
      .insert(mails)
      .values({
        id,
        environmentId,
        customerId,
        recipient: to,
        subject: letter.subject,
        body: sealLetter(ctx.vault, { id, environmentId, customerId }, { ...letter, unsubscribeUrl }),
        fromName,
        replyTo,
        key,
        dueAt: sql`now()`,
      })
      .onConflictDoNothing({ target: mails.key });
  });
}
