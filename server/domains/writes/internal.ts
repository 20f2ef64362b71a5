import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "#server/lib/context";

/** The explicit predicate beside the wall: a customer's context sees its own rows only. */
export const ownRows = (ctx: Ctx, customer: SQL): SQL => (ctx.scope.customerId ? sql`and ${customer} = ${ctx.scope.customerId}` : sql``);

/** A list as one parameter, for `in`. */
export const listed = (values: readonly string[]): SQL => sql`(select jsonb_array_elements_text(${JSON.stringify(values)}::text::jsonb))`;

/** Tells why a record is held back, as one text: alike for records of one side with one code and field. */
export const causeOf = (side: "read" | "write", of: string): SQL =>
  sql`md5(${side}::text || ':' || coalesce(${sql.raw(of)}.code, '') || ':' || coalesce(${sql.raw(of)}.field, ''))`;

/** Places of the values in a record, each with a dot behind every name. */
export const leaves = (value: unknown, under = ""): string[] =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([name, inner]) => leaves(inner, `${under}${name}.`))
    : [under];
