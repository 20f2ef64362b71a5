"use client";

import { useQuery } from "@tanstack/react-query";
import { Minus, Plus } from "lucide-react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { byStream, type ChangeLine, changeLine } from "#components/vendor/templates/change-words";
import type { TemplateChange, WholeTemplate } from "#server/domains/templates/template-changes";

function Facts({ facts, gone }: { facts: readonly string[]; gone: boolean }) {
  const Icon = gone ? Minus : Plus;
  return facts.map((fact) => (
    <span key={fact} className={`flex items-start gap-1.5 text-xs ${gone ? "text-danger-text" : "text-success-text"}`}>
      <Icon aria-label={gone ? "before:" : "after:"} className="mt-0.5 size-3 shrink-0 stroke-2" />
      <span className="min-w-0 break-words">{fact}</span>
    </span>
  ));
}

const Line = ({ title, gone, come }: ChangeLine) => (
  <li className="grid gap-x-3 gap-y-1 px-3 py-2 text-sm sm:grid-cols-[minmax(0,150px)_minmax(0,1fr)]">
    <p className="truncate font-medium">{title}</p>
    <div className="flex min-w-0 flex-col gap-0.5 sm:pt-0.5">
      <Facts facts={gone} gone />
      <Facts facts={come} gone={false} />
    </div>
  </li>
);

/** Everything in which two versions of a template differ, stream by stream. `whole` = the later of them. */
export function TemplateChanges({ changes, whole }: { changes: readonly TemplateChange[]; whole: WholeTemplate }) {
  const trpc = useVendor();
  const models = useQuery(trpc.models.list.queryOptions(undefined, { staleTime: 60_000 }));
  const modelOf = new Map(whole.streams.map(({ key, model }) => [key, model]));
  const nameIn = (stream: string | null) => (target: string) =>
    models.data?.find(({ key }) => key === modelOf.get(stream ?? ""))?.fields.find(({ key }) => key === target)?.name ?? target;
  return (
    <div className="flex flex-col gap-3">
      {byStream(changes).map((group) => (
        <section key={group.stream} aria-label={group.label ?? "Template"}>
          <h4 className="mb-1 text-secondary text-xs">{group.label ?? "Template"}</h4>
          <ul className="divide-y divide-hairline rounded-md border border-hairline">
            {group.changes.map((change) => (
              <Line key={`${change.what} ${change.stream} ${change.key}`} {...changeLine(change, nameIn(change.stream))} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
