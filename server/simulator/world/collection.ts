import { draw, mix } from "./random";
import { createTimeline, type Timeline } from "./timeline";
import type { CollectionEvent, Properties } from "./types";

/** Ids of records made by a person or through the API start this far above the generated ones. */
const CREATED_OFFSET = 5_000_000;
/** Creation times of generated records spread over these two years, whatever the seed. */
const EPOCH = Date.UTC(2024, 5, 1);
const SPAN = 2 * 365 * 86_400_000;

export type Generate = (seed: number, index: number, revision: number) => Properties;

type Slot = { revision: number; createdAt: number; updatedAt: number; archived: boolean; set: Properties | null };
type Render = (slot: number) => Buffer;

/**
 * All records of one object of one account. Generated records exist without being stored: a slot is filled in only when it was changed.
 * A slot is the position of a record; its id is a number that grows with the slot.
 */
export type Collection = {
  /** Slots, archived ones included. */
  size(): number;
  liveCount(): number;
  /** Grows with every change; a cached answer is good while it stands. */
  version(): number;
  id(slot: number): string;
  slotOf(id: string): number | null;
  createdAt(slot: number): number;
  updatedAt(slot: number): number;
  isArchived(slot: number): boolean;
  properties(slot: number): Properties;
  timeline: Timeline;
  /** The bytes of a record in one rendering, made once and kept until the record changes. */
  bytes(rendering: string, slot: number, render: Render): Buffer;
  /** Applies a change and returns the slot it concerned (the last one of many). */
  apply(event: CollectionEvent): number;
  /** Events that bring a fresh collection of the same seed to this state. */
  snapshot(): Generator<CollectionEvent>;
};

/** `seed` and `generate` fix the content, `count` how many records are generated, `firstId` the id of the first. */
export function createCollection(options: { seed: number; count: number; firstId: number; generate: Generate }): Collection {
  const { seed, firstId, generate } = options;
  const initialCount = options.count;
  let base = initialCount;
  let created = 0;
  let archivedCount = 0;
  let version = 0;
  let touched = new Map<number, Slot>();
  let times = baseTimes(seed, base);
  const renderings = new Map<string, (Buffer | undefined)[]>();
  const timeline = createTimeline(
    () => base + created,
    (slot) => updatedAt(slot),
  );

  function updatedAt(slot: number): number {
    return touched.get(slot)?.updatedAt ?? (times[slot] as number);
  }
  function createdAt(slot: number): number {
    return touched.get(slot)?.createdAt ?? EPOCH + creationOffset(seed, slot);
  }
  function slotOf(id: string): number | null {
    if (!/^\d{1,15}$/.test(id)) return null;
    const n = Number(id) - firstId;
    if (n >= 0 && n < base) return n;
    const k = n - CREATED_OFFSET;
    return k >= 0 && k < created ? base + k : null;
  }
  function touch(slot: number): Slot {
    let state = touched.get(slot);
    if (!state) {
      state = { revision: 0, createdAt: createdAt(slot), updatedAt: updatedAt(slot), archived: false, set: null };
      touched.set(slot, state);
    }
    timeline.moved(slot);
    for (const cache of renderings.values()) cache[slot] = undefined;
    return state;
  }
  function resize(count: number): number {
    base = count;
    created = archivedCount = 0;
    touched = new Map();
    times = baseTimes(seed, base);
    renderings.clear();
    timeline.reset();
    return 0;
  }
  function create(at: number, set: Properties): number {
    const slot = base + created++;
    touched.set(slot, { revision: 0, createdAt: at, updatedAt: at, archived: false, set });
    timeline.moved(slot);
    return slot;
  }
  function archive(slot: number, at: number): number {
    const state = touch(slot);
    if (!state.archived) archivedCount++;
    state.archived = true;
    state.updatedAt = at;
    return slot;
  }
  function change(event: { at: number; count?: number; ids?: string[] }): number {
    const slots = event.ids ? event.ids.map((id) => slotOf(id)).filter((s) => s !== null) : spread(event.count ?? 0, base);
    for (const slot of slots) {
      if (touched.get(slot)?.archived) continue;
      const state = touch(slot);
      state.revision++;
      state.updatedAt = event.at;
    }
    return slots.at(-1) ?? -1;
  }
  function restore(event: Extract<CollectionEvent, { op: "state" }>): number {
    while (base + created <= event.slot) create(event.createdAt, {});
    const { revision, archived, set } = event;
    touched.set(event.slot, { revision, createdAt: event.createdAt, updatedAt: event.updatedAt, archived, set });
    timeline.moved(event.slot);
    if (archived) archivedCount++;
    return event.slot;
  }
  function setProperties(slot: number, at: number, set: Properties): number {
    const state = touch(slot);
    state.set = { ...state.set, ...set };
    state.updatedAt = at;
    return slot;
  }

  return {
    size: () => base + created,
    liveCount: () => base + created - archivedCount,
    version: () => version,
    id: (slot) => String(firstId + (slot < base ? slot : CREATED_OFFSET + slot - base)),
    slotOf,
    createdAt,
    updatedAt,
    isArchived: (slot) => touched.get(slot)?.archived ?? false,
    properties(slot) {
      const state = touched.get(slot);
      if (slot >= base) return { ...state?.set };
      const generated = generate(seed, slot, state?.revision ?? 0);
      return state?.set ? { ...generated, ...state.set } : generated;
    },
    timeline,
    bytes(rendering, slot, render) {
      let cache = renderings.get(rendering);
      if (!cache) {
        if (renderings.size >= 8) renderings.clear(); // callers ask for few different sets of properties; do not grow for one that varies them
        cache = [];
        renderings.set(rendering, cache);
      }
      const known = cache[slot];
      if (known) return known;
      const bytes = render(slot);
      cache[slot] = bytes;
      return bytes;
    },
    apply(event) {
      version++;
      if (event.op === "size") return resize(event.count);
      if (event.op === "create") return create(event.at, event.set);
      if (event.op === "change") return change(event);
      if (event.op === "state") return restore(event);
      const slot = slotOf(event.id);
      if (slot === null) return -1;
      return event.op === "set" ? setProperties(slot, event.at, event.set) : archive(slot, event.at);
    },
    *snapshot() {
      if (base !== initialCount) yield { op: "size", count: base };
      for (const slot of [...touched.keys()].sort((a, b) => a - b)) {
        const state = touched.get(slot) as Slot;
        yield { op: "state", slot, ...state, set: state.set ?? {} };
      }
    },
  };
}

function creationOffset(seed: number, slot: number): number {
  return Math.floor((draw(seed ^ 0x51ed, slot) / 0x1_0000_0000) * SPAN);
}

/** When each generated record was last changed: some time between its creation and the end of the two years. */
function baseTimes(seed: number, count: number): Float64Array {
  const times = new Float64Array(count);
  for (let slot = 0; slot < count; slot++) {
    const offset = creationOffset(seed, slot);
    const share = mix(draw(seed, slot) ^ 0x77) / 0x1_0000_0000;
    times[slot] = EPOCH + offset + Math.floor((SPAN - offset) * share);
  }
  return times;
}

/** `count` slots spread evenly over all generated ones. */
function spread(count: number, base: number): number[] {
  const wanted = Math.min(count, base);
  const step = base / Math.max(1, wanted);
  return Array.from({ length: wanted }, (_, i) => Math.floor(i * step));
}
