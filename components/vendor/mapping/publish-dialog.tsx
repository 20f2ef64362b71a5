"use client";

import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { count } from "#components/ui/format";
import { type Draft, fieldWords } from "#components/vendor/mapping/field-draft";
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

/** What changes, and what publishing does: nobody should be surprised by it. */
export function PublishDialog({ open, onClose, onPublish, pending, view, changes, draft, published }: PublishDialogProps) {
  const { streams, records } = view.affects;
  const name = (key: string) => view.model.fields.find((field) => field.key === key)?.name ?? key;
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
      <h3 className="mt-4 mb-1 font-medium text-sm">{count(changes.length, "field changes", "fields change")}</h3>
      <ul className="divide-y divide-hairline rounded-md border border-hairline">
        {changes.map((key) => (
          <li key={key} className="px-3 py-2 text-sm">
            <span className="font-medium">{name(key)}</span>
            <span className="mt-0.5 block text-subtle text-xs line-through">{fieldWords(published.get(key))}</span>
            <span className="block text-secondary text-xs">{fieldWords(draft.get(key))}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
