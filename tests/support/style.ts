/** A test by its file and the words it is called by there. */
export type Proof = readonly [file: string, title: string];

/** A way in which third parties differ: who does it so, where a manifest says it, and the tests that prove it. */
export type Style = { style: string; seen: string; says: string; proofs: readonly Proof[] };

export const one = (style: string, seen: string, says: string, ...proofs: Proof[]): Style => ({ style, seen, says, proofs });
