"use client";

import { MoreHorizontal, Pause, Play, RefreshCw, RotateCcw, Square } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { maySync, type StreamActions } from "#components/vendor/use-stream-actions";
import type { StreamView } from "#server/trpc/views";

/** Writing and re-mapping would begin again at once, so only a reading can be stopped. */
const mayStop = ({ progress }: StreamView) => progress !== null && progress.kind !== "remap" && progress.kind !== "push";

/** What may be done with one stream. */
export function StreamMenu({ stream, actions }: { stream: StreamView; actions: StreamActions }) {
  const [asking, setAsking] = useState(false);
  const { id: streamId, label, pauseReasons } = stream;
  const isPaused = !maySync(stream);
  return (
    <>
      <Menu
        trigger={
          <Button variant="ghost" size="icon-sm" aria-label={`More for ${label}`}>
            <MoreHorizontal aria-hidden="true" />
          </Button>
        }
      >
        <MenuItem disabled={isPaused} onSelect={() => actions.sync.mutate({ streamId })}>
          <RefreshCw aria-hidden="true" />
          Sync now
        </MenuItem>
        {pauseReasons.includes("vendor") ? (
          <MenuItem onSelect={() => actions.resume.mutate({ streamId })}>
            <Play aria-hidden="true" />
            Resume
          </MenuItem>
        ) : (
          <MenuItem onSelect={() => actions.pause.mutate({ streamId })}>
            <Pause aria-hidden="true" />
            Pause
          </MenuItem>
        )}
        {stream.direction === "push" ? null : <MenuSeparator />}
        {mayStop(stream) ? (
          <MenuItem onSelect={() => actions.stopRun.mutate({ streamId })}>
            <Square aria-hidden="true" />
            Stop this run
          </MenuItem>
        ) : null}
        {stream.direction === "push" ? null : (
          <MenuItem disabled={isPaused} onSelect={() => setAsking(true)}>
            <RotateCcw aria-hidden="true" />
            Read everything again
          </MenuItem>
        )}
      </Menu>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        tone="primary"
        title={`Read all ${label.toLowerCase()} again?`}
        action="Read everything again"
        pending={actions.reread.isPending}
        onConfirm={() => actions.reread.mutate({ streamId }, { onSettled: () => setAsking(false) })}
      >
        <p>What is stored stays meanwhile. Records held back are tried again, and what is gone at the source is deleted here.</p>
        <p>With many records this takes a while and counts against the account's limit of requests.</p>
      </ConfirmDialog>
    </>
  );
}
