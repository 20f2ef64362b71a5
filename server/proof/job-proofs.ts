import type { Manifest } from "#server/runtime/manifest";
import type { Bench } from "./bench";
import { differ, idsAlive, kindOf, must, same } from "./reading";

const ROWS = 3;

/** An object whose file is read in pages of a few rows. */
export function scaledJob(manifest: Manifest, object: string): Manifest {
  const spec = manifest.objects[object];
  if (!spec?.job) return manifest;
  return { ...manifest, objects: { ...manifest.objects, [object]: { ...spec, job: { ...spec.job, pageRows: ROWS } } } };
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
