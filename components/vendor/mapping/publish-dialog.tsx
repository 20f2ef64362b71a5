"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { count } from "#components/ui/format";
import { ChangeList } from "#components/vendor/mapping/change-list.tsx";
import { SampleFaults, sampleFaults } from "#components/vendor/mapping/standing.tsx";
import type { Content } from "#components/vendor/mapping/use-mapping-draft";
import { type Pace, USUAL_PACE } from "#components/vendor/rollouts/pace-choice.tsx";
import { RolloutChoice } from "#components/vendor/rollouts/rollout-choice.tsx";
import type { Tally } from "#server/mapping/tally";
import type { MappingEditorView } from "#server/trpc/views";

type Samples = MappingEditorView["samples"];

type PublishDialogProps = {
  open: boolean;
  onClose: () => void;
  /** How careful the roll-out is; null = all at once. */
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

type Reach = { streams: number; records: number; filtered: boolean; pace: Pace; direction: MappingEditorView["direction"] };

/** What pressing does to whom, as it is chosen to go out. */
function reachWords({ streams, records, filtered, pace, direction }: Reach): string {
  if (streams === 0) return "No customer has turned this stream on yet; it is used from the first sync on.";
  if (direction === "push")
    return `It goes to ${count(streams, "stream")}${pace === null ? " at once" : ", step by step"}. Fields that were never sent are sent; what was sent before stays as it is there until that field changes. Refused writes are tried again.`;
  const whole = `${count(records, "record")} of ${count(streams, "stream")}`;
  const when =
    pace === null
      ? `This re-maps ${whole} at once, from what is stored.`
      : `Nobody is re-mapped before their step; in the end it is ${whole}, from what is stored.`;
  const read = filtered ? "The other system is read anew, for records that were left out before." : null;
  const asked =
    direction === "two_way"
      ? `${read ? `${read} ` : ""}Refused writes are tried again. A field that goes to another place is settled by its owner: where that is you, yours is written there, otherwise what stands there is taken.`
      : (read ?? "No request is made to the other system.");
  return `${when} ${asked} Records that change appear in your feed.`;
}

/** What changes, and what publishing does: nobody should be surprised by it. */
export function PublishDialog({
  open,
  onClose,
  onPublish,
  pending,
  view,
  changes,
  content,
  published,
  samples,
  tally,
}: PublishDialogProps) {
  const { streams, records } = view.affects;
  const [chosen, setChosen] = useState<Pace>(USUAL_PACE); // who is syncing is not all moved at once unless somebody says so
  const mayStep = streams > 0 && view.published !== null;
  const pace = mayStep ? chosen : null;
  const filtered = changes.includes("");
  const next = { templateId: view.templateId, streamKey: view.streamKey, fields: content.fields, model: view.model.fields };
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
            {pace === null ? "Publish" : "Roll out"} version {view.nextVersion}
            {isSafe ? "" : " anyway"}
          </Button>
        </>
      }
    >
      <p className="text-base text-secondary">{reachWords({ streams, records, filtered, pace, direction: view.direction })}</p>
      {isSafe ? null : (
        <div className="mt-3 flex flex-col gap-1.5 rounded-md bg-muted px-3 py-2.5">
          <SampleFaults tally={tally} onLead={null} />
        </div>
      )}
      <h3 className="mt-4 mb-1.5 font-medium text-sm">{count(changes.length, "change")}</h3>
      <ChangeList changes={changes} model={view.model.fields} before={published} after={content} samples={samples} />
      {mayStep && open ? <RolloutChoice next={next} pace={pace} onPace={setChosen} /> : null}
    </Dialog>
  );
}
