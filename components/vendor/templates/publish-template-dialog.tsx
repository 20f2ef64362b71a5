"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { count } from "#components/ui/format";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { type Pace, PaceChoice, USUAL_PACE } from "#components/vendor/rollouts/pace-choice.tsx";
import { impactWords } from "#components/vendor/rollouts/rollout-choice.tsx";
import { TemplateChanges } from "#components/vendor/templates/template-changes.tsx";
import type { useTemplateActions } from "#components/vendor/templates/use-template";
import type { TemplateDraftView } from "#server/domains/templates/get-template-draft";

type Props = { templateId: string; publish: ReturnType<typeof useTemplateActions>["publish"]; onClose: () => void; onDone: () => void };

/** Whom it reaches: who runs what changes, and what is turned off for whom. */
function reachOf({ changes, reach }: TemplateDraftView) {
  const of = (wanted: (what: string) => boolean) => {
    const keys = new Set(changes.filter(({ what }) => wanted(what)).map(({ stream }) => stream));
    return reach.filter(({ stream }) => keys.has(stream));
  };
  const gone = of((what) => what === "removed");
  const moved = of((what) => what !== "removed" && what !== "added");
  const most = (rows: TemplateDraftView["reach"]) => Math.max(0, ...rows.map(({ customers }) => customers));
  return { gone: most(gone), moved: most(moved) };
}

function reachWords(moved: number, pace: Pace): string {
  if (moved === 0) return "Nobody runs what changes; it counts from the next turning on.";
  const who = count(moved, "customer runs", "customers run");
  return pace === null
    ? `${who} what changes, and ${moved === 1 ? "goes" : "go"} on with this version at once.`
    : `${who} what changes, and ${moved === 1 ? "gets" : "get"} this version step by step. Names, order and streams that come or go follow when everybody has it.`;
}

/** What a changed mapping does to what customers have changed themselves; who and what in particular is seen in the studio. */
function Impact({ templateId, stream, label }: { templateId: string; stream: string; label: string }) {
  const trpc = useVendor();
  const query = useQuery(trpc.rollouts.preview.queryOptions({ templateId, streamKey: stream }, { staleTime: 0, gcTime: 0 }));
  return (
    <li className="flex flex-wrap items-baseline gap-x-2 text-sm">
      <span className="font-medium">{label}:</span>
      {query.data ? (
        <span>{impactWords(query.data)}</span>
      ) : query.isError ? (
        <span className="text-secondary">It could not be counted now.</span>
      ) : (
        <Skeleton className="h-4 w-48" />
      )}
      {query.data && query.data.withOwn > 0 ? (
        <Link href={`/templates/${templateId}/mapping/${stream}`} className="text-secondary text-xs underline underline-offset-2">
          See whose
        </Link>
      ) : null}
    </li>
  );
}

/** Streams whose mapping changes and that somebody runs. */
const remapped = ({ changes, reach, after }: TemplateDraftView) =>
  after.streams.filter(
    ({ key }) =>
      reach.some(({ stream }) => stream === key) &&
      changes.some(({ what, stream }) => stream === key && (what === "field" || what === "filter" || what === "choice")),
  );

function Opened({ view, publish, templateId, onClose, onDone }: Props & { view: TemplateDraftView }) {
  const { gone, moved } = reachOf(view);
  const [chosen, setChosen] = useState<Pace>(USUAL_PACE);
  const [agreed, setAgreed] = useState(false);
  const pace = moved > 0 && view.version > 0 ? chosen : null;
  const send = () =>
    publish.mutate(
      { templateId, basis: view.basis, stopRunning: gone > 0 && agreed, ...(pace ? { rollout: pace } : {}) },
      { onSuccess: onDone, onSettled: onClose },
    );
  return (
    <>
      <p className="text-base text-secondary">{reachWords(moved, pace)}</p>
      <h3 className="mt-4 mb-1.5 font-medium text-sm">{count(view.changes.length, "change")}</h3>
      <div className="max-h-80 overflow-y-auto">
        <TemplateChanges changes={view.changes} whole={{ ...view.after, streams: [...view.after.streams, ...view.before.streams] }} />
      </div>
      {remapped(view).length > 0 ? (
        <>
          <h3 className="mt-4 mb-1 font-medium text-sm">Whom it reaches</h3>
          <ul className="flex flex-col gap-1">
            {remapped(view).map(({ key, label }) => (
              <Impact key={key} templateId={templateId} stream={key} label={label} />
            ))}
          </ul>
        </>
      ) : null}
      {gone > 0 ? (
        <label className="mt-4 flex items-start gap-2.5 rounded-md border border-hairline px-3 py-2.5 text-sm">
          <input
            type="checkbox"
            checked={agreed}
            onChange={({ target }) => setAgreed(target.checked)}
            className="mt-0.5 size-4 shrink-0 accent-(--accent)"
          />
          <span>
            Turn removed streams off for {count(gone, "customer")}.
            <span className="block text-secondary text-xs">Their records stay and are readable, and are not kept up to date any more.</span>
          </span>
        </label>
      ) : null}
      {moved > 0 && view.version > 0 ? <PaceChoice pace={pace} onPace={setChosen} /> : null}
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="primary"
          disabled={view.changes.length === 0 || (gone > 0 && !agreed) || view.rolling !== null}
          pending={publish.isPending}
          onClick={send}
        >
          {pace === null ? "Publish" : "Roll out"} version {view.next}
        </Button>
      </div>
    </>
  );
}

/** All that the next version brings, to whom, and how it goes out: nobody should be surprised by it. */
export function PublishTemplateDialog(props: Props & { name: string }) {
  const trpc = useVendor();
  const { templateId, name, onClose } = props;
  const query = useQuery(trpc.templates.draft.queryOptions({ templateId }, { staleTime: 0, gcTime: 0 }));
  const view = query.isFetching ? undefined : query.data;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`Publish ${name}?`} className="max-w-[620px]">
      {view ? (
        <Opened view={view} {...props} />
      ) : query.isError ? (
        <FaultState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <div className="flex flex-col gap-3" aria-busy="true">
          <Skeleton className="w-80 max-w-full" />
          <Skeleton className="h-24 w-full" />
        </div>
      )}
    </Dialog>
  );
}
