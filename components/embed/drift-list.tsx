"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { AdaptStream, DriftView } from "#server/domains/overrides/schema";
import { useSay } from "./language.tsx";
import { OurValue } from "./mapping-values.tsx";
import { StatusLine, ToneIcon } from "./parts.tsx";
import { sayFault } from "./say-fault";

/** Of these the label says what a person can do. */
const EXPLAINED: ReadonlySet<string> = new Set(["explain", "own"]);

type Scalar = string | number | boolean | null;

/** Settling, with what the server had to say about it. */
function useSettle() {
  const say = useSay();
  const trpc = useEmbed();
  const cache = useQueryClient();
  const settle = useMutation(
    trpc.mapping.settleDrift.mutationOptions({
      onSettled: () =>
        Promise.all([
          cache.invalidateQueries({ queryKey: trpc.mapping.pathKey() }),
          cache.invalidateQueries({ queryKey: trpc.connections.get.pathKey() }),
        ]),
    }),
  );
  const fault = settle.error ? sayFault(settle.error, say) : null;
  return {
    settle,
    trouble: fault ? (fault.code === "invalid" || fault.code === "conflict" ? (fault.detail ?? fault.text) : fault.text) : null,
  };
}

type DecideProps = {
  drift: DriftView;
  settle: ReturnType<typeof useSettle>["settle"];
  allSaid: boolean;
  accept: () => void;
  onChoose: () => void;
  onSettings: () => void;
};

function Decide({ drift, settle, allSaid, accept, onChoose, onSettings }: DecideProps) {
  const say = useSay();
  const { remedy } = drift;
  const doing = settle.isPending ? settle.variables?.act : undefined;
  return (
    <div className="mt-2.5 flex flex-wrap gap-2">
      {remedy.kind === "own" ? (
        <Button onClick={onSettings}>{say("tab.settings")}</Button>
      ) : remedy.kind === "explain" ? (
        <Button onClick={onChoose}>{say("drift.choose_other")}</Button>
      ) : (
        <Button variant="primary" disabled={!allSaid} pending={doing === "accept"} onClick={accept}>
          {remedy.kind === "values" ? say("drift.use_values") : remedy.label}
        </Button>
      )}
      <Button variant="ghost" pending={doing === "dismiss"} onClick={() => settle.mutate({ driftId: drift.id, act: "dismiss" })}>
        {say("common.not_now")}
      </Button>
    </div>
  );
}

type TaskProps = {
  drift: DriftView;
  stream: AdaptStream;
  integrationName: string;
  vendorName: string;
  readOnly: boolean;
  onChoose: (target: string) => void;
  /** Leads to where the customer chooses which records are taken. */
  onSettings: () => void;
};

/** One change at the source that reaches a field here, and what one click does about it. */
function Task({ drift, stream, integrationName, vendorName, readOnly, onChoose, onSettings }: TaskProps) {
  const say = useSay();
  const { settle, trouble } = useSettle();
  const [to, setTo] = useState<Record<string, Scalar>>({});
  const { remedy } = drift;
  const targets = stream.model.fields.filter(({ key }) => drift.targets.includes(key));
  const [first] = targets;
  const accept = () => settle.mutate({ driftId: drift.id, act: "accept", ...(remedy.kind === "values" ? { to } : {}) });
  const allSaid = remedy.kind !== "values" || remedy.values.every((value) => Object.hasOwn(to, value));
  const settleOn = (value: string, said: Scalar | undefined) =>
    setTo((before) => {
      const { [value]: _gone, ...rest } = before;
      return said === undefined ? rest : { ...rest, [value]: said };
    });
  const asked = remedy.kind === "values" && first ? { ...first, ...(remedy.options ? { values: remedy.options } : {}) } : null;
  return (
    <li className="px-4 py-3.5 sm:px-5">
      <div className="flex items-start gap-2">
        <ToneIcon tone={remedy.kind === "vendor" ? "off" : "wait"} className="mt-0.5" />
        <div className="min-w-0 flex-1">
          <p className="font-medium">{say(`drift.${drift.kind}`, { name: integrationName })}</p>
          <p className="mt-0.5 break-words text-secondary text-sm">
            {drift.message}{" "}
            {targets.length > 0 ? (
              <>{say("drift.fills", { fields: targets.map(({ name }) => say("origin.quoted", { value: name })).join(", ") })} </>
            ) : null}
            {drift.filter ? <>{say("drift.decides")} </> : null}
            <RelativeTime date={drift.foundAt} className="text-subtle" />
          </p>
          {asked && remedy.kind === "values" ? (
            <ul className="mt-2 max-w-md space-y-1.5">
              {remedy.values.map((value) => (
                <li key={value} className="grid grid-cols-2 items-center gap-3">
                  <bdi className="truncate text-sm">{value}</bdi>
                  <OurValue
                    label={say("values.becomes", { value })}
                    model={asked}
                    value={to[value]}
                    onChange={(said) => settleOn(value, said)}
                  />
                </li>
              ))}
            </ul>
          ) : null}
          {EXPLAINED.has(remedy.kind) ? <p className="mt-1 text-sm">{remedy.label}</p> : null}
          {remedy.kind === "vendor" ? <p className="mt-1 text-sm">{say("drift.with_vendor", { name: vendorName })}</p> : null}
          {trouble ? (
            <div className="mt-2" role="alert">
              <StatusLine tone="bad">{trouble}</StatusLine>
            </div>
          ) : null}
          {readOnly || remedy.kind === "vendor" ? null : (
            <Decide {...{ drift, settle, allSaid, accept, onSettings }} onChoose={() => onChoose(drift.targets[0] ?? "")} />
          )}
        </div>
      </div>
    </li>
  );
}

type ListProps = Omit<TaskProps, "drift">;

/** What has changed at the source and waits for a decision. All other fields flow on meanwhile. */
export function DriftList(props: ListProps) {
  const say = useSay();
  const { drifts } = props.stream;
  if (drifts.length === 0) return null;
  return (
    <section aria-label={say("drift.section")} className="rounded-lg border border-hairline bg-warning-soft">
      <ul className="divide-y divide-hairline">
        {drifts.map((drift) => (
          <Task key={drift.id} drift={drift} {...props} />
        ))}
      </ul>
    </section>
  );
}
