import path from "node:path";
import type { Adapter, AdapterPayload } from "oidc-provider";
import { openJournal, readJournal } from "../world/journal";

type Stored = { payload: AdapterPayload; expiresAt: number };
type Entry = { op: "put"; key: string; payload: AdapterPayload; expiresAt: number } | { op: "del"; key: string };

/** Expired access tokens stay known this long, so that an answer can say "expired" instead of "unknown". */
const KEEP_EXPIRED_MS = 3_600_000;

/** Everything the authorization server remembers (tokens, grants, interactions), by `Model:id`. Survives a restart when it has a file. */
export type TokenStore = {
  /** What oidc-provider stores through. */
  adapter(model: string): Adapter;
  /** A stored payload, expired or not. */
  get(model: string, id: string): AdapterPayload | undefined;
  put(key: string, payload: AdapterPayload, expiresAt: number): void;
  /** Forgets every token of a grant; returns how many there were. */
  revokeGrant(grantId: string): number;
  /** Forgets every access token and grant: as if each customer had removed the app. */
  clear(): void;
  close(): void;
};

export function createTokenStore(stateDir: string | null): TokenStore {
  const file = stateDir === null ? null : path.join(stateDir, "oauth.jsonl");
  const items = new Map<string, Stored>();
  const byGrant = new Map<string, Set<string>>();
  let puts = 0;
  for (const entry of file === null ? [] : readJournal<Entry>(file)) {
    if (entry.op === "put") items.set(entry.key, { payload: entry.payload, expiresAt: entry.expiresAt });
    else items.delete(entry.key);
  }
  for (const [key, item] of items) index(key, item.payload);
  const journal = openJournal<Entry>(file);
  sweep();
  journal.rewrite([...items].map(([key, item]) => ({ op: "put", key, ...item })));

  function index(key: string, payload: AdapterPayload): void {
    if (!payload.grantId) return;
    const members = byGrant.get(payload.grantId) ?? new Set();
    byGrant.set(payload.grantId, members.add(key));
  }
  function put(key: string, payload: AdapterPayload, expiresAt: number): void {
    if (++puts % 1000 === 0) sweep();
    items.set(key, { payload, expiresAt });
    index(key, payload);
    journal.append({ op: "put", key, payload, expiresAt });
  }
  function sweep(): void {
    const horizon = Date.now() - KEEP_EXPIRED_MS;
    for (const [key, item] of items) if (item.expiresAt < horizon) remove(key);
  }
  function remove(key: string): void {
    const item = items.get(key);
    if (!item) return;
    items.delete(key);
    if (item.payload.grantId) byGrant.get(item.payload.grantId)?.delete(key);
    journal.append({ op: "del", key });
  }
  function revokeGrant(grantId: string): number {
    const members = byGrant.get(grantId);
    if (!members) return 0;
    const count = members.size;
    for (const key of [...members]) remove(key);
    remove(`Grant:${grantId}`);
    byGrant.delete(grantId);
    return count;
  }
  const get = (model: string, id: string) => items.get(`${model}:${id}`)?.payload;

  return {
    get,
    put,
    revokeGrant,
    clear() {
      items.clear();
      byGrant.clear();
      journal.rewrite([]);
    },
    close: () => journal.close(),
    adapter: (model) => adapterOf(model, { items, put, remove, revokeGrant }),
  };
}

type Parts = { items: Map<string, Stored>; put: TokenStore["put"]; remove(key: string): void; revokeGrant(grantId: string): number };

/** The store in the shape oidc-provider asks for, for one of its models. */
function adapterOf(model: string, { items, put, remove, revokeGrant }: Parts): Adapter {
  return {
    async find(id) {
      return items.get(`${model}:${id}`)?.payload;
    },
    async findByUid(uid) {
      for (const [key, item] of items) if (key.startsWith(`${model}:`) && item.payload.uid === uid) return item.payload;
      return undefined;
    },
    async findByUserCode() {
      return undefined;
    },
    async upsert(id, payload, expiresIn) {
      put(`${model}:${id}`, { ...payload }, expiresIn ? Date.now() + expiresIn * 1000 : Number.MAX_SAFE_INTEGER);
    },
    async consume(id) {
      const item = items.get(`${model}:${id}`);
      if (item) put(`${model}:${id}`, { ...item.payload, consumed: Math.floor(Date.now() / 1000) }, item.expiresAt);
    },
    async destroy(id) {
      remove(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      revokeGrant(grantId);
    },
  };
}
