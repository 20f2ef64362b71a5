"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import type { AdaptStream } from "#server/domains/overrides/schema";
import { sayField } from "#server/mapping/say-field";
import type { FieldMapping } from "#server/mapping/schema";
import { useSay } from "./language.tsx";
import { outcomeOf, wholeWith } from "./mapping-outcome";
import { OutcomeLine } from "./mapping-row.tsx";
import { StatusLine } from "./parts.tsx";
import { sayFault } from "./say-fault";

type Conflict = AdaptStream["overrides"]["conflicts"][number];
type SideProps = {
  title: string;
  words: string;
  outcome: ReturnType<typeof outcomeOf>;
  action: string;
  pending: boolean;
  disabled: boolean;
  onTake: () => void;
};

function Side({ title, words, outcome, action, pending, disabled, onTake }: SideProps) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5 rounded-md border border-hairline bg-surface px-3.5 py-3">
      <h4 className="text-secondary text-xs">{title}</h4>
      <p className="break-words font-medium text-sm">{words}</p>
      <OutcomeLine outcome={outcome} />
      <div className="mt-auto pt-1.5">
        <Button pending={pending} disabled={disabled} onClick={onTake}>
          {action}
        </Button>
      </div>
    </div>
  );
}

type Props = { stream: AdaptStream; vendorName: string; readOnly: boolean };

/** Fields that both a new version of the template and the customer have changed: both sides, on a real record, to choose from. */
export function MappingConflicts({ stream, vendorName, readOnly }: Props) {
  const say = useSay();
  const trpc = useEmbed();
  const cache = useQueryClient();
  const settle = useMutation(
    trpc.mapping.settleConflict.mutationOptions({
      onSettled: () =>
        Promise.all([
          cache.invalidateQueries({ queryKey: trpc.mapping.pathKey() }),
          cache.invalidateQueries({ queryKey: trpc.connections.get.pathKey() }),
        ]),
    }),
  );
  const { conflicts, n } = stream.overrides;
  const { streamId } = stream;
  if (conflicts.length === 0 || streamId === null) return null;
  const titles = new Map(stream.sourceFields.map(({ path, title }) => [path, title]));
  const sources = new Map(stream.sourceFields.map((field) => [field.path, field]));
  const fault = settle.error ? sayFault(settle.error, say) : null;
  const sideOf = ({ target }: Conflict, field: FieldMapping | null, keep: "customer" | "template") => {
    const model = stream.model.fields.find(({ key }) => key === target);
    return {
      words: sayField(field, titles, say),
      outcome: model
        ? outcomeOf(field, model, stream.samples[0]?.source, say, sources, wholeWith(stream, target, field))
        : ({ state: "unmapped" } as const),
      pending: settle.isPending && settle.variables?.target === target && settle.variables.keep === keep,
      disabled: readOnly || settle.isPending,
      onTake: () => settle.mutate({ streamId, n, target, keep }),
    };
  };
  return (
    <section
      aria-label={say("conflict.section", { vendor: vendorName })}
      className="@container rounded-lg border border-hairline bg-warning-soft"
    >
      <ul className="divide-y divide-hairline">
        {conflicts.map((conflict) => {
          const name = stream.model.fields.find(({ key }) => key === conflict.target)?.name ?? conflict.target;
          return (
            <li key={conflict.target} className="px-4 py-3.5 sm:px-5">
              <StatusLine tone="wait">
                <strong className="font-medium">
                  {say(conflict.takenBy === undefined ? "conflict.title" : "conflict.taken", { vendor: vendorName, field: name })}
                </strong>{" "}
                <span className="text-secondary">{say(conflict.takenBy === undefined ? "conflict.text" : "conflict.taken_text")}</span>
              </StatusLine>
              <div className="mt-2.5 grid gap-3 @xl:grid-cols-2">
                <Side title={say("row.own")} action={say("conflict.keep")} {...sideOf(conflict, conflict.customer, "customer")} />
                <Side
                  title={say("conflict.new_from", { vendor: vendorName })}
                  action={say("conflict.take")}
                  {...sideOf(conflict, conflict.template, "template")}
                />
              </div>
            </li>
          );
        })}
      </ul>
      {fault ? (
        <div className="border-hairline border-t px-4 py-3" role="alert">
          <StatusLine tone="bad">{fault.code === "conflict" ? say("conflict.stale") : (fault.detail ?? fault.text)}</StatusLine>
        </div>
      ) : null}
    </section>
  );
}
