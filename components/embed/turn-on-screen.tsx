"use client";

import { useQueries, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import type { AdaptStream } from "#server/domains/overrides/schema";
import type { ConnectionView } from "#server/trpc/views";
import type { IntegrationDetail, TemplateOffer } from "#server/trpc/views/embed";
import type { Say } from "#server/words/say";
import { sayAround, useSay } from "./language.tsx";
import { choosable, NO_EDITS, openFields } from "./mapping-draft";
import { useNavigation } from "./navigation.tsx";
import { ScreenFault, ScreenHead, ScreenSkeleton, StatusLine } from "./parts.tsx";
import { sayFault } from "./say-fault";
import { takesNothing } from "./stream-choices.tsx";
import { hasOffer, StreamOffer } from "./stream-offer.tsx";
import { chosenOf, isWanted, type StreamWish, streamId, useStreamWishes } from "./stream-wishes";
import { useTurnOn, wishFor } from "./use-turn-on";

type OfferProps = {
  template: TemplateOffer;
  detail: IntegrationDetail;
  /** What its streams do; none while that is not known. */
  streams: readonly AdaptStream[];
  chosen: boolean;
  onChoose: (chosen: boolean) => void;
  single: boolean;
  wishOf: (stream: AdaptStream) => StreamWish;
  onWish: (stream: AdaptStream, wish: StreamWish) => void;
};

/** Which fields wait for a decision, and how many may be chosen. */
function Choices({ streams }: { streams: readonly AdaptStream[] }) {
  const say = useSay();
  const open = streams.flatMap((stream) =>
    openFields(stream, NO_EDITS).map(({ target }) => stream.model.fields.find((field) => field.key === target)?.name ?? target),
  );
  const free = streams.reduce((sum, stream) => sum + choosable(stream).length, 0);
  if (open.length > 0)
    return (
      <div className="mt-1.5">
        <StatusLine tone="wait">{say("turn_on.asks", { fields: open.join(", ") })}</StatusLine>
      </div>
    );
  return free > 0 ? <p className="mt-1.5 text-secondary text-sm">{say("turn_on.yours", { count: free })}</p> : null;
}

function Offer({ template, detail, streams, chosen, onChoose, single, wishOf, onWish }: OfferProps) {
  const say = useSay();
  const id = useId();
  const labels = new Set(template.streams.map((stream) => stream.label));
  const reads = detail.reads.filter((read) => labels.has(read.label)).map((line) => ({ ...line, words: "turn_on.reads" as const }));
  const writes = detail.writes.filter((write) => labels.has(write.label)).map((line) => ({ ...line, words: "turn_on.writes" as const }));
  return (
    <li className="flex gap-3 px-4 py-3.5 sm:px-5">
      {single ? null : <Checkbox id={id} className="mt-0.5" checked={chosen} onCheckedChange={(checked) => onChoose(checked === true)} />}
      <div className="min-w-0 flex-1">
        {single ? (
          <p className="font-medium">{template.name}</p>
        ) : (
          <label htmlFor={id} className="font-medium">
            {template.name}
          </label>
        )}
        <p className="mt-0.5 text-secondary text-sm">
          <bdi>{template.description}</bdi>
        </p>
        {[...reads, ...writes].map(({ words, label, fields }) => (
          <details key={`${words} ${label}`} className="mt-1.5 text-sm">
            <summary className="text-secondary">{say(words, { label, name: detail.name, count: fields.length })}</summary>
            <p className="mt-1 text-secondary">{fields.join(", ")}</p>
          </details>
        ))}
        <Choices streams={streams.filter((stream) => isWanted(stream, wishOf(stream)))} />
        {chosen && streams.some(hasOffer) ? (
          <ul className="mt-3 divide-y divide-hairline border-hairline border-t">
            {streams.map((stream) => (
              <StreamOffer key={stream.key} stream={stream} wish={wishOf(stream)} onWish={(wish) => onWish(stream, wish)} />
            ))}
          </ul>
        ) : null}
      </div>
    </li>
  );
}

/** What the templates on offer do with this account, by their ids; none of what could not be had. */
function useStreams(connectionId: string, offers: readonly TemplateOffer[]) {
  const trpc = useEmbed();
  const found = useQueries({
    queries: offers.map(({ id }) => trpc.mapping.get.queryOptions({ connectionId, templateId: id }, { staleTime: 5_000 })),
  });
  const streams = new Map(offers.map(({ id }, index) => [id, found[index]?.data?.streams ?? []]));
  return { streams, waiting: found.some((query) => query.isPending) };
}

/** What will happen, before it does: what is read, what is written there, and that it can be stopped. */
function planWords(
  on: TemplateOffer["streams"],
  { limited, ...names }: { limited: boolean; vendor: string; name: string },
  say: Say,
): string {
  const labels = (streams: TemplateOffer["streams"]) => say.list([...new Set(streams.map(({ label }) => say.inner(label)))]);
  const read = on.filter(({ direction }) => direction !== "push");
  const written = on.filter(({ direction }) => direction !== "pull");
  const deleted = written.filter(({ deletes }) => deletes);
  return [
    ...(read.length > 0 ? [say(limited ? "turn_on.plan_chosen" : "turn_on.plan", { what: labels(read), ...names })] : []),
    written.length > 0 ? say("detail.written_by", { what: labels(written), ...names }) : say("detail.unchanged", names),
    ...(deleted.length > 0 ? [say("detail.deleted_by", { what: labels(deleted), ...names })] : []),
    say("turn_on.pause"),
  ].join(say.language === "ja" ? "" : " ");
}

function Review({ detail, connection, vendorName }: { detail: IntegrationDetail; connection: ConnectionView; vendorName: string }) {
  const say = useSay();
  const { go, replace } = useNavigation();
  const offers = detail.templates.filter((template) => !template.installedOn.includes(connection.id));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(offers.slice(0, 1).map((offer) => offer.id)));
  const { streams, waiting } = useStreams(connection.id, offers);
  const { turnOn, pending, error } = useTurnOn(detail.id, connection.id);
  const home = () => replace({ name: "connection", connectionId: connection.id });
  const wishes = useStreamWishes();
  const wishOf = (templateId: string) => (stream: AdaptStream) => wishes.of(streamId(connection.id, templateId, stream.key));
  const wanted = offers.filter((offer) => chosen.has(offer.id));
  const flowing = (templateId: string) => (streams.get(templateId) ?? []).filter((stream) => isWanted(stream, wishOf(templateId)(stream)));
  const affected = wanted.flatMap((offer) => flowing(offer.id));
  const unfit =
    wanted.some(({ id }) => (streams.get(id) ?? []).length > 0 && flowing(id).length === 0) ||
    wanted.some(({ id }) => flowing(id).some((stream) => takesNothing(chosenOf(stream, wishOf(id)(stream)))));
  const mustMap = affected.some((stream) => openFields(stream, NO_EDITS).length > 0);
  const mayMap = affected.some((stream) => choosable(stream).length > 0);
  const map = () =>
    go({ name: "map", integrationId: detail.id, connectionId: connection.id, templateIds: wanted.map((offer) => offer.id) });
  const start = () =>
    turnOn(wanted.map(({ id }) => ({ templateId: id, ...wishFor(streams.get(id) ?? [], wishOf(id)) }))).then(home, () => {
      // said below
    });
  const limited = wanted.some(({ id }) =>
    flowing(id).some((stream) => {
      const { only = {}, backfillDays = stream.backfillDays } = chosenOf(stream, wishOf(id)(stream));
      return backfillDays !== null || Object.keys(only).length > 0;
    }),
  );
  const on = wanted.flatMap((offer) => {
    const keys = (streams.get(offer.id) ?? []).length > 0 ? flowing(offer.id).map(({ key }) => key) : offer.streams.map(({ key }) => key);
    return offer.streams.filter(({ key }) => keys.includes(key));
  });

  return (
    <>
      <Card>
        <h2 className="border-hairline border-b px-4 py-3 font-semibold text-base sm:px-5">{say("turn_on.what")}</h2>
        <ul className="divide-y divide-hairline">
          {offers.map((template) => (
            <Offer
              key={template.id}
              template={template}
              detail={detail}
              streams={streams.get(template.id) ?? []}
              single={offers.length === 1}
              chosen={chosen.has(template.id)}
              wishOf={wishOf(template.id)}
              onWish={(stream, wish) => wishes.set(streamId(connection.id, template.id, stream.key), wish)}
              onChoose={(on) =>
                setChosen((before) => new Set(on ? [...before, template.id] : [...before].filter((id) => id !== template.id)))
              }
            />
          ))}
        </ul>
      </Card>
      <p className="mt-4 max-w-[64ch] text-secondary text-sm">
        {on.length === 0 ? say("turn_on.none") : planWords(on, { limited, vendor: vendorName, name: detail.name }, say)}
      </p>
      {error ? (
        <div className="mt-4" role="alert">
          <StatusLine tone="bad">{sayFault(error, say).text}</StatusLine>
        </div>
      ) : null}
      <div className="mt-5 flex flex-wrap gap-2">
        {mustMap ? (
          <Button variant="primary" size="lg" disabled={unfit} onClick={map}>
            {say("turn_on.choose")}
          </Button>
        ) : (
          <>
            <Button
              variant="primary"
              size="lg"
              disabled={chosen.size === 0 || waiting || unfit}
              pending={pending}
              onClick={() => void start()}
            >
              {say("turn_on.action")}
            </Button>
            {mayMap ? (
              <Button size="lg" onClick={map}>
                {say("turn_on.choose_first")}
              </Button>
            ) : null}
          </>
        )}
        <Button variant="ghost" size="lg" onClick={home}>
          {say("common.not_now")}
        </Button>
      </div>
    </>
  );
}

