import { z } from "zod";

/** How a reader of the feed calls itself: it stands in addresses, logs and tables. */
export const ConsumerName = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "1 to 63 letters, digits, dots, dashes or underscores, a letter or digit first");

const A_MONTH = 30 * 24 * 60;

/** After how many minutes a reader counts as behind. */
export const AlertAfterMinutes = z.number().int().min(1).max(A_MONTH);
