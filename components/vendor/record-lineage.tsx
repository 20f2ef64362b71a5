"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { triggerWords } from "#components/vendor/run-words";
import type { StreamId } from "#server/lib/ids";
import type { Lineage, LineageDecision, LineageField } from "#server/trpc/views/lineage";

const EMPTY = "empty";
const shown = (value: unknown): string =>
  value === null || value === undefined || value === "" ? EMPTY : typeof value === "object" ? JSON.stringify(value) : String(value);

const authorWords = ({ by, who }: { by: string; who: string | null }) =>
  who ?? (by === "customer" ? "the customer" : by === "system" ? "the system" : "your team");

const RULES = {
  ours: "your side decides about this field",
  theirs: "the other side decides about this field",
  newest: "the later change counts",
  manual: "a person decides when both sides have changed it",
} as const;

const CHOSEN = { ours: "your value", theirs: "their value", own: "a value of their own" } as const;

function decisionWords(decision: LineageDecision, name: string): ReactNode {
  if (decision.kind === "owner")
    return `By the template’s rule, ${RULES[decision.owner]}. The value is ${decision.side === "ours" ? "yours" : `from ${name}`}.`;
  if (decision.kind === "open_conflict")
    return `Both sides have changed it and nobody has chosen yet. Yours: ${shown(decision.ours)}. ${name}: ${shown(decision.theirs)}.`;
  const what =
    decision.kind === "correction" ? "gave this value for this record" : `chose ${CHOSEN[decision.choice]} when both sides had changed it`;
  return (
    <>
      <bdi>{authorWords(decision)}</bdi> {what}, <RelativeTime date={decision.at} />.
    </>
  );
}

function Line({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-4 sm:grid-cols-[8rem_minmax(0,1fr)]">
      <dt className="text-secondary">{term}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

function Origin({ field, name }: { field: LineageField; name: string }) {
  const { sources, origin, steps, sending, sent, decision, mapped } = field;
  return (
    <dl className="flex flex-col gap-1.5 border-hairline border-s-2 ps-3.5 text-sm">
      {sources.map((source) => (
        <Line key={source.path} term={`In ${name}`}>
          {source.title} <code className="text-secondary text-xs">{source.path}</code>
          <br />
          <bdi className="font-medium">{shown(source.value)}</bdi>
        </Line>
      ))}
      {origin !== null && sources.length !== 1 ? <Line term="Made of">{origin}</Line> : null}
      {steps === null ? null : <Line term="On the way">{steps}</Line>}
      {decision ? <Line term="Decided">{decisionWords(decision, name)}</Line> : null}
      {sending ? (
        <Line term="Goes to">
          {sending.title} <code className="text-secondary text-xs">{sending.path}</code>, {sending.steps}
        </Line>
      ) : null}
      {sent ? (
        <Line term="Sent">
          <bdi className="font-medium">{shown(sent.value)}</bdi>, taken <RelativeTime date={sent.at} /> in{" "}
          <Link href={`/runs/${sent.runId}`} className="underline decoration-hairline-strong underline-offset-4 hover:decoration-current">
            this run
          </Link>
        </Line>
      ) : null}
      <Line term="Mapping">
        {mapped.layer === "template" ? `Version ${mapped.version} of the template` : `The customer’s own, change ${mapped.version}`}, by{" "}
        <bdi>{authorWords(mapped)}</bdi>, <RelativeTime date={mapped.at} />
      </Line>
    </dl>
  );
}

function Head({ lineage }: { lineage: Lineage }) {
  const { run, changedAt, mapping, waiting, integrationName: name } = lineage;
  return (
    <div className="mb-3 flex flex-col gap-1 text-secondary text-sm">
      <p>
        Changed <RelativeTime date={changedAt} />
        {run ? (
          <>
            {" "}
            by{" "}
            <Link
              href={`/runs/${run.id}`}
              className="font-medium text-foreground underline decoration-hairline-strong underline-offset-4 hover:decoration-current"
            >
              this run
            </Link>{" "}
            ({triggerWords(run.trigger)}, begun <RelativeTime date={run.startedAt} />)
          </>
        ) : null}
        , version {mapping.templateVersion} of the template.
      </p>
      {mapping.isCurrent ? null : (
        <p className="text-warning-text">The mapping has changed since. This is how it is now; the record is about to be mapped anew.</p>
      )}
      {waiting ? (
        <p className={waiting.state === "waiting" ? "" : "text-warning-text"}>
          {waiting.state === "waiting"
            ? `A change is still to be written to ${name}.`
            : `A change was not written to ${name}: ${waiting.message ?? waiting.code ?? "a person has to look"}`}
        </p>
      ) : null}
    </div>
  );
}

/** Where each value of a record comes from, field by field, to be opened one by one. */
export function RecordLineage(which: { streamId: string; externalId?: string; ownId?: string }) {
  const trpc = useVendor();
  const query = useQuery(trpc.records.lineage.queryOptions({ ...which, streamId: which.streamId as StreamId }));
  if (query.isPending) return <Skeleton className="h-40 w-full rounded-md" />;
  if (query.isError) return <FaultState error={query.error} onRetry={() => void query.refetch()} />;
  const { fields, integrationName } = query.data;
  if (fields.length === 0) return <EmptyState title="No field is mapped">The mapping fills nothing any more.</EmptyState>;
  return (
    <>
      <Head lineage={query.data} />
      <ul className="divide-y divide-hairline rounded-md border border-hairline">
        {fields.map((field) => (
          <li key={field.field}>
            <details className="group">
              <summary className="flex cursor-pointer list-none items-start gap-2 px-3 py-2 hover:bg-hover">
                <ChevronRight aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-subtle group-open:rotate-90 rtl:rotate-180" />
                <span className="grid min-w-0 flex-1 gap-x-4 sm:grid-cols-[9rem_minmax(0,1fr)]">
                  <span className="break-words text-secondary text-sm">{field.name}</span>
                  <bdi className="min-w-0 truncate group-open:whitespace-normal group-open:break-words">{shown(field.value)}</bdi>
                </span>
                <span className="sr-only">Where does this value come from?</span>
              </summary>
              <div className="px-3 pt-1 pb-3.5 ps-9">
                <Origin field={field} name={integrationName} />
              </div>
            </details>
          </li>
        ))}
      </ul>
    </>
  );
}
