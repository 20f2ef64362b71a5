"use client";

import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { StreamId } from "#server/lib/ids";
import type { ConnectionView } from "#server/trpc/views";
import { sayAround, useSay } from "./language.tsx";
import { StatusLine } from "./parts.tsx";
import { useCorrections, useSettling } from "./use-problems";

/** Values that were given by hand for single records, with the way to take each away; nothing when there are none. */
export function CorrectedRecords({ connection }: { connection: ConnectionView }) {
  const say = useSay();
  const corrections = useCorrections(connection.id);
  const work = useSettling();
  const items = corrections.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return null;
  const away = say("problems.uncorrect");
  return (
    <section aria-label={say("problems.corrected.title")}>
      <h2 className="font-semibold text-base">{say("problems.corrected.title")}</h2>
      <p className="mt-0.5 mb-3 max-w-[68ch] text-secondary text-sm">
        {say("problems.corrected.text", { name: connection.integrationName })}
      </p>
      {work.note ? (
        <div className="mb-2.5" role="alert">
          <StatusLine tone={work.note.tone}>{work.note.text}</StatusLine>
        </div>
      ) : null}
      <ul className="divide-y divide-hairline rounded-lg border border-hairline bg-surface">
        {items.map(({ streamId, externalId, field, fieldName, value, at }) => (
          <li key={`${streamId} ${field} ${externalId}`} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3">
            <div className="min-w-0 flex-1 basis-56">
              <p className="break-words text-sm">
                <span className="text-secondary">{fieldName}:</span> <bdi className="font-medium">{value}</bdi>
              </p>
              <p className="mt-0.5 text-secondary text-xs">
                {sayAround(say, "problems.corrected.record", { id: <code className="break-all">{externalId}</code> })} ·{" "}
                <RelativeTime date={at} />
              </p>
            </div>
            <Button
              size="sm"
              disabled={work.uncorrect.isPending}
              aria-label={[away, fieldName, externalId].join(", ")}
              onClick={() => work.uncorrect.mutate({ streamId: streamId as StreamId, externalId, field })}
            >
              {away}
            </Button>
          </li>
        ))}
      </ul>
      {corrections.hasNextPage ? (
        <Button className="mt-3" pending={corrections.isFetchingNextPage} onClick={() => void corrections.fetchNextPage()}>
          {say("differ.more")}
        </Button>
      ) : null}
    </section>
  );
}
