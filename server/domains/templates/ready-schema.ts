import { z } from "zod";
import { FieldChoices } from "#server/mapping/overrides";
import { EXPRESSION_LENGTH, MappingFields } from "#server/mapping/schema";
import { type ModelField, ModelFields, ModelKey } from "../models/schema";
import { TemplateStream } from "./schema";

/** A model that a ready template fills. */
export const ReadyModel = z.strictObject({
  key: ModelKey,
  name: z.string().min(1).max(100),
  description: z.string().max(500),
  fields: ModelFields,
});
export type ReadyModel = z.infer<typeof ReadyModel>;

/** One object into one model, as `TemplateStream`, with its mapping and what customers may choose. */
const ReadyStream = TemplateStream.extend({
  /** What flows, in a sentence. */
  summary: z.string().min(1).max(200),
  fields: MappingFields,
  /** True for the records to take; null = all. */
  filter: z.string().min(1).max(EXPRESSION_LENGTH).nullable(),
  choices: FieldChoices,
});
export type ReadyStream = z.infer<typeof ReadyStream>;

/** A use case on one connector. */
const ReadyStand = z.strictObject({
  /** Key of a connector we ship. */
  connector: z.string().min(1),
  /** Which side of the use case it is: "Shop", "Accounting". */
  side: z.string().min(1).max(40),
  /** What the template is called for customers. */
  name: z.string().min(1).max(80),
  description: z.string().min(1).max(300),
  streams: z.array(ReadyStream).min(1).max(50),
  /**
   * Given for connectors of any system: what its records have to look like, and which shipped connector will stand here once there is one
   * of its own.
   */
  expects: z.strictObject({ records: z.array(z.record(z.string(), z.json())).min(1), standsFor: z.string().max(200) }).optional(),
});
export type ReadyStand = z.infer<typeof ReadyStand>;

/** A use case of integration practice as plain data: what becomes a template of the vendor's own. */
export const ReadyTemplate = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: z.string().min(1).max(60),
  /** What it is good for, in one sentence. */
  useCase: z.string().min(1).max(240),
  /** Whose product has a use for it. */
  audience: z.string().min(1).max(200),
  /** Words it is searched by, besides those above. */
  words: z.array(z.string().min(1).max(40)),
  /** What of the use case runs today. */
  today: z.string().min(1).max(500),
  /** What is not part of it. */
  notIncluded: z.string().min(1).max(500),
  models: z.array(ReadyModel).min(1),
  stands: z.array(ReadyStand).min(1),
});
export type ReadyTemplate = z.infer<typeof ReadyTemplate>;

/** As its author writes it. */
export type ReadyTemplateInput = z.input<typeof ReadyTemplate>;
export type ReadyStreamInput = z.input<typeof ReadyStream>;
export type ReadyModelInput = z.input<typeof ReadyModel>;
export type ReadyFieldInput = z.input<typeof ModelField>;
