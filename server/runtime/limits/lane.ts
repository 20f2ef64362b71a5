import { AppError } from "#server/lib/errors";
import type { Board } from "./board";
import { LONGEST_WAIT_MS, RANKS, type RequestClass } from "./pace";
import type { SlotPool } from "./slot-pool";
import type { TakeAsk, Taken } from "./store";
import type { TokenPool } from "./token-pool";

/** A request about to be sent: whose it is, and what it takes of what is shared. */
export type Entry = {
  /** Name of the third party, for people. */
  name: string;
  klass: RequestClass;
  /** Ids of the app and, where it is known, the account. */
  ids: readonly string[];
  tokens: readonly TokenPool[];
  slots: readonly SlotPool[];
};

export type Take = (asks: readonly TakeAsk[]) => Promise<Taken[]>;

/** Call when the request is over. */
export type Leave = () => void;
type Waiter = { entry: Entry; rank: number; sinceMs: number; resolve: (leave: Leave) => void; reject: (error: unknown) => void };

/** So long a waiter sleeps at least and at most before it is looked at again. */
const SHORTEST_NAP_MS = 5;
const LONGEST_NAP_MS = 1_000;

const tooLong = ({ name }: Entry, waitMs: number) =>
  new AppError("provider_rate_limited", `${name} allows no more requests now; the next one goes out in ${Math.ceil(waitMs / 1_000)} s.`, {
    // Whoever is sent away comes back spread out.
    retryAfterMs: Math.ceil(Math.max(waitMs, SHORTEST_NAP_MS) * (1 + Math.random() / 10)),
  });

/** Requests of one app on their way out of this process, the most urgent first, each only when all it needs is there. */
export class Lane {
  readonly #board: Board;
  readonly #take: Take;
  #waiters: Waiter[] = [];
  #pumping = false;
  #rouse: (() => void) | null = null;

  constructor(board: Board, take: Take) {
    this.#board = board;
    this.#take = take;
  }

  get idle(): boolean {
    return this.#waiters.length === 0;
  }

