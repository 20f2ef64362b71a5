import { useMemo } from "react";
import { tryFilter } from "#components/vendor/mapping/filter-editor.tsx";
import { inTheWay, whyNot } from "#components/vendor/mapping/standing.tsx";
import type { useMappingDraft } from "#components/vendor/mapping/use-mapping-draft";
import type { ModelField } from "#server/domains/models/schema";
import { tallyOf } from "#server/mapping/tally";

/** How the mapping stands: what it makes of the samples, which fields are wrong, and why it cannot be published. */
export function useStanding(
  { expressionsReady: ready, samples, issues, model }: ReturnType<typeof useMappingDraft>,
  { fields, filter }: Parameters<typeof tallyOf>[0],
  shownModel: readonly ModelField[],
  lead: (key: string) => void,
) {
  const tally = useMemo(
    () => tallyOf({ fields, filter: ready ? filter : null }, shownModel, samples),
    [ready, fields, filter, shownModel, samples],
  );
  const wrong = useMemo(() => inTheWay(model, issues), [model, issues]);
  const tried = useMemo(() => (filter === null ? null : tryFilter(filter, samples, ready)), [filter, samples, ready]);
  const fault = tried?.state === "fault" ? tried.message : null;
  const leadToFirst = () => {
    if (fault !== null) document.querySelector<HTMLElement>("[data-filter]")?.focus();
    else if (wrong[0]) lead(wrong[0].key);
  };
  return { tally, wrong, blocked: whyNot(wrong, issues, fault), leadToFirst };
}
