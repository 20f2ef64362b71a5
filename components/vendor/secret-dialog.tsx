"use client";

import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";

/** A secret, shown this one time. */
export function SecretDialog({
  secret,
  title,
  children,
  onClose,
}: {
  secret: string | null;
  title: string;
  children: string;
  onClose: () => void;
}) {
  return (
    <Dialog
      open={secret !== null}
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={children}
      footer={
        <Button variant="primary" onClick={onClose}>
          I have stored it
        </Button>
      }
    >
      <div className="flex items-start gap-2 rounded-md border border-hairline-strong bg-muted py-1.5 ps-3 pe-1.5">
        <code className="min-w-0 flex-1 select-all break-all py-1" data-testid="secret">
          {secret}
        </code>
        <CopyButton value={secret ?? ""} label="Copy secret" />
      </div>
    </Dialog>
  );
}
