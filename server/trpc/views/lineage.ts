import type { ConnectionId, CustomerId, RunId, StreamId, WriteId } from "#server/lib/ids";
import type { RunKind } from "../views";

/** Who did something. Customers are not told which of the vendor's people it was. */
type Author = { by: "customer" | "team" | "system"; who: string | null };

/**
 * What decided about a value, where it was not the mapping alone. `correction`: a person gave it for this record. `conflict`: a person chose between both sides.
 * `open_conflict`: nobody has chosen yet. `owner`: the template's rule for a field that goes both ways; `side` = whose value it is.
 */
export type LineageDecision =
  | ({ kind: "correction"; at: Date } & Author)
  | ({ kind: "conflict"; choice: "ours" | "theirs" | "own"; at: Date } & Author)
  | { kind: "open_conflict"; ours: unknown; theirs: unknown; since: Date }
  | { kind: "owner"; owner: "ours" | "theirs" | "newest" | "manual"; side: "ours" | "theirs" };

/** What was written of a field at the third party, the last time in 30 days: the third party took it. */
export type LineageSent = {
  writeId: WriteId;
  runId: RunId;
  op: "create" | "update" | "delete";
  at: Date;
  /** The field there, by its place and as it is called. */
  path: string;
  title: string;
  /** As it was sent, in the third party's spelling. */
  value: unknown;
};

export type LineageField = {
  /** Key and name of the model's field. */
  field: string;
  name: string;
  /** As the record has it now; null = nothing. */
  value: unknown;
  /** What it is read from, with what the source said when the record was last read. None of a fixed value, or of a stream that only writes. */
  sources: { path: string; title: string; value: unknown }[];
  /** Where it comes from and what is done to it on the way, in words; null where nothing is read. */
  origin: string | null;
  steps: string | null;
  /** How it goes to the third party, in words; null = it does not. */
  sending: { path: string; title: string; steps: string } | null;
  sent: LineageSent | null;
  decision: LineageDecision | null;
  /** Whose mapping it is, and since which version of the template's or the customer's own it is as it is. */
  mapped: { layer: "template" | "customer"; version: number; at: Date } & Author;
};

/** Where each value of a record comes from. */
export type Lineage = {
  /** Null = the third party has no record yet. */
  recordId: string | null;
  streamId: StreamId;
  connectionId: ConnectionId;
  customerId: CustomerId;
  model: string;
  integrationName: string;
  direction: "pull" | "push" | "two_way";
  externalId: string | null;
  /** The vendor's own id; null for what is only read. */
  ownId: string | null;
  /**
   * `revision`: which of the stream's mappings made the record, null = nothing was read. `isCurrent`: it is the one in force, which the fields tell of; else the record is
   * about to be mapped anew.
   */
  mapping: { revision: number | null; isCurrent: boolean; templateVersion: number };
  changedAt: Date;
  /** The run of the newest change; null = older than 90 days, or made by a decision and not by a run. */
  run: { id: RunId; kind: RunKind; trigger: string; startedAt: Date } | null;
  /** What is still to be written; null = nothing. */
  waiting: { state: "waiting" | "held" | "unknown"; code: string | null; message: string | null; field: string | null; since: Date } | null;
  fields: LineageField[];
};

/** A record that a run had to do with. */
export type RunRecord = {
  externalId: string;
  /** The vendor's own id, of what was written. */
  ownId: string | null;
  op: "created" | "updated" | "deleted";
  at: Date;
  /** What it is known by: a text or two of it; empty = nothing readable. */
  what: string;
  /** It is still there, and its lineage can be asked for. */
  isThere: boolean;
};
