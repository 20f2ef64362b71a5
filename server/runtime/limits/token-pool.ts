import { isTurn, type Level, levelAt, type Pace, RANKS, type RequestClass, reserveOf, waitFor } from "./pace";
import type { TakeAsk, Taken } from "./store";

/** How long a bucket found empty is not asked again, at most: others may have given something back. */
const ASK_AGAIN_MS = 1_000;
/** Tokens that may not be held are there for whoever asked for them, and for nobody else. */
const HANDED_OVER_MS = 20;

/** What this process holds of one bucket: tokens it took and has not spent, and what it knows of the rest. Times are the process's own. */
export class TokenPool {
  readonly id: string;
  readonly pace: Pace;
  #held = 0;
  #heldUntilMs = 0;
  #back = 0;
  #spent = 0;
  #askedMs: number;
  /** As it was left by the last take; null before the first. */
  #level: Level | null = null;
  readonly #servedMs: Record<RequestClass, number>;

  constructor(id: string, pace: Pace, nowMs: number) {
    this.id = id;
    this.pace = pace;
    this.#askedMs = nowMs;
    this.#servedMs = Object.fromEntries(RANKS.map((klass) => [klass, nowMs])) as Record<RequestClass, number>;
  }

  get usedMs(): number {
    return this.#askedMs;
  }

  has(nowMs: number): boolean {
    if (this.#held > 0 && nowMs > this.#heldUntilMs) {
      this.#back += this.#held;
      this.#held = 0;
    }
    return this.#held > 0;
  }

  spend(klass: RequestClass, nowMs: number): void {
    this.#held--;
    this.#spent++;
    this.#servedMs[klass] = nowMs;
  }

  /** Whether it is the turn of `klass`, before those above it. */
  isTurn(klass: RequestClass, nowMs: number): boolean {
    return isTurn(this.pace, nowMs - this.#servedMs[klass]);
  }

  /** How long until one of `klass`, behind `ahead` others, can be served. */
  waitMs(klass: RequestClass, ahead: number, nowMs: number): number {
    if (this.#level === null) return 0;
    return waitFor(levelAt(this.#level, this.pace, nowMs), this.pace, klass, nowMs - this.#servedMs[klass], ahead);
  }

  /** What to ask the database for when `waiting` are here, the first of them of `klass`; null while it would be in vain. */
  ask(klass: RequestClass, waiting: number, nowMs: number): TakeAsk | null {
    if (this.waitMs(klass, 0, nowMs) > 0 && nowMs - this.#askedMs < ASK_AGAIN_MS) return null;
    const { holdMs, perMs } = this.pace;
    const used = (this.#spent / Math.max(1, nowMs - this.#askedMs)) * holdMs;
    const ask = {
      id: this.id,
      pace: this.pace,
      want: waiting + Math.floor(Math.min(used, holdMs * perMs)),
      reserve: reserveOf(klass, this.pace, nowMs - this.#servedMs[klass]),
      back: this.#back + this.#held,
    };
    this.#back = 0;
    this.#held = 0;
    this.#spent = 0;
    this.#askedMs = nowMs;
    return ask;
  }

  /** `sentMs`: when the statement left. Tokens count from then, and are there at least for whoever is waiting now. */
  took({ granted, tokens }: Taken, sentMs: number, nowMs: number): void {
    this.#held += granted;
    this.#heldUntilMs = Math.max(sentMs + this.pace.holdMs, nowMs + HANDED_OVER_MS);
    this.#level = { tokens, atMs: nowMs };
  }
}
