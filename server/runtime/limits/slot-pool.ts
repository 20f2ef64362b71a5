import type { Slots } from "./store";

const REFRESH_MS = 1_000;
/** Between two questions for more. */
const ASK_AGAIN_MS = 100;
/** After slots were left to another process that had none. */
const REST_MS = 150;

type Exchange = (ask: { using: number; want: number }) => Promise<Slots>;

/** This process's part of a number of requests that may be under way at once. Slots nobody uses are given back within a second or two. */
export class SlotPool {
  readonly limit: number;
  readonly #exchange: Exchange;
  readonly #wake: () => void;
  #using = 0;
  #allowed = 0;
  #hungry = false;
  /** Most under way since the last exchange. */
  #peak = 0;
  #notBeforeMs = 0;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(limit: number, exchange: Exchange, wake: () => void) {
    this.limit = limit;
    this.#exchange = exchange;
    this.#wake = wake;
  }

  get unused(): boolean {
    return this.#using === 0 && this.#allowed === 0 && this.#running === null;
  }

  has(): boolean {
    return this.#using < this.#allowed;
  }

  spend(): void {
    this.#using++;
    this.#peak = Math.max(this.#peak, this.#using);
  }

  release(): void {
    this.#using--;
    if (this.#hungry) {
      this.#notBeforeMs = performance.now() + REST_MS;
      this.#allowed = Math.min(this.#allowed, this.#using);
      this.#sync(this.#using).catch(() => {}); // what is not given back runs out by itself
    }
    this.#wake();
  }

  /** How long until asking for more makes sense. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#notBeforeMs - nowMs);
  }

  /** Asks for slots for `waiting` more. Throws what the database throws. */
  async ask(waiting: number, nowMs: number): Promise<void> {
    if (this.waitMs(nowMs) > 0) return;
    await this.#running;
    this.#notBeforeMs = nowMs + ASK_AGAIN_MS;
    await this.#sync(Math.min(this.limit, this.#using + waiting));
  }

  #sync(want: number): Promise<void> {
    const before = this.#running ?? Promise.resolve();
    const run = before
      .catch(() => {})
      .then(() => {
        const wanted = Math.max(want, this.#using);
        this.#allowed = Math.min(this.#allowed, wanted); // what is given back is not used meanwhile
        return this.#exchange({ using: this.#using, want: wanted });
      })
      .then(({ allowed, hungry }) => {
        this.#allowed = allowed;
        this.#hungry = hungry;
        this.#peak = this.#using;
        this.#plan();
      })
      .finally(() => {
        if (this.#running === run) this.#running = null;
      });
    this.#running = run;
    return run;
  }

  #plan(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#allowed === 0 && this.#using === 0) return;
    this.#timer = setTimeout(() => {
      this.#sync(Math.max(this.#peak, this.#using)).catch(() => this.#plan());
    }, REFRESH_MS).unref();
  }
}
