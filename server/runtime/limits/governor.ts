import { randomUUID } from "node:crypto";
import type { Database } from "#server/db/client";
import { Board } from "./board";
import { Lane } from "./lane";
import type { Pace } from "./pace";
import { SlotPool } from "./slot-pool";
import { exchangeSlots, takeTokens } from "./store";
import { TokenPool } from "./token-pool";

/** Pools this process may know; beyond that the ones not used for a while are forgotten. */
const POOLS = 5_000;
const FORGET_MS = 60_000;

/** This process's part in the limits of all third parties. The other parts are in other processes; Postgres is between them. */
export class Governor {
  readonly board: Board;
  readonly #db: Database;
  readonly #me = `${process.pid}-${randomUUID().slice(0, 8)}`;
  readonly #lanes = new Map<string, Lane>();
  readonly #tokens = new Map<string, TokenPool>();
  readonly #slots = new Map<string, SlotPool>();

  constructor(db: Database) {
    this.#db = db;
    this.board = new Board(db);
  }

  /** The way out for an app's requests. */
  lane(appId: string): Lane {
    let lane = this.#lanes.get(appId);
    if (!lane) {
      lane = new Lane(this.board, (asks) => takeTokens(this.#db, asks));
      this.#lanes.set(appId, lane);
    }
    return lane;
  }

  tokens(id: string, pace: Pace): TokenPool {
    const known = this.#tokens.get(id);
    if (known) return known;
    if (this.#tokens.size >= POOLS) this.#forget();
    const pool = new TokenPool(id, pace, performance.now());
    this.#tokens.set(id, pool);
    return pool;
  }

  slots(id: string, limit: number, appId: string): SlotPool {
    const known = this.#slots.get(id);
    if (known) return known;
    const pool = new SlotPool(
      limit,
      (ask) => exchangeSlots(this.#db, id, this.#me, { limit, ...ask }),
      () => this.lane(appId).wake(),
    );
    this.#slots.set(id, pool);
    return pool;
  }

  #forget(): void {
    const before = performance.now() - FORGET_MS;
    for (const [id, pool] of this.#tokens) if (pool.usedMs < before) this.#tokens.delete(id);
    for (const [id, pool] of this.#slots) if (pool.unused) this.#slots.delete(id);
    for (const [id, lane] of this.#lanes) if (lane.idle) this.#lanes.delete(id);
  }
}

const governors = new WeakMap<Database, Governor>();

/** The governor of a process: one a database. */
export function governorOf(db: Database): Governor {
  let governor = governors.get(db);
  if (!governor) {
    governor = new Governor(db);
    governors.set(db, governor);
  }
  return governor;
}