/** Which account was connected, and what is to flow from it. */
export function TurnOnScreen({
  integrationId,
  connectionId,
  vendorName,
}: {
  integrationId: string;
  connectionId: string;
  vendorName: string;
}) {
  const say = useSay();
  const trpc = useEmbed();
  const detail = useQuery(trpc.marketplace.get.queryOptions({ integrationId }));
  const connection = useQuery(trpc.connections.get.queryOptions({ connectionId }));
  if (detail.isPending || connection.isPending) return <ScreenSkeleton label={say("frame.loading_screen")} />;
  if (detail.isError) return <ScreenFault error={detail.error} retry={() => void detail.refetch()} />;
  if (connection.isError) return <ScreenFault error={connection.error} retry={() => void connection.refetch()} />;
  return (
    <div className="mx-auto max-w-[560px]">
      <ScreenHead
        iconUrl={detail.data.iconUrl}
        title={say("turn_on.title", { name: detail.data.name })}
        below={
          <StatusLine tone="good">
            {sayAround(say, "turn_on.connected", {
              label: <strong className="font-medium text-foreground">{connection.data.accountLabel}</strong>,
            })}
          </StatusLine>
        }
      />
      <div className="mt-6">
        <Review detail={detail.data} connection={connection.data} vendorName={vendorName} />
      </div>
    </div>
  );
}
