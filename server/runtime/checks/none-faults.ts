import type { Manifest, ObjectSpec } from "../manifest";
import type { At, Fault } from "./holes-of";

type Answers = readonly { status: number; path?: string | undefined; equals?: unknown }[];

/** How the pages of a listing may end: its own way or the manifest's, and what answers of the connect form put in its place. */
function endsOf(manifest: Manifest, spec: ObjectSpec, at: At): { value: Answers; at: At }[] {
  if (!spec.list) return [];
  const own = { value: spec.pagination, at: [...at, "pagination"] };
  const ways = [
    spec.pagination ? own : { value: manifest.pagination, at: ["pagination"] },
    ...spec.variants.map(({ pagination }, n) => ({ value: pagination, at: [...at, "variants", n, "pagination"] })),
  ];
  return ways.map((way) => ({ value: way.value?.stop.statuses ?? [], at: [...way.at, "stop", "statuses"] }));
}

/** What says in vague words that a list is empty or over, where who does not come counts as gone: only the source's own word may say that. */
export function noneFaults({ manifest, spec, at }: { manifest: Manifest; spec: ObjectSpec; at: At }): Fault[] {
  if (spec.deletes?.by !== "scan") return [];
  const vague = (list: Answers, path: At, what: string): Fault[] =>
    list.flatMap((one, n) => {
      if (one.status === 204 || (one.path !== undefined && one.equals !== undefined)) return [];
      const message = `with \`deletes: scan\` it would mean that ${what}: say by \`path\` and \`equals\` what the answer says of itself`;
      return [{ path: [...path, n], message }];
    });
  return [
    ...vague(spec.none, [...at, "none"], "all records are gone"),
    ...endsOf(manifest, spec, at).flatMap((way) => vague(way.value, way.at, "whoever comes after is gone")),
  ];
}
