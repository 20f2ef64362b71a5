import { z } from "zod";
import type { ModelField } from "#server/domains/models/schema";
import { StreamChosen, type StreamOffers } from "#server/domains/templates/offers";
import type { Direction } from "#server/domains/templates/schema";
import type { ConnectionId, DriftId, StreamId, TemplateId } from "#server/lib/ids";
import type { SourceField } from "#server/lib/source-field";
import type { Drift } from "#server/mapping/drift";
import type { Conflict, FieldChoice } from "#server/mapping/overrides";
import { FieldMapping } from "#server/mapping/schema";
import type { Suggestion } from "#server/mapping/suggest";

const Target = z.string().min(1).max(500);
const FIELDS_LIMIT = 1_000;
const bounded = <T extends z.ZodType>(value: T) =>
  z.record(Target, value).refine((all) => Object.keys(all).length <= FIELDS_LIMIT, `at most ${FIELDS_LIMIT} fields at once`);

/** What a customer wants of single fields, by target: a mapping of their own, null to leave it out, `template` to go back to the template's. */
export const Wishes = bounded(z.union([FieldMapping, z.null(), z.literal("template")]));
export type Wishes = z.infer<typeof Wishes>;

/** The same before anything is turned on, by the key of the stream: there is nothing yet to go back from. */
export const Adaptations = z.record(z.string().min(1).max(100), bounded(FieldMapping.nullable()));
export type Adaptations = z.infer<typeof Adaptations>;

/** Which of a template's streams to turn on, by key. One that is not named is on, unless the template has it off. */
export const StreamSwitches = z.record(z.string().min(1).max(100), z.boolean());
export type StreamSwitches = z.infer<typeof StreamSwitches>;

/** What the customer chooses of what the streams offer, by their key. One that is not named stays as it is, or as the template has it. */
export const StreamChoices = z.record(z.string().min(1).max(100), StreamChosen);
export type StreamChoices = z.infer<typeof StreamChoices>;

/** The model's values for values of the source that no value map knows, by the source's value. */
export const ValueChoices = z.record(z.string().max(200), z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]));
export type ValueChoices = z.infer<typeof ValueChoices>;

/**
 * How a field stands. `template`: as the template has it. `own`: as the customer has it. `left_out`: the customer does not want it.
 * `missing`: nothing fills it yet, or it has to be chosen before the first turning on.
 */
export type FieldState = "template" | "own" | "left_out" | "missing";

export type AdaptField = {
  target: string;
  choice: FieldChoice;
  template: FieldMapping | null;
  /** What is in force. */
  current: FieldMapping | null;
  state: FieldState;
  /** The model needs it: it cannot be left out. */
  required: boolean;
};

/** What one click would do about a drift. `fields`: the mappings that come of it. */
export type DriftRemedy =
  | { kind: "patch"; label: string; fields: Record<string, FieldMapping | null> }
  /** Each of these values of the source needs one of ours: `to` of settling. `options` null = anything. */
  | { kind: "values"; label: string; values: string[]; options: string[] | null }
  /** Nothing that one click could do: what a person can. */
  | { kind: "explain"; label: string }
  /** The customer's own choice of which records are taken asks for it: theirs to change in the settings, or to leave. */
  | { kind: "own"; label: string }
  /** Nothing that the customer could do: the vendor's filter asks for it. */
  | { kind: "vendor"; label: string };

export type DriftStatus = "open" | "accepted" | "dismissed" | "gone";

export type DriftView = {
  id: DriftId;
  streamId: StreamId;
  kind: Drift["kind"];
  path: string;
  /** The model's fields that it reaches, by key. */
  targets: string[];
  /** Whether it decides which records are taken. */
  filter: boolean;
  /** What happened, in plain words. */
  message: string;
  /** Where the field seems to have gone. */
  to: string | null;
  status: DriftStatus;
  foundAt: Date;
  remedy: DriftRemedy;
};

/** A drift in the fleet: whose it is. */
export type DriftRow = Omit<DriftView, "remedy"> & {
  customerId: string;
  customerName: string;
  connectionId: ConnectionId;
  integrationName: string;
  streamLabel: string;
  settledAt: Date | null;
};

/** A record to try a mapping on. */
export type Sample = {
  label: string;
  source: unknown;
  /** It was too long: texts and lists of it are shortened, and fields that nothing reads may be left out. */
  cut?: boolean;
};

/** A suggested source field, with the mapping that taking it would make. */
export type FieldSuggestion = Suggestion & { field: FieldMapping };

export type AdaptStream = {
  key: string;
  object: string;
  label: string;
  /** Null = it was never turned on. */
  streamId: StreamId | null;
  isOn: boolean;
  /** Which way its records go. */
  direction: Direction;
  /** Of the template's mapping that is in force, or would be. */
  templateVersion: number;
  model: { key: string; name: string; fields: ModelField[] };
  fields: AdaptField[];
  sourceFields: SourceField[];
  /** How the look at the account's fields stands. */
  schema: { state: "never" | "looking" | "ready" | "failed"; takenAt: Date | null; message: string | null };
  /** `n`: the revision to send with every change; 0 = the customer has changed nothing yet. */
  overrides: { n: number; conflicts: Conflict[] };
  drifts: DriftView[];
  suggestions: FieldSuggestion[];
  samples: Sample[];
  /** Which records are taken: an expression, null = all. */
  filter: string | null;
  /** How often it is read, and how many days back the first reading begins (null = all), as the template has it. */
  intervalMs: number;
  backfillDays: number | null;
  /** What of this the customer may choose, and has chosen. */
  offers: StreamOffers;
  chosen: StreamChosen;
};

/** All that the mapping step and the mapping tab show of one template on one connection. */
export type Adaptation = { connectionId: ConnectionId; templateId: TemplateId; templateName: string; streams: AdaptStream[] };

export type FieldChange = {
  target: string;
  /** The field's name in the model. */
  name: string;
  before: FieldMapping | null;
  after: FieldMapping | null;
  /** Both in plain words. */
  beforeText: string;
  afterText: string;
};

export type OverridesVersion = {
  n: number;
  at: Date;
  by: "customer" | "team" | "system";
  /** The member's address, for the vendor's team only. */
  who: string | null;
  /** Against the revision before; that of the first is the template. */
  changes: FieldChange[];
  conflicts: number;
};

export type MappingDocumentRow = {
  /** Our field: key and name. */
  target: string;
  field: string;
  /** Where it comes from, as the source calls it; null for a fixed value, one that is left out, and where the stream reads nothing. */
  from: string | null;
  /** Where it is written, as the third party calls it; null for what is only read. */
  to: string | null;
  /** The path behind it, at the third party. */
  path: string | null;
  /** How it is changed on the way, in words. */
  how: string;
  /** What happens when there is nothing. */
  whenEmpty: string;
  /** Of the newest record. */
  example: string | null;
  own: boolean;
};

export type MappingDocument = {
  connectionId: ConnectionId;
  integrationName: string;
  accountLabel: string;
  streams: {
    id: StreamId;
    key: string;
    label: string;
    template: string;
    model: string;
    direction: Direction;
    /** Which records the template takes, for the vendor's team. */
    filter: string | null;
    /** The same in sentences, with what the customer has chosen, and before it what is written there. */
    only: string[];
    rows: MappingDocumentRow[];
  }[];
  /** The same as a text to keep. */
  markdown: string;
};
