import type { Direction, Owner, Owners } from "#server/domains/templates/schema";

/** What a direction is called, and what it does, told of the integration by its name. */
export const DIRECTION_WORDS: Record<Direction, { title: string; text: (name: string) => string }> = {
  pull: { title: "Read", text: (name) => `Records of ${name} come into your model.` },
  push: { title: "Write", text: (name) => `Your records go to ${name}. What changes there is not read.` },
  two_way: { title: "Both ways", text: (name) => `What changes here or in ${name} comes to the other side.` },
};

/** What the pace of a stream is: of one that only writes there is none, it writes when it is given something. */
export const paceLabel = (direction: Direction): string => (direction === "two_way" ? "Looks for changes" : "Reads changes");

export const ownerWords = (name: string): Record<Owner, string> => ({
  newest: "Whoever changed it last",
  ours: "You",
  theirs: name,
  manual: "A person decides",
});

/** What is meant when nothing is said. */
export const USUAL_OWNERS: Owners = { default: "newest", fields: {} };

export const deleteWords = (name: string) => ({
  keep: `Keep it at ${name}`,
  propagate: `Delete it at ${name} as well`,
});
