/** The slots of a collection in the order (last change, slot). Kept lazily: only what moved since the last look is merged in. */
export type Timeline = {
  /** Slots in order. The array is replaced, never changed in place. */
  order(): Uint32Array;
  /** Position of the first slot with updatedAt >= time. */
  firstAt(time: number): number;
  /** Position of the first slot after (time, slot). */
  firstAfter(time: number, slot: number): number;
  moved(slot: number): void;
  reset(): void;
};

export function createTimeline(size: () => number, updatedAt: (slot: number) => number): Timeline {
  let order: Uint32Array | null = null;
  const dirty = new Set<number>();
  const before = (a: number, b: number) => updatedAt(a) - updatedAt(b) || a - b;

  function refresh(): Uint32Array {
    if (order === null) {
      order = Uint32Array.from({ length: size() }, (_, slot) => slot).sort(before);
      dirty.clear();
    } else if (dirty.size > 0) {
      order = merge(order, [...dirty].sort(before), size());
      dirty.clear();
    }
    return order;
  }

  function merge(old: Uint32Array, moved: number[], length: number): Uint32Array {
    const merged = new Uint32Array(length);
    let out = 0;
    let next = 0;
    for (const slot of old) {
      if (dirty.has(slot)) continue;
      for (let candidate = moved[next]; candidate !== undefined && before(candidate, slot) < 0; candidate = moved[next]) {
        merged[out++] = candidate;
        next++;
      }
      merged[out++] = slot;
    }
    for (; next < moved.length; next++) merged[out++] = moved[next] as number;
    return merged;
  }

  /** Number of leading slots for which `isBefore` holds. */
  function search(isBefore: (slot: number) => boolean): number {
    const slots = refresh();
    let low = 0;
    let high = slots.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(slots[middle] as number)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    order: refresh,
    firstAt: (time) => search((slot) => updatedAt(slot) < time),
    firstAfter: (time, slot) => search((s) => updatedAt(s) < time || (updatedAt(s) === time && s <= slot)),
    moved: (slot) => void dirty.add(slot),
    reset() {
      order = null;
      dirty.clear();
    },
  };
}
