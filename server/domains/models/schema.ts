import { z } from "zod";

export const FIELD_TYPES = [
  "string",
  "number",
  "decimal",
  "boolean",
  "date",
  "datetime",
  "enum",
  "reference",
  "money",
  "object",
  "array",
] as const;

/** A typed field of one of the vendor's objects. */
export const ModelField = z.strictObject({
  /** `email`, `address.city`, or a field of each entry of a list: `lines[].sku`. */
  key: z.string().regex(/^[a-z][a-zA-Z0-9_]*(?:(?:\[\])?\.[a-z][a-zA-Z0-9_]*)*$/, "letters, digits and _, starting with a small letter"),
  name: z.string().min(1).max(100),
  type: z.enum(FIELD_TYPES),
  required: z.boolean().default(false),
  description: z.string().max(500).optional(),
  /** What an enum may be. */
  values: z.array(z.string().min(1).max(200)).max(1_000).optional(),
  /** The model that a reference points to, by its key. */
  references: z.string().max(100).optional(),
});
export type ModelField = z.infer<typeof ModelField>;
