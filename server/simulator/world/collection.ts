import type { CollectionEvent, Properties } from "./object-kind";
import { draw, mix } from "./random";
import { Rendering } from "./rendering";
import { createTimeline, type Timeline } from "./timeline";

/** Ids of records made by a person or through the API start this far above the generated ones. */
const CREATED_OFFSET = 5_000_000;
/** Creation times of generated records spread over these two years, whatever the seed. */
const EPOCH = Date.UTC(2024, 5, 1);
const SPAN = 2 * 365 * 86_400_000;

/** Readers ask for few different sets of properties; one that varies them must not fill the memory. */
const MAX_RENDERINGS = 8;

export type Generate = (seed: number, index: number, revision: number) => Properties;

/** What is known of a slot beyond what is generated. */
type Slot = { revision: number; createdAt: number; archived: boolean; set: Properties | null };
type CollectionOptions = { seed: number; count: number; firstId: number; generate: Generate };

/**
 * All records of one object of one account. Generated records exist without being stored: a slot is filled in only when it was changed.
 * A slot is the position of a record; its id is a number that grows with the slot. `seed` and `generate` fix the content, `count` how many
 * records are generated, `firstId` the id of the first.
 */
export class Collection {
  /** The slots by the time of their last change. */
  readonly timeline: Timeline;
  /** Properties that go by another name since, by the one they had. */
  renamed: ReadonlyMap<string, string> = new Map();
  /** How many made-up properties of its own the account has. */
  ownFields = 0;
  readonly #options: CollectionOptions;
  readonly #renderings = new Map<string, Rendering>();
  #dropped = 0;
  #base: number;
  #created = 0;
  #archived = 0;
  #version = 0;
  #touched = new Map<number, Slot>();
  /** When each slot was last changed; longer than needed, so that it need not grow with every record made. */
  #times: Float64Array;

  constructor(options: CollectionOptions) {
    this.#options = options;
    this.#base = options.count;
    this.#times = baseTimes(options.seed, options.count);
    this.timeline = createTimeline(
      () => this.size(),
      (slot) => this.updatedAt(slot),
    );
  }

  /** Number of slots, archived ones included. */
  size(): number {
    return this.#base + this.#created;
  }
  liveCount(): number {
    return this.size() - this.#archived;
  }
  /** Grows with every change; a cached answer is good while it stands. */
  version(): number {
    return this.#version;
  }
  id(slot: number): string {
    return String(this.#options.firstId + (slot < this.#base ? slot : CREATED_OFFSET + slot - this.#base));
  }
  slotOf(id: string): number | null {
    if (!/^\d{1,15}$/.test(id)) return null;
    const generated = Number(id) - this.#options.firstId;
    if (generated >= 0 && generated < this.#base) return generated;
    const created = generated - CREATED_OFFSET;
    return created >= 0 && created < this.#created ? this.#base + created : null;
  }
  /** Epoch milliseconds. */
  createdAt(slot: number): number {
    return this.#touched.get(slot)?.createdAt ?? EPOCH + creationOffset(this.#options.seed, slot);
  }
  /** Epoch milliseconds of the last change. */
  updatedAt(slot: number): number {
    return this.#times[slot] as number;
  }
  isArchived(slot: number): boolean {
    return this.#archived > 0 && (this.#touched.get(slot)?.archived ?? false);
  }
  properties(slot: number): Properties {
    const state = this.#touched.get(slot);
    if (slot >= this.#base) return { ...state?.set };
    const generated = this.#options.generate(this.#options.seed, slot, state?.revision ?? 0);
    return state?.set ? { ...generated, ...state.set } : generated;
  }

  /** Records as bytes, separated by commas. `rendering` names the form, `make` writes one record of it; each is made once per change. */
  pieces(rendering: string, slots: ArrayLike<number>, make: (slot: number) => string): Buffer[] {
    let known = this.#renderings.get(rendering);
    if (!known) {
      if (this.#renderings.size >= MAX_RENDERINGS) this.#renderings.clear();
      known = new Rendering();
      this.#renderings.set(rendering, known);
    }
    return known.gather(slots, make);
  }

  /** Applies a change and returns the slot it concerned (the last one of many, -1 for none). */
  apply(event: CollectionEvent): number {
    this.#version++;
    switch (event.op) {
      case "size":
        return this.#resize(event.count);
      case "create":
        return this.#create(event.at, event.set);
      case "change":
        return this.#change(event);
      case "state":
        return this.#restore(event);
      case "set":
        return this.#update(event.id, event.at, (state) => {
          state.set = { ...state.set, ...event.set };
        });
      case "archive":
        return this.#update(event.id, event.at, (state) => {
          if (!state.archived) this.#archived++;
          state.archived = true;
        });
    }
  }

  /** Events that bring a fresh collection of the same options to this state. */
  *snapshot(): Generator<CollectionEvent> {
    if (this.#base !== this.#options.count) yield { op: "size", count: this.#base };
    for (const [slot, state] of [...this.#touched].sort(([a], [b]) => a - b)) {
      yield { op: "state", slot, ...state, updatedAt: this.updatedAt(slot), set: state.set ?? {} };
    }
  }

  /** The state of a slot that is about to change; what was rendered or ordered of it is forgotten. */
  #touch(slot: number, at: number): Slot {
    let state = this.#touched.get(slot);
    if (!state) {
      state = { revision: 0, createdAt: this.createdAt(slot), archived: false, set: null };
      this.#touched.set(slot, state);
    }
    this.#times[slot] = at;
    this.timeline.moved(slot);
    for (const rendering of this.#renderings.values()) rendering.drop(slot);
    if (++this.#dropped > this.size() * 2 + 10_000) {
      this.#renderings.clear(); // more dead bytes than living ones
      this.#dropped = 0;
    }
    return state;
  }

  #update(id: string, at: number, change: (state: Slot) => void): number {
    const slot = this.slotOf(id);
    if (slot === null) return -1;
    change(this.#touch(slot, at));
    return slot;
  }

  #create(at: number, set: Properties): number {
    const slot = this.size();
    this.#created++;
    if (slot >= this.#times.length) {
      const longer = new Float64Array(slot * 2 + 64);
      longer.set(this.#times);
      this.#times = longer;
    }
    this.#times[slot] = at;
    this.#touched.set(slot, { revision: 0, createdAt: at, archived: false, set });
    this.timeline.moved(slot);
    return slot;
  }

  #change(event: { at: number; count?: number; ids?: string[] }): number {
    const slots = event.ids ? event.ids.map((id) => this.slotOf(id)).filter((slot) => slot !== null) : spread(event.count ?? 0, this.#base);
    for (const slot of slots) {
      if (this.isArchived(slot)) continue;
      this.#touch(slot, event.at).revision++;
    }
    return slots.at(-1) ?? -1;
  }

  #resize(count: number): number {
    this.#base = count;
    this.#created = 0;
    this.#archived = 0;
    this.#touched = new Map();
    this.#times = baseTimes(this.#options.seed, count);
    this.#renderings.clear();
    this.timeline.reset();
    return -1;
  }

  #restore(event: Extract<CollectionEvent, { op: "state" }>): number {
    const { slot, revision, createdAt, updatedAt, archived, set } = event;
    while (this.size() <= slot) this.#create(createdAt, {});
    this.#touched.set(slot, { revision, createdAt, archived, set });
    this.#times[slot] = updatedAt;
    this.timeline.moved(slot);
    if (archived) this.#archived++;
    return slot;
  }
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
