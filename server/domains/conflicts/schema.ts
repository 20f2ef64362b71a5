import { z } from "zod";
import type { ConnectionId, CustomerId, Id, StreamId } from "#server/lib/ids";

/** What becomes of a field: our value, theirs, or one that somebody gives. */
export const Choice = z.union([z.strictObject({ take: z.enum(["ours", "theirs"]) }), z.strictObject({ value: z.unknown() })]);
export type Choice = z.infer<typeof Choice>;

/** By field of the model. Fields that are not there stay open. */
export const Choices = z
  .record(z.string().min(1).max(200), Choice)
  .refine((all) => Object.keys(all).length > 0, "choose for one field at least");
export type Choices = z.infer<typeof Choices>;

/** A field that both sides have changed since they agreed. `name` and `type` are the model's. */
export type ConflictFieldView = { field: string; name: string; type: string; base: unknown; ours: unknown; theirs: unknown };

/** A record that waits for a person to say what counts. Both sides keep what they have meanwhile. */
export type ConflictView = {
  id: Id<"conflict">;
  streamId: StreamId;
  connectionId: ConnectionId;
  customerId: CustomerId;
  modelKey: string;
  /** The vendor's own id of the record, and the third party's. */
  ownId: string;
  externalId: string;
  /** What it is known by: a text or two of it. */
  what: string;
  fields: ConflictFieldView[];
  openedAt: Date;
};
