import { pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createdAt } from "../columns";

/** Mail that was not sent because no mail server is configured; the demo shows it. Never written when one is. */
export const mails = pgTable("mails", {
  id: uuid("id").primaryKey().defaultRandom(),
  recipient: text("recipient").notNull(),
  subject: text("subject").notNull(),
  body: text("body").notNull(),
  createdAt: createdAt(),
});
