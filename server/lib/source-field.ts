/** What a field of a source seems to be, told from samples. */
export type SeenType = "string" | "number" | "boolean" | "datetime" | "date" | "array" | "object";

/** One field of a source's records, by its path. `custom`: the account's own, not one that every account has. */
export type SourceField = {
  path: string;
  title: string;
  type: SeenType;
  required?: boolean;
  custom?: boolean;
  /** All values there are, when the source says so or few enough were seen. */
  values?: string[];
  /** Of the samples, how many had nothing here: 0 to 1. */
  emptyShare?: number;
  /** A value as it came, shortened. */
  example?: string;
  /** The records at hand do not show it: it was not asked for, or it was cut out of them. That they have nothing there says nothing. */
  unread?: true;
};

/** A record of an account to try a mapping on. */
export type StoredSample = {
  /** Why it was chosen. `failing`: the template's own mapping does not take it. `other`: to make up the number. */
  why: "newest" | "oldest" | "emptiest" | "longest" | "failing" | "other";
  /** Its id at the source. */
  id: string;
  source: unknown;
  /** Long texts and lists of it were cut, or fields that nothing reads. */
  cut: boolean;
};
