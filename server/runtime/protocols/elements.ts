const elements = new WeakSet<object>();

/** Notes that a value is an element that was read from markup, where one of a kind cannot be told from a list of one. */
export function markElement<T extends object>(tree: T): T {
  elements.add(tree);
  return tree;
}

export const isElement = (value: unknown): boolean => typeof value === "object" && value !== null && elements.has(value);
