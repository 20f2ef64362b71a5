import type { Source, SourcePage } from "#server/runtime/source";

export type Person = { id: string; email: string; firstname: string };

/** A source over a list in memory, paged by index. With `scans`, each reading shows who is missing. */
export function scriptedSource(people: Person[], pageSize: number, scans = false): Source & { reads: number; people: Person[] } {
  const source = {
    reads: 0,
    people,
    async readPage(cursor: string | null): Promise<SourcePage> {
      source.reads++;
      const from = cursor === null ? 0 : Number(cursor);
      const slice = source.people.slice(from, from + pageSize);
      const next = from + slice.length;
      return {
        records: slice.map(({ id, ...properties }) => ({ id, value: { id, properties } })),
        faults: [],
        deleted: [],
        ...(scans ? { scan: { first: from === 0, trusted: true } } : {}),
        cursor: String(next >= source.people.length ? 0 : next),
        done: next >= source.people.length,
        total: source.people.length,
        facts: { method: "GET", path: "/people", status: 200, ms: 1, bytes: 10, retries: 0 },
      };
    },
  };
  return source;
}

export function samplePeople(count: number): Person[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `p${String(i).padStart(6, "0")}`,
    email: `p${i}@example.com`,
    firstname: `First ${i}`,
  }));
}
