"use client";

import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { StreamId } from "#server/lib/ids";
import type { LineageField } from "#server/trpc/views/lineage";
import { useSay } from "./language.tsx";
import { decisionWords, mappedWords, type SideNames, valueWords } from "./lineage-words";
import { ScreenFault } from "./parts.tsx";

function Line({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-4 sm:grid-cols-[9rem_minmax(0,1fr)]">
      <dt className="text-secondary">{term}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

/** What a value is read from, what was done to it, who decided, and what was written of it. */
function Origin({ field, names }: { field: LineageField; names: SideNames }) {
  const say = useSay();
  const { sources, origin, steps, decision, sent, mapped } = field;
  const { name } = names;
  return (
    <dl className="mt-1.5 flex flex-col gap-1 border-hairline-strong border-s-2 ps-3 text-sm">
      {sources.map((source) => (
        <Line key={source.path} term={say("differ.in", { name })}>
          {source.title}: <bdi className="font-medium">{valueWords(source.value, say)}</bdi>
        </Line>
      ))}
      {origin !== null && sources.length !== 1 ? <Line term={say("lineage.made_of")}>{origin}</Line> : null}
      {steps === null ? null : <Line term={say("lineage.on_the_way")}>{steps}</Line>}
      {decision ? <Line term={say("lineage.decided")}>{decisionWords(decision, names, say)}</Line> : null}
      {sent ? (
        <Line term={say("lineage.written", { name })}>
          {sent.title}: <bdi className="font-medium">{valueWords(sent.value, say)}</bdi>{" "}
          <RelativeTime date={sent.at} className="text-secondary" />
        </Line>
      ) : null}
      <Line term={say("tab.mapping")}>
        {mappedWords(mapped, names, say)} <RelativeTime date={mapped.at} className="text-secondary" />
      </Line>
    </dl>
  );
}

function Field({ field, names }: { field: LineageField; names: SideNames }) {
  const say = useSay();
  const [id, nameId] = [useId(), useId()];
  const [open, setOpen] = useState(false);
  return (
    <li className="py-2">
      <p id={nameId} className="text-secondary text-xs">
        {field.name}
      </p>
      <p className="break-words">
        <bdi>{valueWords(field.value, say)}</bdi>
      </p>
      <Button
        variant="link"
        size="sm"
        className="px-0 text-secondary"
        aria-expanded={open}
        aria-controls={id}
        aria-describedby={nameId}
        onClick={() => setOpen(!open)}
      >
        {say("lineage.ask")}
      </Button>
      <div id={id}>{open ? <Origin {...{ field, names }} /> : null}</div>
    </li>
  );
}

type Props = { which: { streamId: string; externalId?: string; ownId?: string }; vendorName: string };

/** A record, field by field, each with where its value comes from. */
export function RecordLineage({ which, vendorName }: Props) {
  const say = useSay();
  const trpc = useEmbed();
  const query = useQuery(trpc.records.lineage.queryOptions({ ...which, streamId: which.streamId as StreamId }));
  if (query.isPending) return <Skeleton className="my-2 h-16 w-full rounded-md" />;
  if (query.isError) return <ScreenFault error={query.error} retry={() => void query.refetch()} />;
  const { fields, integrationName: name, mapping, waiting } = query.data;
  const names = { vendorName, name };
  return (
    <div className="py-1.5">
      {mapping.isCurrent ? null : <p className="text-secondary text-sm">{say("lineage.old_mapping")}</p>}
      {waiting ? (
        <p className="text-secondary text-sm">{say(waiting.state === "waiting" ? "lineage.waiting" : "lineage.not_written", { name })}</p>
      ) : null}
      <ul className="divide-y divide-hairline">
        {fields.map((field) => (
          <Field key={field.field} {...{ field, names }} />
        ))}
      </ul>
    </div>
  );
}
