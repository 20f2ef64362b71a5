import { z } from "zod";

export const StreamKey = z.string().min(1).max(100).meta({ description: "Key of one of the template's streams." });

export const FieldBody = z.record(z.string(), z.unknown()).meta({
  description: "How one field of the model is filled: `target` and one of `from`, `template`, `expression`, `constant`, with transforms.",
});

export const ChoicesBody = z
  .record(
    z.string().max(500),
    z.strictObject({
      customer: z.enum(["fixed", "optional", "choose", "must_choose", "hidden"]),
      prompt: z.string().min(1).max(300).optional(),
    }),
  )
  .meta({ description: "What customers may do with a field, by its key; one that is not here they see as it is." });

export const FilterBody = z
  .string()
  .max(2_000)
  .nullable()
  .meta({ description: "An expression that is true for the records to take; null = all." });

/** A draft as it stands with the caller, saved or not. */
export const DraftBody = z
  .strictObject({
    fields: z.array(FieldBody).max(1_000).optional(),
    filter: FilterBody.optional(),
    choices: ChoicesBody.optional(),
  })
  .meta({ description: "A draft that is not saved: what is left out is as in the template's draft, or as published." });

/** One stream's mapping at a version of its template. */
export const MappingContentBody = z.object({
  version: z.number().int().meta({ description: "That of the template it came with; of a draft, the one it would come with." }),
  fields: z.array(FieldBody),
  filter: FilterBody,
  choices: ChoicesBody,
});

/** Names what a change goes on from, so that the last writer does not win unseen. */
export const mappingBasis = z.string().max(100).optional().meta({
  description: "What you saw, as `getTemplateMapping` names it: saved or published by somebody else since, 409. Absent: whatever there is.",
});
