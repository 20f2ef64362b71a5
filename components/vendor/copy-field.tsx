import type { ReactNode } from "react";
import { CopyButton } from "#components/ui/copy-button.tsx";

/** A value to take elsewhere: read only, selectable, with a copy button. */
export function CopyField({ label, value, hint }: { label: string; value: string; hint?: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <span className="font-medium text-sm">{label}</span>
      <div className="flex h-8 items-center rounded-md border border-hairline-strong bg-muted ps-2.5 pe-0.5">
        <code className="min-w-0 flex-1 select-all truncate">{value}</code>
        <CopyButton value={value} label={`Copy ${label.toLowerCase()}`} />
      </div>
      {hint ? <p className="text-secondary text-xs">{hint}</p> : null}
    </div>
  );
}
