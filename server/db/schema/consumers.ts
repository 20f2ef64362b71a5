import { integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { counter, createdAt, environmentId, moment, refId } from "../columns";
import { environments } from "./identity";

/** A reader of the change feed that has told us its name, and how far it says it is done. One small row a reader. */
export const consumers = pgTable(
  "consumers",
  {
    environmentId: environmentId().references(() => environments.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    /** Done up to here, by its own word. */
    position: counter("position").notNull(),
    /** How far it was given changes since it was last moved: nobody is done with what they never got. */
    given: counter("given").notNull(),
    /** Counts how often a person moved it, so that a page read before a move says nothing after it. */
    moves: integer("moves").notNull().default(0),
    /** How old its oldest change may be before it counts as behind. */
    alertAfterMinutes: integer("alert_after_minutes").notNull().default(60),
    /** The key it reads with; null = nobody has read yet. */
    apiKeyId: refId("api_key_id", "apiKey"),
    /** When it last asked, exact to a minute. */
    seenAt: moment("seen_at"),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.environmentId, t.name] })],
);
