"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pause, Play, RefreshCw, X } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { count } from "#components/ui/format";

type Action = "sync" | "pause" | "resume";

const MOST = 200;

const WORDS: Record<Action, { title: string; action: string; explain: string; done: string }> = {
  sync: {
    title: "Try again for",
    action: "Try again now",
    explain: "Every stream that is not paused is read again now. What waits for somebody to reconnect stays as it is.",
    done: "being read again",
  },
  pause: {
    title: "Pause",
    action: "Pause",
    explain: "Nothing is read for them until your team resumes it. What was synced stays, and nothing is lost.",
    done: "paused",
  },
  resume: {
    title: "Resume",
    action: "Resume",
    explain: "Your team's pause is lifted and they are read now. A pause of the customer's own stays.",
    done: "resumed",
  },
};

/** What can be done to the chosen customers, at the bottom of the screen; each asks first and says what will happen. */
export function BulkBar({ chosen, onClear }: { chosen: readonly string[]; onClear: () => void }) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const [asking, setAsking] = useState<Action | null>(null);
  const act = useMutation(
    trpc.customers.act.mutationOptions({
      onSuccess: ({ streams, skipped }, { action }) => {
        void cache.invalidateQueries(trpc.customers.pathFilter());
        void cache.invalidateQueries(trpc.overview.pathFilter());
        const rest = skipped > 0 ? `${count(skipped, "stream")} had nothing to do: paused, or without access.` : undefined;
        const title = streams === 0 ? "Nothing changed" : `${count(streams, "stream is", "streams are")} ${WORDS[action].done}`;
        toast.success(title, rest ? { description: rest } : {});
        onClear();
      },
      onError: (error) => {
        const fault = faultOf(error);
        toast.error("Nothing was changed", { description: fault.detail ?? fault.text });
      },
      onSettled: () => setAsking(null),
    }),
  );
  const words = WORDS[asking ?? "sync"];
  const many = count(chosen.length, "customer");
  const tooMany = chosen.length > MOST;
  return (
    <>
      {chosen.length > 0 ? (
        <section
          aria-label="Chosen customers"
          className="fade-in-0 sticky bottom-4 z-20 mx-auto mt-4 flex w-fit max-w-full animate-in flex-wrap items-center gap-2 rounded-lg bg-popover px-3 py-2 shadow-float duration-150"
        >
          <span className="px-1 font-medium text-sm tabular-nums" role="status">
            {tooMany ? `${many}: at most ${MOST} at once` : `${many} chosen`}
          </span>
          <Button size="sm" disabled={tooMany} onClick={() => setAsking("sync")}>
            <RefreshCw aria-hidden="true" />
            Try again
          </Button>
          <Button size="sm" disabled={tooMany} onClick={() => setAsking("pause")}>
            <Pause aria-hidden="true" />
            Pause
          </Button>
          <Button size="sm" disabled={tooMany} onClick={() => setAsking("resume")}>
            <Play aria-hidden="true" />
            Resume
          </Button>
          <Button size="icon-sm" variant="ghost" onClick={onClear} aria-label="Choose none">
            <X aria-hidden="true" />
          </Button>
        </section>
      ) : null}
      <ConfirmDialog
        open={asking !== null}
        onOpenChange={(open) => !open && setAsking(null)}
        title={`${words.title} ${many}?`}
        action={words.action}
        tone={asking === "pause" ? "danger" : "primary"}
        pending={act.isPending}
        onConfirm={() => asking && act.mutate({ customerIds: [...chosen], action: asking })}
      >
        <p>{words.explain}</p>
      </ConfirmDialog>
    </>
  );
}