  /**
   * Lets a request out, at once or when its turn comes. Throws `provider_rate_limited` with the time to come back when that is
   * further away than anybody waits in a slot.
   */
  async enter(entry: Entry, signal?: AbortSignal): Promise<Leave> {
    signal?.throwIfAborted();
    const now = performance.now();
    if (this.idle && this.#ready(entry, now)) return this.#begin(entry, now);
    return new Promise<Leave>((resolve, reject) => {
      const over = () => {
        signal?.removeEventListener("abort", onAbort);
        this.#waiters = this.#waiters.filter((one) => one !== waiter);
      };
      const waiter: Waiter = {
        entry,
        rank: RANKS.indexOf(entry.klass),
        sinceMs: now,
        resolve: (leave) => {
          over();
          resolve(leave);
        },
        reject: (error) => {
          over();
          reject(error);
        },
      };
      const onAbort = () => waiter.reject(signal?.reason);
      signal?.addEventListener("abort", onAbort, { once: true });
      const at = this.#waiters.findIndex((one) => one.rank > waiter.rank);
      this.#waiters.splice(at < 0 ? this.#waiters.length : at, 0, waiter);
      this.wake();
      void this.#pump();
    });
  }

  /** Something was given back, or somebody came. */
  wake(): void {
    this.#rouse?.();
  }

  #ready({ klass, ids, tokens, slots }: Entry, now: number): boolean {
    if (ids.some((id) => this.#board.waitMs(id, klass, now) > 0)) return false;
    return slots.every((slot) => slot.has()) && tokens.every((pool) => pool.has(now));
  }

  #begin({ klass, ids, tokens, slots }: Entry, now: number): Leave {
    for (const pool of tokens) pool.spend(klass, now);
    for (const slot of slots) slot.spend();
    const end = this.#board.begin(ids);
    return () => {
      end();
      for (const slot of slots) slot.release();
      this.wake();
    };
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (!this.idle) {
        this.#serve(performance.now());
        await this.#fetch();
        const nap = this.#serve(performance.now());
        if (!this.idle) await this.#sleep(nap);
      }
    } catch (error) {
      for (const waiter of [...this.#waiters]) waiter.reject(error);
    } finally {
      this.#pumping = false;
    }
  }

  /** Lets out who can go, sends away who would wait too long. Returns how long nothing will change for the others. */
  #serve(now: number): number {
    const ahead = new Map<TokenPool, number>();
    let nap = LONGEST_NAP_MS;
    for (const { entry, resolve } of [...this.#waiters]) {
      const isTurn = entry.tokens.length > 0 && entry.tokens.every((pool) => pool.isTurn(entry.klass, now));
      if (isTurn && this.#ready(entry, now)) resolve(this.#begin(entry, now));
    }
    for (const waiter of [...this.#waiters]) {
      const { entry, sinceMs } = waiter;
      if (this.#ready(entry, now)) {
        waiter.resolve(this.#begin(entry, now));
        continue;
      }
      const wait = this.#waitMs(entry, ahead, now);
      if (now - sinceMs + wait > LONGEST_WAIT_MS) waiter.reject(tooLong(entry, wait));
      else nap = Math.min(nap, Math.max(wait, this.#patience(entry, now)));
      for (const pool of entry.tokens) ahead.set(pool, (ahead.get(pool) ?? 0) + 1);
    }
    return nap;
  }

  /** While the pace is what they wait for, several tokens are fetched at once; a person is not made to wait for that. */
  #patience({ klass, tokens }: Entry, now: number): number {
    if (klass === "interactive") return 0;
    return Math.max(0, ...tokens.filter((pool) => !pool.has(now)).map((pool) => pool.pace.holdMs / 2));
  }

  #waitMs({ klass, ids, tokens, slots }: Entry, ahead: Map<TokenPool, number>, now: number): number {
    return Math.max(
      ...ids.map((id) => this.#board.waitMs(id, klass, now)),
      ...tokens.map((pool) => (pool.has(now) ? 0 : pool.waitMs(klass, ahead.get(pool) ?? 0, now))),
      ...slots.map((slot) => (slot.has() ? 0 : Math.max(SHORTEST_NAP_MS, slot.waitMs(now)))),
    );
  }

  /** What those lack who are not kept away by a refusal, for the most urgent of them and for how many. */
  #missing(now: number) {
    const pools = new Map<TokenPool, { klass: RequestClass; waiting: number }>();
    const slots = new Map<SlotPool, number>();
    for (const { entry } of this.#waiters) {
      if (entry.ids.some((id) => this.#board.waitMs(id, entry.klass, now) > 0)) continue;
      for (const slot of entry.slots.filter((one) => !one.has())) slots.set(slot, (slots.get(slot) ?? 0) + 1);
      for (const pool of entry.tokens.filter((one) => !one.has(now))) {
        const { klass, waiting } = pools.get(pool) ?? { klass: entry.klass, waiting: 0 };
        pools.set(pool, { klass, waiting: waiting + 1 });
      }
    }
    return { pools, slots };
  }

  /** Asks the database for what is missing, all buckets in one statement. */
  async #fetch(): Promise<void> {
    const now = performance.now();
    const { pools, slots } = this.#missing(now);
    for (const [slot, waiting] of slots) await slot.ask(waiting, now);
    const asks = [...pools].flatMap(([pool, { klass, waiting }]) => pool.ask(klass, waiting, now) ?? []);
    if (asks.length === 0) return;
    const byId = new Map([...pools.keys()].map((pool) => [pool.id, pool]));
    const sentMs = performance.now();
    for (const taken of await this.#take(asks)) byId.get(taken.id)?.took(taken, sentMs, performance.now());
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#rouse = null;
        resolve();
      };
      const timer = setTimeout(done, Math.min(LONGEST_NAP_MS, Math.max(SHORTEST_NAP_MS, ms)));
      this.#rouse = done;
    });
  }
}
