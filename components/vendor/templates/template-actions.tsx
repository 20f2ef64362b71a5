"use client";

import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { count } from "#components/ui/format";
import type { useTemplateActions } from "#components/vendor/templates/use-template";
import type { TemplateDetail, TemplateStreamView } from "#server/domains/templates/get-template";

export type Asking = { what: "off" } | { what: "archive" } | { what: "discard" } | { what: "remove"; stream: TemplateStreamView };
type Actions = ReturnType<typeof useTemplateActions>;

type AskProps = { asking: Asking; template: TemplateDetail; actions: Actions; onClose: () => void; onReplaced: () => void };

/** What happens, before it does: nobody should be surprised by it. */
export function Ask({ asking, template, actions, onClose, onReplaced }: AskProps) {
  const { setStatus, removeStream, discard } = actions;
  const templateId = template.id;
  if (asking.what === "discard")
    return (
      <ConfirmDialog
        open
        onOpenChange={(open) => !open && onClose()}
        title={`Throw the draft of ${template.name} away?`}
        action="Throw away"
        pending={discard.isPending}
        onConfirm={() => discard.mutate({ templateId }, { onSuccess: onReplaced, onSettled: onClose })}
      >
        <p>All that is drafted is lost, in the mappings of its streams as well. What is published stays.</p>
      </ConfirmDialog>
    );
  if (asking.what === "remove") {
    const { key, label, running, records, isNew } = asking.stream;
    return (
      <ConfirmDialog
        open
        onOpenChange={(open) => !open && onClose()}
        title={`Remove ${label} from ${template.name}?`}
        action="Remove stream"
        pending={removeStream.isPending}
        onConfirm={() => removeStream.mutate({ templateId, streamKey: key }, { onSettled: onClose })}
      >
        <p>
          {running > 0
            ? `Nothing happens before you publish. Then it is turned off for ${count(running, "customer")}; ${count(records, "record")} stay readable, and are not kept up to date any more.`
            : isNew
              ? "It was never published; its mapping is lost."
              : "Nobody runs it. Once this is published, customers do not see it any more."}
        </p>
        {isNew ? null : <p>Its mapping is kept, should the stream come back.</p>}
      </ConfirmDialog>
    );
  }
  const archive = asking.what === "archive";
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={archive ? `Archive ${template.name}?` : `Take ${template.name} off offer?`}
      action={archive ? "Archive template" : "Take off offer"}
      tone={archive ? "danger" : "primary"}
      pending={setStatus.isPending}
      onConfirm={() => setStatus.mutate({ templateId, status: archive ? "archived" : "draft" }, { onSettled: onClose })}
    >
      <p>
        {archive
          ? "Nobody runs it. It is put away with its mappings, and can be taken out again."
          : `Nobody can newly turn it on. ${template.installations > 0 ? `For ${count(template.installations, "customer")} who run it nothing changes.` : "Nobody runs it now."}`}
      </p>
    </ConfirmDialog>
  );
}

export function StatusButtons({ template, actions, ask }: { template: TemplateDetail; actions: Actions; ask: (asking: Asking) => void }) {
  const { setStatus } = actions;
  if (template.status === "published") return <Button onClick={() => ask({ what: "off" })}>Take off offer</Button>;
  return (
    <>
      {template.status === "draft" && template.installations === 0 ? (
        <Button variant="ghost" onClick={() => ask({ what: "archive" })}>
          Archive
        </Button>
      ) : null}
      <Button
        disabled={template.status === "draft" && template.streams.length === 0}
        title={template.version === 0 ? "Publishes version 1 as well." : undefined}
        pending={setStatus.isPending}
        onClick={() => setStatus.mutate({ templateId: template.id, status: template.status === "archived" ? "draft" : "published" })}
      >
        {template.status === "archived" ? "Take out of the archive" : "Put on offer"}
      </Button>
    </>
  );
}

type DraftButtonsProps = {
  dirty: boolean;
  valid: boolean;
  drafted: boolean;
  rolling: boolean;
  actions: Actions;
  ask: (asking: Asking) => void;
};

export function DraftButtons({
  dirty,
  valid,
  drafted,
  rolling,
  actions,
  ask,
  onSave,
  onPublish,
}: DraftButtonsProps & { onSave: () => void; onPublish: () => void }) {
  return (
    <>
      {drafted && !dirty ? (
        <Button variant="ghost" onClick={() => ask({ what: "discard" })}>
          Discard draft
        </Button>
      ) : null}
      <Button disabled={!dirty || !valid} pending={actions.save.isPending} onClick={onSave}>
        Save draft
      </Button>
      <Button
        variant="primary"
        disabled={!valid || rolling || !(dirty || drafted)}
        title={rolling ? "A version is still being rolled out." : undefined}
        onClick={onPublish}
      >
        Publish
      </Button>
    </>
  );
}
