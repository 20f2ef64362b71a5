import type { Manifest } from "#server/runtime/manifest";
import { alive, type Row, removeRow } from "#server/simulator/from-manifest/world";
import type { Bench } from "./bench";
import { differ, idsAlive, kindOf, must, same } from "./reading";

const ROWS = 3;

/** An object whose file is read in pages of a few rows. */
export function scaledJob(manifest: Manifest, object: string): Manifest {
  const spec = manifest.objects[object];
  if (!spec?.job && !spec?.file) return manifest;
  const scaled = {
    ...(spec.job ? { job: { ...spec.job, pageRows: ROWS } } : {}),
    ...(spec.file ? { file: { ...spec.file, pageRows: ROWS } } : {}),
  };
  return { ...manifest, objects: { ...manifest.objects, [object]: { ...spec, ...scaled } } };
}

/** Whoever has the cursor goes on at the row; of a file that has changed before it, everything is read anew. */
export async function goesOn(bench: Bench, object: string): Promise<void> {
  const kind = kindOf(bench, object);
  const read = async (change: () => void): Promise<{ ids: string[]; pages: number }> => {
    const ids: string[] = [];
    for (let [cursor, pages] = [null as string | null, 1]; ; pages++) {
      must(pages < 100, "the reading does not end");
      const page = await bench.source(object).readPage(cursor);
      ids.push(...page.records.map(({ id }) => id));
      if (page.done) return { ids, pages };
      ({ cursor } = page);
      if (pages === 1) change();
    }
  };
  const wanted = idsAlive(kind);
  const once = await read(() => {});
  must(same(once.ids, wanted), `of ${wanted.length} records, ${differ(once.ids, wanted)}`);
  const row = alive(kind)[0] as Row;
  const changed = await read(() => removeRow(bench.party.world, kind, row));
  must(changed.pages > once.pages && same([...new Set(changed.ids)], wanted), `of a changed file, ${differ(changed.ids, wanted)}`);
}

/** Whoever has the cursor goes on at the row, and a file that is gone in the middle is asked for anew. */
export async function resumes(bench: Bench, object: string): Promise<void> {
  const wanted = idsAlive(kindOf(bench, object));
  const read = async (lost: boolean): Promise<string[]> => {
    const ids: string[] = [];
    for (let [cursor, steps, gone] = [null as string | null, 0, false]; ; steps++) {
      must(steps < 100, "the reading does not end");
      // Nothing but the cursor is carried over.
      const page = await bench.source(object).readPage(cursor);
      ids.push(...page.records.map(({ id }) => id));
      if (page.done) return ids;
      ({ cursor } = page);
      if (lost && !gone && ids.length > 0) {
        gone = true;
        bench.party.next({ role: `${object}.job.poll`, said: { status: 410, tree: {} } });
      }
    }
  };
  const once = await read(false);
  must(same(once, wanted), `of ${wanted.length} records, ${differ(once, wanted)}`);
  const twice = await read(true);
  must(twice.length > wanted.length && same([...new Set(twice)], wanted), `with a file that was gone, ${differ(twice, wanted)}`);
}
