import type { Database } from "#server/db/client";
import { LONGEST_WAIT_MS, type RequestClass, waitAfter } from "./pace";
import { type Closed, closeFor, holdFor, openAgain, readClosed } from "./store";

/** So old may be what a process knows of refusals that others met. */
const STALE_MS = 800;
const LOOK_MS = 300;
/** A process that asks nothing for so long stops looking. */
const IDLE_MS = 5_000;
/** While a refused account or app has had no success yet, one request at a time tries it. */
const PROBE_MS = 250;

/** What is closed about one account or app. Moments by this process's clock. */
type Mark = { blockedUntilMs: number; heldUntilMs: number; strikes: number; probes: number };

/** What third parties have refused, as all workers know it: read anew while requests go out, never by the request itself. */
export class Board {
  readonly #db: Database;
  readonly #marks = new Map<string, Mark>();
  #readMs = Number.NEGATIVE_INFINITY;
  #usedMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #reading: Promise<void> | null = null;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Waits only for the first look after a rest. */
  async fresh(): Promise<void> {
    this.#usedMs = performance.now();
    if (this.#usedMs - this.#readMs > STALE_MS) await this.#look();
    if (this.#timer === null) this.#plan();
  }

  /** How long a request has to stay away for this account or app; 0 = not at all. */
  waitMs(id: string, klass: RequestClass, nowMs: number): number {
    const mark = this.#marks.get(id);
    if (!mark) return 0;
    const wait = Math.max(mark.blockedUntilMs, klass === "interactive" ? 0 : mark.heldUntilMs) - nowMs;
    return wait > 0 ? wait : mark.strikes > 0 && mark.probes > 0 ? PROBE_MS : 0;
  }

  /** A request sets out. Call what this returns when it is over. */
  begin(ids: readonly string[]): () => void {
    const marks = ids.map((id) => this.#marks.get(id)).filter((mark) => mark !== undefined);
    for (const mark of marks) mark.probes++;
    return () => {
      for (const mark of marks) mark.probes--;
    };
  }

  /** The third party refused. Returns how long everybody waits now. */
  async close(id: string, saidMs: number): Promise<number> {
    const mark = this.#mark(id);
    const now = performance.now();
    mark.blockedUntilMs = Math.max(mark.blockedUntilMs, now + saidMs);
    mark.strikes = Math.max(mark.strikes, 1);
    this.#take(await closeFor(this.#db, id, (strikes) => waitAfter(saidMs, strikes)));
    return Math.max(saidMs, mark.blockedUntilMs - performance.now());
  }

  /** Little is left until `ms` from now; with nothing left, everyone stays away. */
  async hold(id: string, ms: number, everyone: boolean): Promise<void> {
    const mark = this.#mark(id);
    const until = performance.now() + ms;
    const known = everyone ? mark.blockedUntilMs : mark.heldUntilMs;
    if (known >= until - LONGEST_WAIT_MS / 10) return;
    mark.heldUntilMs = Math.max(mark.heldUntilMs, until);
    if (everyone) mark.blockedUntilMs = Math.max(mark.blockedUntilMs, until);
    await holdFor(this.#db, id, ms, everyone);
  }

  /** A request went well: what was refused before is open again. */
  async opened(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const mark = this.#marks.get(id);
      if (!mark || mark.strikes === 0 || performance.now() < mark.blockedUntilMs) continue;
      mark.strikes = 0;
      await openAgain(this.#db, id);
    }
  }

  #mark(id: string): Mark {
    const known = this.#marks.get(id);
    if (known) return known;
    const mark = { blockedUntilMs: 0, heldUntilMs: 0, strikes: 0, probes: 0 };
    this.#marks.set(id, mark);
    return mark;
  }

  #take({ id, blocked, held, strikes }: Closed): void {
    const mark = this.#mark(id);
    const now = performance.now();
    mark.blockedUntilMs = Math.max(mark.blockedUntilMs, now + Math.max(0, blocked));
    mark.heldUntilMs = Math.max(mark.heldUntilMs, now + Math.max(0, held));
    mark.strikes = strikes;
  }

  #look(): Promise<void> {
    const askedMs = performance.now();
    this.#reading ??= readClosed(this.#db)
      .then((rows) => {
        for (const row of rows) this.#take(row);
        const known = new Set(rows.map((row) => row.id));
        for (const [id, mark] of this.#marks)
          if (!known.has(id) && mark.probes === 0 && Math.max(mark.blockedUntilMs, mark.heldUntilMs) < askedMs - STALE_MS)
            this.#marks.delete(id);
        this.#readMs = askedMs;
      })
      .finally(() => {
        this.#reading = null;
      });
    return this.#reading;
  }

  #plan(): void {
    this.#timer = setTimeout(async () => {
      this.#timer = null;
      if (performance.now() - this.#usedMs > IDLE_MS) return;
      await this.#look().catch(() => {}); // whoever asks next looks for himself, and hears of it
      if (this.#timer === null) this.#plan();
    }, LOOK_MS).unref();
  }
}
