import { z } from "zod";
import type { Id, IdKind } from "#server/lib/ids";

/** An id of ours in an input. Any short text passes: one that names nothing is `not_found`, like one that is not the caller's. */
export const idOf = <K extends IdKind>(kind: K) =>
  z
    .string()
    .min(1)
    .max(100)
    .meta({ description: `Id of a ${kind}.`, type: "string" })
    .transform((value) => value as Id<K>);

export const externalId = z.string().trim().min(1).max(200).meta({ description: "Your own id of the customer." });
/** A customer in a filter. */
export const customerName = z.string().min(1).max(200).meta({ description: "A customer, by our id (`cus_…`) or by your own." });

export const name = z.string().trim().min(1).max(200);

export const contactEmail = z.email().max(200).nullable().optional().meta({
  description:
    "Whom we write to, in your name, when an account of the customer has to be connected again; null = nobody. Not given, it stays as it is.",
});

/** Where the page before ended: its `next`. */
export const cursor = z.string().max(1_000).optional().meta({ description: "`next` of the page before; absent for the first page." });

export const limitUpTo = (most: number, usual: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(most)
    .default(usual)
    .meta({ description: `Items a page, 1 to ${most}.` });

export const moment = z.string().meta({ format: "date-time", description: "RFC 3339, in UTC." });

/** A page of a list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: "Send it as `cursor` for the next page; null at the end." }),
  });
