/** One request as the live list shows it. */
export type RequestNote = { at: number; method: string; path: string; status: number; ms: number };

/** What happened since the start or the last reset. */
export type Stats = {
  requests: number;
  byPath: Record<string, number>;
  byStatus: Record<string, number>;
  token: { calls: number; codes: number; refreshes: number; failures: number; reuseAlarms: number };
  revocations: number;
  records: number;
  bytes: number;
  /** The last 40, newest first. */
  recent: RequestNote[];
};

const RECENT = 40;

export function emptyStats(): Stats {
  return {
    requests: 0,
    byPath: {},
    byStatus: {},
    token: { calls: 0, codes: 0, refreshes: 0, failures: 0, reuseAlarms: 0 },
    revocations: 0,
    records: 0,
    bytes: 0,
    recent: [],
  };
}

/** Counts an answered API request. `path` carries no query: tokens or cursors must not pile up here. */
export function note(stats: Stats, entry: RequestNote): void {
  stats.requests++;
  const path = `${entry.method} ${entry.path.replace(/\/\d+(?=\/|$)/g, "/{id}").replace(/(access|refresh)-tokens\/.+$/, "$1-tokens/{token}")}`;
  stats.byPath[path] = (stats.byPath[path] ?? 0) + 1;
  stats.byStatus[entry.status] = (stats.byStatus[entry.status] ?? 0) + 1;
  stats.recent.unshift({ ...entry, path: path.slice(entry.method.length + 1) });
  if (stats.recent.length > RECENT) stats.recent.length = RECENT;
}
