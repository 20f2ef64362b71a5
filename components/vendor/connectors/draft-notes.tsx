"use client";

import { X } from "lucide-react";
import { Button } from "#components/ui/button.tsx";

/** What a draft assumes, until somebody has looked at it. */
export function DraftNotes({ notes, onDismiss }: { notes: readonly string[]; onDismiss: () => void }) {
  if (notes.length === 0) return null;
  return (
    <section aria-label="About this draft" className="rounded-md border border-hairline bg-muted py-2 ps-4 pe-2">
      <div className="flex items-center justify-between gap-2">
        <h2 className="font-medium text-sm">This is a draft. Look at what was assumed:</h2>
        <Button variant="ghost" size="icon-sm" aria-label="Dismiss" onClick={onDismiss}>
          <X aria-hidden="true" />
        </Button>
      </div>
      <ul className="list-disc ps-5 pe-2 pb-1 text-secondary text-sm">
        {notes.map((note) => (
          <li key={note} className="break-words">
            {note.split("`").map((part, n) =>
              // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, never reordered
              n % 2 === 1 ? <code key={n}>{part}</code> : part,
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
