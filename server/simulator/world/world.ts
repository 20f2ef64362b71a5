import path from "node:path";
import { companyProperties, dealProperties } from "./businesses";
import { Collection, type Generate } from "./collection";
import { openJournal, readJournal } from "./journal";
import type { CollectionEvent, ObjectKind } from "./object-kind";
import { contactProperties } from "./people";
import { seedOf } from "./random";

/** The two third-party systems that are simulated. */
export type Service = "hubspot" | "sandbox-crm";

/** Names one collection. `account` is a portal's number or an account id derived from an API key. */
export type CollectionKey = { service: Service; account: string; object: ObjectKind };

type JournalEntry = CollectionKey & { event: CollectionEvent };

/** How many records a fresh account holds. */
export type Sizes = Record<Service, Record<ObjectKind, number>>;

export const DEFAULT_SIZES: Sizes = {
  hubspot: { contacts: 10_000, companies: 800, deals: 1_200 },
  "sandbox-crm": { contacts: 2_000, companies: 200, deals: 0 },
};

const GENERATORS: Record<ObjectKind, Generate> = { contacts: contactProperties, companies: companyProperties, deals: dealProperties };

/** Everything the simulated systems know. Changes are journalled before they are answered. */
export type World = {
  collection(key: CollectionKey): Collection;
  /** Applies and journals a change; returns the slot it concerned, -1 for none. */
  change(key: CollectionKey, event: CollectionEvent): number;
  /** Accounts that were asked for since the start, or have changes. */
  accounts(service: Service): string[];
  /** Source clock: epoch milliseconds, never going back by itself. */
  now(): number;
  /** Puts the source clock this many milliseconds ahead of (or, negative, behind) the machine's. */
  setClock(aheadMs: number): void;
  /** Forgets every change and every size set later. */
  reset(): void;
  close(): void;
};

/** `stateDir` null keeps nothing on disk. The same seed always gives the same world. */
export function createWorld(options: { seed: number; sizes: Sizes; stateDir: string | null }): World {
  const file = options.stateDir === null ? null : path.join(options.stateDir, "world.jsonl");
  const collections = new Map<string, { key: CollectionKey; collection: Collection }>();
  let last = 0;
  let ahead = 0;

  function collection(key: CollectionKey): Collection {
    const name = `${key.service}/${key.account}/${key.object}`;
    const known = collections.get(name);
    if (known) return known.collection;
    const made = new Collection({
      seed: seedOf(`${options.seed}:${name}`),
      count: options.sizes[key.service][key.object],
      firstId: key.service === "hubspot" ? (Number(key.account) % 1000) * 20_000_000 + 1 : 1,
      generate: GENERATORS[key.object],
    });
    collections.set(name, { key, collection: made });
    return made;
  }

  function* snapshot(): Generator<JournalEntry> {
    for (const { key, collection: each } of collections.values()) for (const event of each.snapshot()) yield { ...key, event };
  }

  for (const { event, ...key } of file === null ? [] : readJournal<JournalEntry>(file)) collection(key).apply(event);
  const journal = openJournal<JournalEntry>(file);
  journal.rewrite(snapshot());

  return {
    collection,
    change(key, event) {
      const slot = collection(key).apply(event);
      journal.append({ service: key.service, account: key.account, object: key.object, event });
      return slot;
    },
    accounts: (service) => [...new Set([...collections.values()].filter((c) => c.key.service === service).map((c) => c.key.account))],
    now() {
      last = Math.max(last, Date.now() + ahead);
      return last;
    },
    setClock(aheadMs) {
      if (aheadMs !== ahead) last = 0;
      ahead = aheadMs;
    },
    reset() {
      collections.clear();
      journal.rewrite([]);
    },
    close: () => journal.close(),
  };
}
