import { sql } from "drizzle-orm";
import { foreignKey, index, integer, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import { createdAt, moment, refId } from "../columns";
import { customers } from "./customers";

/**
 * Mail to customers that waits to be sent, or was; and, where no mail server is configured, all mail, which the demo shows. What was
 * sent keeps its key for a while and none of its words.
 */
export const mails = pgTable(
  "mails",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    /** Whose customer it is about; no customer = a letter to a member; neither = a sign-in link. */
    environmentId: refId("environment_id", "environment"),
    customerId: refId("customer_id", "customer"),
    recipient: text("recipient").notNull(),
    subject: text("subject").notNull(),
    body: text("body").notNull(),
    fromName: text("from_name"),
    replyTo: text("reply_to"),
    /** What it is about, so that nobody is told twice. */
    key: text("key"),
    /** When it is tried next; null = it is never sent, or was. */
    dueAt: moment("due_at"),
    sentAt: moment("sent_at"),
    attempts: integer("attempts").notNull().default(0),
    createdAt: createdAt(),
  },
  (t) => [
    unique("mails_key").on(t.key),
    index("mails_due").on(t.dueAt).where(sql`due_at is not null`),
    foreignKey({ columns: [t.environmentId, t.customerId], foreignColumns: [customers.environmentId, customers.id] }).onDelete("cascade"),
  ],
);
