"use client";

import { Lightbulb, PanelLeft } from "lucide-react";
import { useCallback, useDeferredValue, useMemo, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { count } from "#components/ui/format";
import { useNarrow } from "#components/ui/use-narrow";
import { LeaveGuard } from "#components/vendor/leave-guard.tsx";
import { CustomerChooser } from "#components/vendor/mapping/customer-chooser.tsx";
import { type Draft, toDraft, withSource } from "#components/vendor/mapping/field-draft";
import { FilterEditor } from "#components/vendor/mapping/filter-editor.tsx";
import { ModelRows } from "#components/vendor/mapping/model-rows.tsx";
import { PublishDialog } from "#components/vendor/mapping/publish-dialog.tsx";
import { SourcePanel } from "#components/vendor/mapping/source-panel.tsx";
import { type SourceField, sourceOptions } from "#components/vendor/mapping/source-picker.tsx";
import { Standing } from "#components/vendor/mapping/standing.tsx";
import { StudioHeader } from "#components/vendor/mapping/studio-header.tsx";
import { StudioPreview } from "#components/vendor/mapping/studio-preview.tsx";
import { Tried } from "#components/vendor/mapping/studio-tried.tsx";
import { type Content, changesOf, choiceOf, useMappingDraft } from "#components/vendor/mapping/use-mapping-draft";
import { useStanding } from "#components/vendor/mapping/use-standing";
import { type Storing, useStoring } from "#components/vendor/mapping/use-storing";
import { useStudioKeys } from "#components/vendor/mapping/use-studio-keys";
import { seenField, useSuggestions, useUsedPaths } from "#components/vendor/mapping/use-suggestions";
import { useWays } from "#components/vendor/mapping/use-ways";
import { WrittenBack } from "#components/vendor/mapping/written-back.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { CustomerPreview } from "#server/domains/mappings/preview-customer";
import type { ModelField } from "#server/domains/models/schema";
import { fieldFrom } from "#server/mapping/field-from";
import { keeping, keptBy, withOverrides } from "#server/mapping/overrides";
import type { FieldMapping } from "#server/mapping/schema";
import type { Suggestion } from "#server/mapping/suggest";
import { resultWithin, wholeOf } from "#server/mapping/whole";
import type { MappingEditorView } from "#server/trpc/views";

type Of = { templateId: string; streamKey: string };
type StudioProps = {
  view: MappingEditorView;
  of: Of;
  customer: CustomerPreview | null;
  connectionId: string | null;
  onCustomer: (connectionId: string | null) => void;
};

/** What the records become for this customer: with what the customer has made of the mapping on top, and keeps of what runs. */
function withTheirs({ fields, choices }: Content, published: Content, customer: CustomerPreview | null): Draft {
  if (!customer) return fields;
  const next = [...fields.values()];
  const kept = customer.isOn ? keptBy([...published.fields.values()], next, choices) : [];
  return toDraft(withOverrides(next, keeping(customer.overrides, kept)));
}

/** Puts a source field into a field of the model: with what makes it fit when that was empty, else with the rules it had. */
function useTaking(
  content: Content,
  model: readonly ModelField[],
  sources: readonly SourceField[],
  change: (key: string, field: FieldMapping | undefined) => void,
  suggestions: ReadonlyMap<string, Suggestion>,
) {
  const now = useRef({ content, sources, model });
  now.current = { content, sources, model };
  const take = useCallback(
    (key: string, path: string) => {
      const { content: held, sources: known, model: fields } = now.current;
      const [field, source, before] = [fields.find((one) => one.key === key), known.find((one) => one.path === path), held.fields.get(key)];
      if (!field) return;
      const made = before || !source ? null : fieldFrom(field, seenField(source));
      change(key, made ?? withSource(key, { kind: "from", path }, before));
    },
    [change],
  );
  const takeAll = () => {
    for (const [key, { path }] of suggestions) take(key, path);
  };
  return { take, takeAll };
}

const FIELDS = "model-fields";
const NO_SAMPLES: unknown[] = [];
const WIDE =
  "grid grid-cols-1 items-start gap-4 lg:grid-cols-[224px_minmax(0,1fr)] xl:grid-cols-[232px_minmax(0,1fr)_304px] 2xl:grid-cols-[300px_minmax(0,1fr)_380px]";

/** Puts the keyboard where a field is wrong, else on its source. */
function focusOn(key: string): void {
  const row = document.querySelector(`[data-field="${CSS.escape(key)}"]`);
  row?.scrollIntoView({ block: "center" });
  // What is typed there before the kind of source above it, which is marked as well.
  const places = ["input[aria-invalid], textarea[aria-invalid]", "[aria-invalid]", "button, input, textarea"];
  const at = places.map((place) => row?.querySelector<HTMLElement>(place)).find(Boolean);
  at?.focus({ preventScroll: true });
}

/** What the keyboard does in the studio, for who may change the mapping. */
function useKeys(
  may: boolean,
  draft: ReturnType<typeof useMappingDraft>,
  storing: Storing,
  changes: number,
  onNextFault: () => void,
): void {
  const onSave = () => draft.dirty && void storing.saveDraft();
  const onPublish = () => changes > 0 && void storing.ask();
  useStudioKeys(may ? { onSave, onPublish, onNextFault, onUndo: draft.undo.run, onRedo: draft.redo.run } : null);
}

function SkipLink() {
  return (
    <a
      href={`#${FIELDS}`}
      className="sr-only focus:not-sr-only focus:mb-3 focus:inline-block focus:rounded-md focus:bg-surface focus:px-3 focus:py-1.5 focus:text-sm"
    >
      To the fields of your model
    </a>
  );
}

/** The three columns: what there is, how it is mapped, what comes of it. */
export function Studio({ view, of, customer, connectionId, onCustomer }: StudioProps) {
  const may = useMay("developer");
  const ground = customer ?? view;
  const draft = useMappingDraft(view, ground);
  const [hand, setHand] = useState<string | null>(null);
  const lead = useCallback((key: string) => {
    setHand(key); // which draws its row, wherever it is
    requestAnimationFrame(() => requestAnimationFrame(() => focusOn(key)));
  }, []);
  const narrow = useNarrow();
  const storing = useStoring(view, of, draft, lead);
  const { content, published, model, samples, change } = draft;
  const [chosen, setChosen] = useState(0);
  const [browsing, setBrowsing] = useState(false);
  const changes = useMemo(() => changesOf(published, content), [published, content]);
  const changed = useMemo(() => new Set(changes), [changes]);
  const options = useMemo(() => sourceOptions(ground.sourceFields), [ground.sourceFields]);
  const used = useUsedPaths(content, model);
  const suggestions = useSuggestions(content, model, ground.sourceFields, used);
  const at = Math.min(chosen, Math.max(0, samples.length - 1));
  const settled = useDeferredValue(content);
  const isOn = customer?.isOn ?? false;
  // Who runs it is not asked before it is published: what they lack then is told.
  const shownModel = useMemo(() => (isOn ? model : withoutAsked(model, settled)), [model, settled, isOn]);
  const { ways, readOnly } = useWays(view, settled.fields);
  const arrives = view.direction !== "push"; // else the samples become nothing, and say nothing of the mapping
  const preview = useMemo(() => withTheirs(settled, published, customer), [settled, published, customer]);
  const faults = arrives ? faultsOn(preview, shownModel, samples[at]) : 0;
  const { tally, wrong, blocked, leadToFirst } = useStanding(
    arrives ? draft : { ...draft, samples: NO_SAMPLES },
    { fields: preview, filter: settled.filter },
    shownModel,
    lead,
  );

  const nextFault = () => {
    const after = model.findIndex(({ key }) => key === hand);
    const next = wrong.find((field) => model.indexOf(field) > after) ?? wrong[0];
    if (next) lead(next.key);
  };
  useKeys(may, draft, storing, changes.length, nextFault);
  const { take, takeAll } = useTaking(content, model, ground.sourceFields, change, suggestions);
  const takeInHand = useCallback((path: string) => hand !== null && take(hand, path), [hand, take]);
  const previewed = (folded: boolean) => (
    <StudioPreview
      folded={folded}
      arrives={arrives}
      sent={ways ? { view, of, connectionId, content, may } : null}
      chooser={<CustomerChooser {...of} value={connectionId} onChange={onCustomer} />}
      read={{
        ...{ draft: preview, published: published.fields, model: shownModel, samples: ground.samples, tally },
        ...{ errors: wrong.length, chosen: at, onChoose: setChosen },
      }}
    />
  );
  const panel = (className: string) => (
    <SourcePanel
      className={className}
      fields={ground.sourceFields}
      used={used}
      target={model.find(({ key }) => key === hand)?.name ?? null}
      onTake={takeInHand}
      disabled={!may || hand === null}
    />
  );

  return (
    <div className="xl:mx-[calc((100%-min(1560px,100vw-264px))/2)]">
      <StudioHeader
        view={view}
        draft={draft}
        storing={storing}
        changes={changes.length}
        blocked={changes.length > 0 ? blocked : null}
        onLead={leadToFirst}
        may={may}
      />
      <SkipLink />
      <div className={narrow ? "flex flex-col gap-4" : WIDE}>
        {panel("sticky top-8 hidden h-[calc(100dvh-64px)] max-h-[900px] lg:flex")}
        {narrow ? <div className="sticky top-2 z-10">{previewed(true)}</div> : null}
        <Card id={FIELDS} tabIndex={-1} className="@container min-w-0 outline-none">
          <CardHeader
            title={`${view.model.name}, your model`}
            description={
              faults > 0 ? (
                <span className="text-danger-text">{count(faults, "field does", "fields do")} not work out on this sample.</span>
              ) : (
                `${count(content.fields.size, "field")} of ${model.length} filled. Each line shows what the chosen sample becomes.`
              )
            }
            actions={
              <>
                {may && suggestions.size > 0 ? (
                  <Button size="sm" onClick={takeAll}>
                    <Lightbulb aria-hidden="true" /> Use {count(suggestions.size, "suggestion")}
                  </Button>
                ) : null}
                <Button size="sm" className="lg:hidden" onClick={() => setBrowsing(true)}>
                  <PanelLeft aria-hidden="true" /> Source fields
                </Button>
              </>
            }
          />
          {arrives ? (
            <FilterEditor
              key={`filter ${storing.round}`}
              filter={content.filter}
              samples={samples}
              ready={draft.expressionsReady}
              known={draft.known}
              disabled={!may}
              onChange={draft.setFilter}
            />
          ) : null}
          <Standing tally={tally} onLead={lead} />
          <WrittenBack ways={ways} view={view} />
          <ModelRows
            draft={draft}
            round={storing.round}
            sample={samples[at]}
            options={options}
            sourceFields={ground.sourceFields}
            changed={changed}
            suggestions={suggestions}
            readOnly={readOnly}
            hand={hand}
            onHand={setHand}
            onTake={take}
            disabled={!may}
          />
        </Card>
        <div className="flex min-w-0 flex-col gap-4 *:shrink-0 lg:col-span-2 xl:sticky xl:top-8 xl:col-span-1 xl:max-h-[calc(100dvh-64px)] xl:overflow-y-auto">
          {narrow ? null : previewed(false)}
          <Tried {...{ view, of, draft, storing, customer, connectionId, may }} samples={ground.samples} />
        </div>
      </div>
      <Dialog open={browsing} onOpenChange={setBrowsing} title="Source fields" shape="drawer">
        {panel("h-[70dvh]")}
      </Dialog>
      <PublishDialog
        open={storing.publishing}
        onClose={() => storing.setPublishing(false)}
        onPublish={(pace) => void storing.publishAll(pace)}
        pending={storing.publish.isPending || storing.start.isPending || storing.save.isPending}
        view={view}
        changes={changes}
        content={content}
        published={published}
        samples={ground.samples}
        tally={tally}
      />
      <LeaveGuard dirty={draft.dirty} onSave={async () => (await storing.store()) !== null} saveLabel="Save draft and leave">
        {`${count(changes.length, "changed field")} of this mapping would be lost. A draft changes nothing for customers.`}
      </LeaveGuard>
    </div>
  );
}

/** How many fields do not work out on one sample. */
const faultsOn = (draft: Draft, model: readonly ModelField[], sample: unknown): number =>
  model.filter((field) => resultWithin(wholeOf(draft, model), draft.get(field.key), field, sample).state === "fault").length;

/** What customers have to choose is not missing from the template. */
const withoutAsked = (model: readonly ModelField[], content: Content): ModelField[] =>
  model.map((field) =>
    field.required && !content.fields.has(field.key) && choiceOf(content.choices, field.key).customer === "must_choose"
      ? { ...field, required: false }
      : field,
  );
