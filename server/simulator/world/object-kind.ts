/** The objects every simulated account holds. */
export const OBJECT_KINDS = ["contacts", "companies", "deals"] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** The properties of a record as the simulated SaaS stores them: text or nothing. */
export type Properties = Record<string, string | null>;

/** One change of a collection, as it is journalled. Replaying the journal gives the same state. Times are epoch milliseconds. */
export type CollectionEvent =
  | { op: "size"; count: number }
  | { op: "set"; id: string; at: number; set: Properties }
  | { op: "create"; at: number; set: Properties }
  | { op: "archive"; id: string; at: number }
  | { op: "change"; at: number; count?: number; ids?: string[] }
  | { op: "state"; slot: number; revision: number; createdAt: number; updatedAt: number; archived: boolean; set: Properties };
