import { sql } from "drizzle-orm";
import { customType, text, timestamp } from "drizzle-orm/pg-core";
import { type Id, type IdKind, newId } from "#server/lib/ids";

/** Primary key with a fresh prefixed id. */
export const primaryId = <K extends IdKind>(kind: K) =>
  text("id")
    .primaryKey()
    .$type<Id<K>>()
    .$defaultFn(() => newId(kind));

/** A reference column; the foreign key itself is composite and stands with the table. */
export const refId = <K extends IdKind>(name: string, _kind: K) => text(name).$type<Id<K>>();

export const vendorId = () => refId("vendor_id", "vendor").notNull();
export const environmentId = () => refId("environment_id", "environment").notNull();
export const customerId = () => refId("customer_id", "customer").notNull();

/** A moment; `timestamptz`, a `Date` in TypeScript. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
export const createdAt = () => moment("created_at").notNull().default(sql`now()`);

/** A 64-bit counter as a number: sequences and fences stay far below 2^53. */
export const counter = customType<{ data: number; driverData: string | number }>({
  dataType: () => "bigint",
  fromDriver: (value) => Number(value),
});
