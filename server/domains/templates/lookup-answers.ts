import type { Manifest } from "#server/runtime/manifest";
import { resultIn } from "#server/runtime/writes/act";
import { LOOKUPS } from "../streams/looked-up";
import type { Asked } from "./check-lookups";
import type { Lookup } from "./schema";

type Known = { path: string; type: string; title: string };

/** What lookups put into a record, for who maps it: the fields of their answers, and the answers their manifests show as samples. */
export function answersOfLookups(
  manifest: Manifest | null,
  lookups: readonly Lookup[],
  asked: Asked,
): { fields: Known[]; sample: Record<string, unknown> | null } {
  const found = lookups.flatMap(({ key, action: name, integration }) => {
    const whose = integration === undefined ? manifest : asked(integration);
    const action = whose && Object.hasOwn(whose.actions, name) ? whose.actions[name] : undefined;
    return action ? [{ key, action }] : [];
  });
  const fields = found.flatMap(({ key, action }) => {
    const answer = resultIn(action, 200, action.sample.answer);
    const here = `${LOOKUPS}.${key}${Array.isArray(answer) ? "[0]" : ""}`;
    return action.output.map(({ path, type, title }) => ({
      ...{ type, title: `${action.title}: ${title}` },
      path: path === "$" ? `${LOOKUPS}.${key}` : `${here}.${path}`,
    }));
  });
  const sample = Object.fromEntries(found.map(({ key, action }) => [key, resultIn(action, 200, action.sample.answer)]));
  return { fields, sample: found.length > 0 ? { [LOOKUPS]: sample } : null };
}
