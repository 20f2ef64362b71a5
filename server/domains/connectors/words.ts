/** Name → what it is for, in one or two sentences, and an example value. */
export type Words = Record<string, readonly [says: string, example: unknown]>;
