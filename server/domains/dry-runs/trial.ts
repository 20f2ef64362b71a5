import { z } from "zod";
import type { ModelField } from "#server/domains/models/schema";
import type { OnlyValues } from "#server/mapping/only-values";
import type { FieldMapping } from "#server/mapping/schema";
import type { Direction, Lookup, TemplateStream } from "../templates/schema";

/** So long after asking how far it is somebody counts as waiting. */
export const WAITED_MS = 20_000;

/** What a dry run is given: a whole mapping, so that what is tried is what was on the screen. Sealed with its call. */
export type Trial = {
  audience: "customer" | "vendor";
  /** The stream whose stored records are tried; null = it was never turned on. */
  streamId: string | null;
  object: string;
  fields: FieldMapping[];
  filter: string | null;
  /** Which of them, as the customer wants it. */
  only: OnlyValues;
  /** What is asked about records that are read for this; what is stored has its answers. */
  lookups?: Lookup[];
  model: ModelField[];
  /** Fields of the model that the reader may not know of. */
  hidden: string[];
  /** The filter is another one. */
  reread: boolean;
  /** Fields are read that the source was never asked for: what is stored shows nothing of them. */
  unasked: boolean;
  /** Of a stream that writes: which own records, and how the stream does it. */
  writes?: { direction: Exclude<Direction, "pull">; modelKey: string; settings: TemplateStream } | undefined;
  /** From when on records of a first reading must have changed, ISO; null = all are read. */
  since: string | null;
};

// Written by ourselves, checked when it was asked for: only its outline is looked at again.
const Outline = z.looseObject({
  audience: z.enum(["customer", "vendor"]),
  object: z.string(),
  fields: z.array(z.unknown()),
  model: z.array(z.unknown()),
  hidden: z.array(z.string()),
});

export const trialOf = (content: unknown): Trial => Outline.parse(content) as unknown as Trial;
