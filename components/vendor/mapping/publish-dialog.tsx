"use client";

import { Minus, Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { count } from "#components/ui/format";
import { choiceWords } from "#components/vendor/mapping/choice-words";
import { type Draft, factChange, resultOf, sameField } from "#components/vendor/mapping/field-draft";
import { tryFilter } from "#components/vendor/mapping/filter-editor.tsx";
import { show } from "#components/vendor/mapping/mapping-row.tsx";
import { SampleFaults, sampleFaults } from "#components/vendor/mapping/standing.tsx";
import type { Tally } from "#components/vendor/mapping/tally";
import { type Content, choiceOf } from "#components/vendor/mapping/use-mapping-draft";
import { type Pace, RolloutChoice, USUAL_WATCH_MS } from "#components/vendor/rollouts/rollout-choice.tsx";
import type { ModelField } from "#server/domains/models/schema";
import type { MappingEditorView } from "#server/trpc/views";

type Samples = MappingEditorView["samples"];

type PublishDialogProps = {
  open: boolean;
  onClose: () => void;
  /** How long each step of a roll-out is watched; null = all at once. */
  onPublish: (pace: Pace) => void;
  pending: boolean;
  view: MappingEditorView;
  /** What differs: keys of fields, "" for the filter. */
  changes: readonly string[];
  content: Content;
  published: Content;
  /** What the difference is shown on. */
  samples: Samples;
  /** What the mapping makes of the samples. */
  tally: Tally;
};

const outcome = (draft: Draft, field: ModelField, source: unknown): string => {
  const result = resultOf(draft.get(field.key), field, source);
  return result.state === "fault" ? `does not fit: ${result.message}` : result.state === "ok" ? show(result.after) : "empty";
};

/** The first sample on which a field comes out differently, with both outcomes; null when it does on none. */
function firstDifference(field: ModelField, published: Draft, draft: Draft, samples: Samples) {
  for (const { label, source } of samples) {
    const [before, after] = [outcome(published, field, source), outcome(draft, field, source)];
    if (before !== after) return { label, before, after };
  }
  return null;
}

function Line({ sign, children }: { sign: "gone" | "come"; children: string }) {
  const Icon = sign === "gone" ? Minus : Plus;
  return (
    <span className={`flex items-start gap-1.5 text-xs ${sign === "gone" ? "text-danger-text" : "text-success-text"}`}>
      <Icon aria-label={sign === "gone" ? "before:" : "after:"} className="mt-0.5 size-3 shrink-0 stroke-2" />
      <span className="min-w-0 break-words">{children}</span>
    </span>
  );
}

type ChangeProps = Pick<PublishDialogProps, "view" | "content" | "published" | "samples">;

/** What changes of one field: how it is filled, and what customers may do with it. */
function FieldChange({ fieldKey, view, content, published, samples }: { fieldKey: string } & ChangeProps) {
  const field = view.model.fields.find(({ key }) => key === fieldKey);
  const [before, after] = [published.fields.get(fieldKey), content.fields.get(fieldKey)];
  const mapped = !sameField(before, after);
  const { gone, come } = mapped ? factChange(before, after) : { gone: [], come: [] };
  const [was, is] = [choiceWords(choiceOf(published.choices, fieldKey)), choiceWords(choiceOf(content.choices, fieldKey))];
  const difference = field && mapped ? firstDifference(field, published.fields, content.fields, samples) : null;
  return (
    <li className="px-3 py-2.5 text-sm">
      <p className="font-medium">{field?.name ?? fieldKey}</p>
      <Lines gone={was === is ? gone : [...gone, was]} come={was === is ? come : [...come, is]} />
      {mapped ? (
        <p className="mt-1 break-words text-secondary text-xs">
          {difference ? (
            <>
              {difference.label}: <span className="text-subtle line-through">{difference.before}</span> → {difference.after}
            </>
          ) : (
            "Comes out the same on every sample."
          )}
        </p>
      ) : null}
    </li>
  );
}

function Lines({ gone, come }: { gone: readonly string[]; come: readonly string[] }) {
  return (
    <div className="mt-1 flex flex-col gap-0.5">
      {gone.map((fact) => (
        <Line key={fact} sign="gone">
          {fact}
        </Line>
      ))}
      {come.map((fact) => (
        <Line key={fact} sign="come">
          {fact}
        </Line>
      ))}
    </div>
  );
}

const filterWords = (filter: string | null) => (filter === null ? "all records" : `only records where ${filter}`);

function FilterChange({ content, published, samples }: ChangeProps) {
  const tried =
    content.filter === null
      ? null
      : tryFilter(
          content.filter,
          samples.map(({ source }) => source),
          true,
        );
  return (
    <li className="px-3 py-2.5 text-sm">
      <p className="font-medium">Which records</p>
      <Lines gone={[filterWords(published.filter)]} come={[filterWords(content.filter)]} />
      {tried?.state === "ok" ? (
        <p className="mt-1 text-secondary text-xs">
          {tried.passing} of {count(tried.of, "sample passes", "samples pass")}.
        </p>
      ) : null}
    </li>
  );
}

/** What changes, and what publishing does: nobody should be surprised by it. */
export function PublishDialog({ open, onClose, onPublish, pending, view, changes, tally, ...change }: PublishDialogProps) {
  const { streams, records } = view.affects;
  const [chosen, setChosen] = useState<Pace>(USUAL_WATCH_MS); // who is syncing is not all moved at once unless somebody says so
  const mayStep = streams > 0 && view.published !== null;
  const pace = mayStep ? chosen : null;
  const filtered = changes.includes("");
  const { held, barren } = sampleFaults(tally);
  const isSafe = held === null && barren.length === 0;
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title={`Publish the mapping of ${view.streamLabel.toLowerCase()}?`}
      className="max-w-[560px]"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" pending={pending} onClick={() => onPublish(pace)}>
            {pace === null ? "Publish" : "Roll out"} version {view.draft?.version ?? (view.published?.version ?? 0) + 1}
            {isSafe ? "" : " anyway"}
          </Button>
        </>
      }
    >
      <p className="text-base text-secondary">
        {streams === 0
          ? "No customer has turned this stream on yet; it is used from the first sync on."
          : `This re-maps ${count(records, "record")} of ${count(streams, "stream")} from what is stored. ${filtered ? "The other system is read anew, for records that were left out before." : "No request is made to the other system."} Records that change appear in your feed.`}
      </p>
      {isSafe ? null : (
        <div className="mt-3 flex flex-col gap-1.5 rounded-md bg-muted px-3 py-2.5">
          <SampleFaults tally={tally} onLead={null} />
        </div>
      )}
      <h3 className="mt-4 mb-1.5 font-medium text-sm">{count(changes.length, "change")}</h3>
      <ul className="divide-y divide-hairline rounded-md border border-hairline">
        {filtered ? <FilterChange view={view} {...change} /> : null}
        {changes
          .filter((key) => key !== "")
          .map((key) => (
            <FieldChange key={key} fieldKey={key} view={view} {...change} />
          ))}
      </ul>
      {mayStep && open ? <RolloutChoice templateId={view.templateId} streamKey={view.streamKey} pace={pace} onPace={setChosen} /> : null}
    </Dialog>
  );
}
