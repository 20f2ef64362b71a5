"use client";

import { useMutation, useQueries, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import type { AdaptStream } from "#server/domains/overrides/schema";
import type { StreamChosen } from "#server/domains/templates/offers";
import { keyOf } from "#server/mapping/same-value";
import type { ConnectionView } from "#server/trpc/views";
import { useSay } from "./language.tsx";
import { StatusLine } from "./parts.tsx";
import { sayFault } from "./say-fault";
import { StreamChoices, takesNothing } from "./stream-choices.tsx";
import { hasOffer } from "./stream-offer.tsx";
import { differs, offersChoices } from "./stream-wishes";
import { adaptationOptions } from "./use-adaptation";

type LineProps = { connection: ConnectionView; templateId: string; stream: AdaptStream; alone: boolean; vendorName: string };

/** Turning single streams on and off again, and choosing how they run. */
function useStreamChanges({ connection, templateId, stream }: LineProps) {
  const trpc = useEmbed();
  const cache = useQueryClient();
  const fresh = () =>
    Promise.all([
      cache.invalidateQueries({ queryKey: trpc.mapping.pathKey() }),
      cache.invalidateQueries({ queryKey: trpc.connections.get.queryKey({ connectionId: connection.id }) }),
    ]);
  const activate = useMutation(trpc.installations.activate.mutationOptions({ onSuccess: fresh }));
  const choose = useMutation(trpc.streams.choose.mutationOptions({ onSuccess: fresh }));
  const turn = (on: boolean) => activate.mutate({ connectionId: connection.id, templateId, streams: { [stream.key]: on } });
  const save = (chosen: StreamChosen, then: () => void) =>
    stream.streamId && choose.mutate({ streamId: stream.streamId, chosen }, { onSuccess: then });
  return {
    turn,
    save,
    pending: activate.isPending,
    saving: choose.isPending,
    saved: choose.isSuccess,
    error: activate.error ?? choose.error,
  };
}

/** What it is, and whether it flows. */
function Head({
  stream,
  alone,
  pending,
  onTurn,
}: Pick<LineProps, "stream" | "alone"> & { pending: boolean; onTurn: (on: boolean) => void }) {
  const say = useSay();
  const id = useId();
  const { flows } = stream.offers;
  const switched = flows !== undefined && flows !== "always" && !alone;
  return (
    <div className="flex min-h-6 items-center gap-2.5">
      {switched ? <Checkbox id={id} checked={stream.isOn} disabled={pending} onCheckedChange={(on) => onTurn(on === true)} /> : null}
      <h3 className="min-w-0 font-medium text-sm">
        {switched ? (
          <label htmlFor={id}>
            <bdi>{stream.label}</bdi>
          </label>
        ) : (
          <bdi>{stream.label}</bdi>
        )}
      </h3>
      <span className="text-secondary text-sm">{stream.isOn ? (flows === "always" ? say("choose.always") : "") : say("map.part.off")}</span>
    </div>
  );
}

/** How it runs, to change and to save. */
function How({
  props,
  save,
  saving,
  saved,
}: { props: LineProps } & Pick<ReturnType<typeof useStreamChanges>, "save" | "saving" | "saved">) {
  const { connection, stream, vendorName } = props;
  const say = useSay();
  const [edited, setEdited] = useState<StreamChosen | null>(null);
  const chosen = edited ?? stream.chosen;
  const dirty = edited !== null && differs(edited, stream.chosen);
  const begun = connection.streams.some(
    ({ id, lastSuccessAt, progress, recordCount }) =>
      id === stream.streamId && (lastSuccessAt !== null || progress !== null || recordCount > 0),
  );
  return (
    <>
      <div className="mt-2.5">
        <StreamChoices stream={stream} chosen={chosen} begun={begun} onChange={setEdited} />
      </div>
      {dirty ? (
        <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2">
          <Button variant="primary" pending={saving} disabled={takesNothing(chosen)} onClick={() => save(chosen, () => setEdited(null))}>
            {say("save.save")}
          </Button>
          <Button variant="ghost" onClick={() => setEdited(null)}>
            {say("common.cancel")}
          </Button>
          {keyOf(chosen.only ?? {}) === keyOf(stream.chosen.only ?? {}) ? null : (
            <span className="min-w-0 flex-1 basis-56 text-secondary text-sm">{say("choose.rereads", { vendor: vendorName })}</span>
          )}
        </div>
      ) : saved ? (
        <p role="status" className="mt-2 text-secondary text-sm">
          {say("choose.saved")}
        </p>
      ) : null}
    </>
  );
}

function Line(props: LineProps) {
  const { stream } = props;
  const say = useSay();
  const { turn, pending, error, ...saving } = useStreamChanges(props);
  const fault = error ? sayFault(error, say) : null;
  return (
    <li className="@container px-4 py-4">
      <Head {...props} pending={pending} onTurn={turn} />
      {stream.isOn && offersChoices(stream) ? <How props={props} {...saving} /> : null}
      {fault ? (
        <div className="mt-2" role="alert">
          <StatusLine tone="bad">{fault.detail ?? fault.text}</StatusLine>
        </div>
      ) : null}
    </li>
  );
}

/** What of the connection's streams the customer may choose; nothing where there is nothing. */
export function StreamSettings({ connection, vendorName }: { connection: ConnectionView; vendorName: string }) {
  const say = useSay();
  const trpc = useEmbed();
  const ids = [...new Set(connection.streams.map(({ templateId }) => templateId))];
  const found = useQueries({ queries: ids.map((templateId) => adaptationOptions(trpc, connection.id, templateId)) });
  const lines = found.flatMap(({ data }) =>
    (data?.streams ?? []).flatMap((stream) => {
      if (!data || !hasOffer(stream)) return [];
      const others = data.streams.some((one) => one.key !== stream.key && one.isOn);
      return [{ key: `${data.templateId} ${stream.key}`, templateId: data.templateId, stream, alone: stream.isOn && !others }];
    }),
  );
  if (lines.length === 0) return null;
  return (
    <section aria-labelledby="how-it-syncs" className="mb-4">
      <h2 id="how-it-syncs" className="mb-2 font-semibold text-base">
        {say("choose.title")}
      </h2>
      <ul className="divide-y divide-hairline overflow-hidden rounded-lg border border-hairline bg-surface">
        {lines.map(({ key, ...line }) => (
          <Line key={key} {...line} connection={connection} vendorName={vendorName} />
        ))}
      </ul>
    </section>
  );
}
