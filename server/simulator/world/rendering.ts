const SLAB_BYTES = 4 << 20;
/** A page made of more runs than this is copied together; of fewer, its runs are sent as they lie. */
const MAX_RUNS = 8;

/**
 * The records of a collection as bytes, rendered once each and laid side by side in large slabs. Records that are read in the order in which
 * they were rendered lie together, so a page costs no copy and no work for the garbage collector: a source under measurement has to be cheap.
 */
export class Rendering {
  readonly #slabs: Buffer[] = [];
  #used = 0;
  #slab = new Uint32Array(0);
  #start = new Uint32Array(0);
  #length = new Uint32Array(0);

  /** Forgets a record that changed. What it filled stays filled until the whole rendering is dropped. */
  drop(slot: number): void {
    if (slot < this.#length.length) this.#length[slot] = 0;
  }

  /** The records separated by commas, in as few pieces as possible; `make` writes one that is not there yet. */
  gather(slots: ArrayLike<number>, make: (slot: number) => string): Buffer[] {
    const runs: { slab: number; start: number; end: number }[] = [];
    let run: { slab: number; start: number; end: number } | undefined;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number;
      if (!this.#length[slot]) this.#store(slot, `${make(slot)},`);
      const slab = this.#slab[slot] as number;
      const start = this.#start[slot] as number;
      const end = start + (this.#length[slot] as number);
      if (run && run.slab === slab && run.end === start) run.end = end;
      else {
        run = { slab, start, end };
        runs.push(run);
      }
    }
    if (run) run.end--; // no comma after the last one
    const pieces = runs.map(({ slab, start, end }) => (this.#slabs[slab] as Buffer).subarray(start, end));
    return pieces.length > MAX_RUNS ? [Buffer.concat(pieces)] : pieces;
  }

  #store(slot: number, text: string): void {
    const room = text.length * 3; // the most that UTF-8 can need
    let slab = this.#slabs.at(-1);
    if (!slab || this.#used + room > slab.length) {
      slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, room));
      this.#slabs.push(slab);
      this.#used = 0;
    }
    if (slot >= this.#length.length) this.#grow(slot);
    const length = slab.write(text, this.#used);
    this.#slab[slot] = this.#slabs.length - 1;
    this.#start[slot] = this.#used;
    this.#length[slot] = length;
    this.#used += length;
  }

  #grow(slot: number): void {
    const longer = (old: Uint32Array) => {
      const grown = new Uint32Array(Math.max(1024, slot * 2));
      grown.set(old);
      return grown;
    };
    this.#slab = longer(this.#slab);
    this.#start = longer(this.#start);
    this.#length = longer(this.#length);
  }
}
