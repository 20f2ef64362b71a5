"use client";

import { Minus, Plus } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { count } from "#components/ui/format";
import { type Draft, factChange, resultOf } from "#components/vendor/mapping/field-draft";
import { show } from "#components/vendor/mapping/mapping-row.tsx";
import type { ModelField } from "#server/domains/models/schema";
import type { MappingEditorView } from "#server/trpc/views";

type PublishDialogProps = {
  open: boolean;
  onClose: () => void;
  onPublish: () => void;
  pending: boolean;
  view: MappingEditorView;
  changes: string[];
  draft: Draft;
  published: Draft;
};

type Samples = MappingEditorView["samples"];

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

function FieldChange({
  fieldKey,
  view,
  draft,
  published,
}: { fieldKey: string } & Pick<PublishDialogProps, "view" | "draft" | "published">) {
  const field = view.model.fields.find(({ key }) => key === fieldKey);
  const { gone, come } = factChange(published.get(fieldKey), draft.get(fieldKey));
  const difference = field ? firstDifference(field, published, draft, view.samples) : null;
  return (
    <li className="px-3 py-2.5 text-sm">
      <p className="font-medium">{field?.name ?? fieldKey}</p>
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
      <p className="mt-1 break-words text-secondary text-xs">
        {difference ? (
          <>
            {difference.label}: <span className="text-subtle line-through">{difference.before}</span> → {difference.after}
          </>
        ) : (
          "Comes out the same on every sample."
        )}
      </p>
    </li>
  );
}

/** What changes, and what publishing does: nobody should be surprised by it. */
export function PublishDialog({ open, onClose, onPublish, pending, view, changes, draft, published }: PublishDialogProps) {
  const { streams, records } = view.affects;
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title={`Publish the mapping of ${view.streamLabel.toLowerCase()}?`}
      className="max-w-[560px]"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" pending={pending} onClick={onPublish}>
            Publish version {(view.published?.version ?? 0) + 1}
          </Button>
        </>
      }
    >
      <p className="text-base text-secondary">
        {streams === 0
          ? "No customer has turned this stream on yet; it is used from the first sync on."
          : `This re-maps ${count(records, "record")} of ${count(streams, "stream")} from what is stored. No request is made to the other system. Records that change appear in your feed.`}
      </p>
      <h3 className="mt-4 mb-1.5 font-medium text-sm">{count(changes.length, "field changes", "fields change")}</h3>
      <ul className="divide-y divide-hairline rounded-md border border-hairline">
        {changes.map((key) => (
          <FieldChange key={key} fieldKey={key} view={view} draft={draft} published={published} />
        ))}
      </ul>
    </Dialog>
  );
}
