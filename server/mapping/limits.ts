/**
 * What one mapping may make of one record. A fault names the field; nothing is cut silently. The figures are far above
 * honest records and far below what hurts a worker.
 */
export const LIMITS = {
  /** Characters of one text, and of all text in a result. */
  text: 1_000_000,
  /** Values in the lists and objects of a result. */
  values: 50_000,
  /** How deep lists and objects of a result may lie in each other. */
  depth: 32,
  /** Parts a text may be split into. */
  parts: 10_000,
} as const;
