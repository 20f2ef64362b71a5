import type { ModelField } from "#server/domains/models/schema";
import { compileMapping } from "#server/mapping/compile";
import { ensureExpressions } from "#server/mapping/expression-slot";
import { compileFilter } from "#server/mapping/filter";
import { compileOnly, type OnlyValues } from "#server/mapping/only-values";
import type { FieldMapping } from "#server/mapping/schema";
import { correctionsOf, type StoredCorrection } from "./corrected";
import type { Taking } from "./page-batch";

type Given = {
  fields: readonly FieldMapping[];
  filter: string | null;
  only?: OnlyValues | undefined;
  model: readonly ModelField[];
  version: number;
  /** What people have corrected in single records; null = nothing. */
  corrections?: readonly StoredCorrection[] | null;
};

/** Compiles a mapping and its filter for use on pages: of a run, and of a dry run. Throws RangeError for what cannot work. */
export async function takingOf({ fields, filter, only, model, version, corrections }: Given): Promise<Taking> {
  await ensureExpressions(fields, filter);
  return {
    mapping: compileMapping(fields, model),
    filter: passing(filter, only ?? {}),
    version,
    corrections: correctionsOf(corrections ?? null, fields, model),
  };
}

/** The template's filter and what the customer wants only, as one. */
function passing(filter: string | null, only: OnlyValues): Taking["filter"] {
  const [offered, wanted] = [filter === null ? null : compileFilter(filter), compileOnly(only)];
  if (!wanted) return offered;
  return (source) => (wanted(source) ? (offered?.(source) ?? { ok: true, passes: true }) : { ok: true, passes: false });
}
