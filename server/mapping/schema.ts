import { z } from "zod";

/** A path into a record: keys and array indexes joined by dots, `properties.email`, `lines.0.sku`. */
const Path = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^.\s][^.]*(\.[^.]+)*$/u, "a path is names joined by dots, for example properties.email");

const Scalar = z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]);

/** The closed set of transforms. Each is total: a value that does not fit is a fault of the field, never an exception. */
export const Transform = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("trim") }),
  z.strictObject({ type: z.literal("lowercase") }),
  z.strictObject({ type: z.literal("uppercase") }),
  z.strictObject({ type: z.literal("string") }),
  z.strictObject({ type: z.literal("number") }),
  z.strictObject({ type: z.literal("boolean") }),
  z.strictObject({ type: z.literal("datetime") }),
  z.strictObject({ type: z.literal("date") }),
  z.strictObject({ type: z.literal("split"), separator: z.string().min(1).max(20) }),
  z.strictObject({ type: z.literal("join"), separator: z.string().max(20) }),
]);
export type Transform = z.infer<typeof Transform>;

/** How one field of the model gets its value. Exactly one of `from`, `template`, `constant` is given. */
export const FieldMapping = z
  .strictObject({
    target: Path,
    from: Path.optional(),
    /** Text with `{path}` holes: `{properties.firstname} {properties.lastname}`. */
    template: z.string().max(2_000).optional(),
    constant: Scalar.optional(),
    transforms: z.array(Transform).max(10).default([]),
    /** Value map, applied after the transforms; a value that is not in it stays as it is. */
    values: z.record(z.string().max(200), Scalar).optional(),
    /** Taken when the value is missing or null. */
    default: Scalar.optional(),
    required: z.boolean().default(false),
    /** What a value that does not fit does: leave the field out, take the default, or hold the whole record back. */
    onError: z.enum(["null", "default", "quarantine"]).default("quarantine"),
  })
  .refine((f) => [f.from, f.template, f.constant].filter((x) => x !== undefined).length === 1, {
    message: "give exactly one of from, template or constant",
  });
export type FieldMapping = z.infer<typeof FieldMapping>;

export const MappingFields = z
  .array(FieldMapping)
  .max(1_000)
  .superRefine((fields, ctx) => {
    const seen = new Set<string>();
    fields.forEach((field, index) => {
      if (seen.has(field.target)) ctx.addIssue({ code: "custom", path: [index, "target"], message: `"${field.target}" is mapped twice` });
      seen.add(field.target);
    });
  });
