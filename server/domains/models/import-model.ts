import { z } from "zod";
import { AppError } from "#server/lib/errors";
import { fieldsOfJsonSchema } from "#server/mapping/json-schema-fields";
import { fieldsOfSample, type Imported } from "#server/mapping/model-import";

/** One of the two. */
export const ImportModel = z.strictObject({
  schema: z.unknown().optional().meta({ description: "A JSON Schema of the object." }),
  sample: z.unknown().optional().meta({ description: "A record of it, or better a list of records." }),
});

/**
 * The fields that a model would have by a JSON Schema, or by records of it, and what could not be taken over; the same that the dashboard makes
 * of a text. Nothing is saved. Throws `invalid`.
 */
export function importModel({ schema, sample }: z.infer<typeof ImportModel>): Imported {
  if ((schema === undefined) === (sample === undefined)) throw new AppError("invalid", "Send either schema or sample.");
  try {
    return schema === undefined ? fieldsOfSample(JSON.stringify(sample)) : fieldsOfJsonSchema(JSON.stringify(schema));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const path = schema === undefined ? "sample" : "schema";
    throw new AppError("invalid", error.message, { details: { issues: [{ path, message: error.message }] }, cause: error });
  }
}
