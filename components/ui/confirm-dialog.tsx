"use client";

import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";

type ConfirmProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** A question in words: "Disconnect HubSpot from Globex?" */
  title: string;
  /** What will happen, and what will not. */
  children: ReactNode;
  /** The verb and its object: "Disconnect HubSpot". */
  action: string;
  cancel?: string;
  tone?: "danger" | "primary";
  pending?: boolean;
  /** There is nothing to be done after all. */
  disabled?: boolean;
  onConfirm: () => void;
};

/** Asks before something that cannot simply be taken back. The safe choice has the focus. */
export function ConfirmDialog(props: ConfirmProps) {
  const {
    open,
    onOpenChange,
    title,
    children,
    action,
    cancel = "Cancel",
    tone = "danger",
    pending = false,
    disabled = false,
    onConfirm,
  } = props;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{cancel}</Button>
          <Button variant={tone} pending={pending} disabled={disabled} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="max-w-[60ch] space-y-2 text-base text-secondary">{children}</div>
    </Dialog>
  );
}
