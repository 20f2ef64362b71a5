import { z } from "zod";

export const FIELD_TYPES = ["string", "number", "boolean", "date", "datetime", "object", "array"] as const;

/** A typed field of one of the vendor's objects. */
export const ModelField = z.strictObject({
  key: z.string().regex(/^[a-z][a-zA-Z0-9_]*(\.[a-z][a-zA-Z0-9_]*)*$/, "letters, digits and _, starting with a small letter"),
  name: z.string().min(1).max(100),
  type: z.enum(FIELD_TYPES),
  required: z.boolean().default(false),
  description: z.string().max(500).optional(),
});
export type ModelField = z.infer<typeof ModelField>;
