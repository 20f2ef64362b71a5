import { compileReader } from "#server/mapping/paths";
import { matchTextOf } from "../streams/match-keys";
import { type PageBatch, SEPARATOR } from "../streams/page-batch";
import type { OwnWish } from "./own-pages";

type Found = { externalId: string; source: string; held: Record<string, unknown> };

/**
 * The records of a first reading by what own records are matched by: nothing is stored yet that could be asked. A value that several of them
 * have finds none, as in a run.
 */
export class FirstMatches {
  readonly #found = new Map<string, Found | null>();
  readonly #read: (data: unknown) => unknown;
  #isWhole = true;

  /** `match`: field of the model. */
  constructor(match: string) {
    this.#read = compileReader(match);
  }

  #keyOf(data: unknown): string | null {
    return matchTextOf(this.#read(data))?.toLowerCase() ?? null; // capitals as the database sees them, as nearly as can be told here
  }

  add({ ids, data, sources }: PageBatch): void {
    if (!data) return;
    const [names, texts] = [ids.split(SEPARATOR), sources.split(SEPARATOR)];
    data.split(SEPARATOR).forEach((text, at) => {
      const held = JSON.parse(text) as Record<string, unknown>;
      const key = this.#keyOf(held);
      const externalId = names[at] ?? "";
      if (key === null) return;
      const known = this.#found.get(key);
      const again = known === undefined || known?.externalId === externalId;
      this.#found.set(key, again ? { externalId, source: texts[at] ?? "null", held } : null);
    });
  }

  /** The account was read, as a whole or not. */
  readTo(isWhole: boolean): void {
    this.#isWhole = isWhole;
  }

  /** The wish with the record there that it finds; the same when it finds none. */
  placed(wish: OwnWish): OwnWish {
    const key = wish.externalId === null && wish.data ? this.#keyOf(wish.data) : null;
    const found = key === null ? undefined : this.#found.get(key);
    return found ? { ...wish, ...found } : wish;
  }

  /** It may stand among the records that were not read. */
  mayBeUnread(wish: OwnWish): boolean {
    return !this.#isWhole && wish.externalId === null && wish.data !== null && this.#keyOf(wish.data) !== null;
  }
}
