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
  /** No two records of one customer share its value. Declared for readers of your API; not enforced. */
  unique: z.boolean().optional(),
  description: z.string().max(500).optional(),
  /** What an enum may be. */
  values: z.array(z.string().min(1).max(200)).max(1_000).optional(),
  /** The model that a reference points to, by its key. */
  references: z.string().max(100).optional(),
});
export type ModelField = z.infer<typeof ModelField>;

/** How a model is called in templates and in the API. */
export const ModelKey = z
  .string()
  .max(60)
  .regex(/^[a-z][a-z0-9_]*$/, "small letters, digits and _, starting with a letter");

/** The same place named twice, or a field under a field that is a plain value. */
function clashes(fields: readonly ModelField[]): { index: number; message: string }[] {
  const byKey = new Map<string, ModelField>();
  const found: { index: number; message: string }[] = [];
  fields.forEach((field, index) => {
    if (byKey.has(field.key)) found.push({ index, message: `"${field.key}" is there twice; rename or remove one` });
    byKey.set(field.key, field);
  });
  fields.forEach(({ key }, index) => {
    const parts = key.split(".");
    for (let n = 1; n < parts.length; n++) {
      const above = parts.slice(0, n).join(".").replace(/\[\]$/, "");
      if (byKey.has(above)) found.push({ index, message: `lies inside "${above}", which is a field itself; remove one of them` });
    }
  });
  return found;
}

/** All fields of a model: keys once, values where there is a choice. Issues stand at the field they are of. */
export const ModelFields = z
  .array(ModelField)
  .min(1, "a model has at least one field")
  .max(1_000)
  .superRefine((fields, ctx) => {
    for (const { index, message } of clashes(fields)) ctx.addIssue({ code: "custom", path: [index, "key"], message });
    fields.forEach((field, index) => {
      if (field.type === "enum" && (field.values ?? []).length === 0)
        ctx.addIssue({ code: "custom", path: [index, "values"], message: "a choice needs its values; add at least one" });
      if (new Set(field.values).size < (field.values ?? []).length)
        ctx.addIssue({ code: "custom", path: [index, "values"], message: "a value is there twice; remove one" });
    });
  });

/** A model as its author sends it. */
export const ModelContent = z.strictObject({
  name: z.string().trim().min(1).max(100),
  description: z.string().trim().max(500).default(""),
  fields: ModelFields,
});
export type ModelContent = z.infer<typeof ModelContent>;
