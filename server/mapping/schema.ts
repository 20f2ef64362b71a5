import { z } from "zod";
import { pathParts } from "./paths";
import type { Param } from "./transforms/define";
import { TRANSFORMS, type Transform as TransformSpec } from "./transforms/registry";

/** A path into a record: names joined by dots, `properties.email`, `lines[].sku`, `lines[0].sku`, `["a.b"]`. */
const Path = z
  .string()
  .min(1)
  .max(500)
  .regex(/^\S/u, "a path starts with a name, for example properties.email")
  .superRefine((path, ctx) => {
    try {
      pathParts(path);
    } catch (error) {
      ctx.addIssue({ code: "custom", message: error instanceof RangeError ? error.message : "not a path" });
    }
  });

const Scalar = z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]);

const VALUES_LIMIT = 10_000;
const Values = z
  .record(z.string().max(200), Scalar)
  .refine((values) => Object.keys(values).length <= VALUES_LIMIT, `a value map has at most ${VALUES_LIMIT} entries`);

/** The check of one setting, from what the transform says about it. */
function settingSchema(param: Param): z.ZodType {
  switch (param.kind) {
    case "text":
      return z
        .string()
        .min(param.min ?? 0)
        .max(param.max);
    case "texts":
      return z.array(z.string().max(200)).min(1).max(param.max);
    case "integer":
      return z.int().min(param.min).max(param.max);
    case "choice":
      return z.enum(param.options);
    case "zone":
      return z.string().min(1).max(60);
    case "path":
      return Path;
    case "paths":
      return z.array(Path).min(1).max(param.max);
    case "scalar":
      return Scalar;
    case "values":
      return Values;
    default:
      return param satisfies never;
  }
}

const specSchema = ({ type, params }: (typeof TRANSFORMS)[number]) =>
  z.strictObject({
    type: z.literal(type),
    ...Object.fromEntries(
      Object.entries(params).map(([name, param]) => [name, param.optional ? settingSchema(param).optional() : settingSchema(param)]),
    ),
  });

type Specs = [ReturnType<typeof specSchema>, ...ReturnType<typeof specSchema>[]];

/** The closed set of transforms. Each is total: a value that does not fit is a fault of the field, never an exception. */
export const Transform = z.discriminatedUnion("type", TRANSFORMS.map(specSchema) as Specs) as unknown as z.ZodType<
  TransformSpec,
  TransformSpec
>;
export type Transform = TransformSpec;

/** The longest expression, in characters. */
export const EXPRESSION_LENGTH = 2_000;

/** How one field of the model gets its value. Exactly one of `from`, `template`, `expression`, `constant` is given. */
export const FieldMapping = z
  .strictObject({
    target: Path,
    from: Path.optional(),
    /** Text with `{path}` holes: `{properties.firstname} {properties.lastname}`. */
    template: z.string().max(2_000).optional(),
    /** Computed, in CEL over the record: `amount * quantity`. */
    expression: z.string().min(1).max(EXPRESSION_LENGTH).optional(),
    constant: Scalar.optional(),
    transforms: z.array(Transform).max(10).default([]),
    /** Value map, applied after the transforms; a value that is not in it stays as it is. */
    values: Values.optional(),
    /** Taken when the value is missing or null. */
    default: Scalar.optional(),
    required: z.boolean().default(false),
    /** What a value that does not fit does: leave the field out, take the default, or hold the whole record back. */
    onError: z.enum(["null", "default", "quarantine"]).default("quarantine"),
  })
  .refine((f) => [f.from, f.template, f.expression, f.constant].filter((x) => x !== undefined).length === 1, {
    message: "give exactly one of from, template, expression or constant",
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
