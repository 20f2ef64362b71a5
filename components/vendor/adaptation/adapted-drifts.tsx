"use client";

import Link from "next/link";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Select } from "#components/ui/select.tsx";
import type { Adapted, Adapting } from "#components/vendor/adaptation/use-adaptations";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { DriftView } from "#server/domains/overrides/schema";

const EMPTY = "\u0000";

type Said = Record<string, string | null>;

/** What each new value of the source is with us. */
function Values({
  values,
  options,
  said,
  onSay,
}: {
  values: readonly string[];
  options: readonly string[] | null;
  said: Said;
  onSay: (said: Said) => void;
}) {
  return (
    <ul className="mt-2 flex max-w-md flex-col gap-1.5">
      {values.map((value) => (
        <li key={value} className="grid grid-cols-2 items-center gap-3">
          <bdi className="truncate text-sm">{value}</bdi>
          {options ? (
            <Select
              aria-label={`${value} becomes`}
              value={Object.hasOwn(said, value) ? (said[value] ?? EMPTY) : undefined}
              options={[...options.map((one) => ({ value: one, label: one })), { value: EMPTY, label: "Empty" }]}
              onChange={(to) => onSay({ ...said, [value]: to === EMPTY ? null : to })}
            />
          ) : (
            <Input
              aria-label={`${value} becomes`}
              value={said[value] ?? ""}
              maxLength={1_000}
              onChange={({ target }) => onSay({ ...said, [value]: target.value })}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

function Task({ drift, stream, adapting }: { drift: DriftView; stream: Adapted; adapting: Adapting }) {
  const [said, setSaid] = useState<Said>({});
  const designs = useMay("developer");
  const { remedy, id: driftId } = drift;
  const names = stream.model.fields.filter(({ key }) => drift.targets.includes(key)).map(({ name }) => name);
  const values = remedy.kind === "values" ? remedy.values : [];
  const ready = values.every((value) => Object.hasOwn(said, value));
  const busy = adapting.drift.isPending;
  const acts = remedy.kind === "patch" || remedy.kind === "values";
  return (
    <li className="px-4 py-3.5 sm:px-5">
      <p className="text-sm">
        <strong className="font-medium">{drift.message}</strong>{" "}
        <span className="text-secondary">
          {names.length > 0 ? `It fills ${names.join(", ")}. ` : ""}
          {drift.filter ? "It decides which records are taken. " : ""}
          Seen <RelativeTime date={drift.foundAt} />.
        </span>
      </p>
      {remedy.kind === "explain" || remedy.kind === "own" ? <p className="mt-1 text-sm">{remedy.label}</p> : null}
      {remedy.kind === "values" ? <Values values={values} options={remedy.options} said={said} onSay={setSaid} /> : null}
      <div className="mt-2.5 flex flex-wrap items-center gap-2">
        {acts ? (
          <Button
            size="sm"
            disabled={!ready || busy}
            onClick={() => adapting.drift.mutate({ driftId, act: "accept", ...(remedy.kind === "values" ? { to: said } : {}) })}
          >
            {remedy.kind === "values" ? "Use these values" : remedy.label}
          </Button>
        ) : null}
        <Button size="sm" variant="ghost" disabled={busy} onClick={() => adapting.drift.mutate({ driftId, act: "dismiss" })}>
          Leave it as it is
        </Button>
        {designs ? (
          <Link
            href={`/templates/${stream.templateId}/mapping/${stream.key}`}
            className="text-secondary text-sm underline underline-offset-2"
          >
            Mend it for everybody, in the template
          </Link>
        ) : null}
      </div>
    </li>
  );
}

/** What has changed at the customer's source and reaches a field here. The same is offered to the customer. */
export function AdaptedDrifts({ stream, adapting }: { stream: Adapted; adapting: Adapting }) {
  if (stream.drifts.length === 0) return null;
  return (
    <section aria-label="Changed at the source" className="rounded-lg border border-hairline bg-warning-soft">
      <ul className="divide-y divide-hairline">
        {stream.drifts.map((drift) => (
          <Task key={drift.id} drift={drift} stream={stream} adapting={adapting} />
        ))}
      </ul>
    </section>
  );
}
