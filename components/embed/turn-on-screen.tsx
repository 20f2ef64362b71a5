"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { faultOf } from "#components/trpc/fault";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import type { ConnectionView } from "#server/trpc/views";
import type { IntegrationDetail, TemplateOffer } from "#server/trpc/views/embed";
import { useNavigation } from "./navigation.tsx";
import { ScreenFault, ScreenHead, ScreenSkeleton, StatusLine } from "./parts.tsx";

type OfferProps = {
  template: TemplateOffer;
  detail: IntegrationDetail;
  chosen: boolean;
  onChoose: (chosen: boolean) => void;
  single: boolean;
};

function Offer({ template, detail, chosen, onChoose, single }: OfferProps) {
  const id = useId();
  const labels = new Set(template.streams.map((stream) => stream.label));
  const reads = detail.reads.filter((read) => labels.has(read.label));
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
        <p className="mt-0.5 text-secondary text-sm">{template.description}</p>
        {reads.map((read) => (
          <details key={read.label} className="mt-1.5 text-sm">
            <summary className="text-secondary">
              {read.label}: {read.fields.length} fields
            </summary>
            <p className="mt-1 text-secondary">{read.fields.join(", ")}</p>
          </details>
        ))}
      </div>
    </li>
  );
}

function Review({ detail, connection, vendorName }: { detail: IntegrationDetail; connection: ConnectionView; vendorName: string }) {
  const trpc = useEmbed();
  const cache = useQueryClient();
  const { replace, emit } = useNavigation();
  const offers = detail.templates.filter((template) => !template.installedOn.includes(connection.id));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(offers.slice(0, 1).map((offer) => offer.id)));
  const activate = useMutation(trpc.installations.activate.mutationOptions());
  const home = () => replace({ name: "connection", connectionId: connection.id });

  const turnOn = async () => {
    for (const offer of offers.filter((one) => chosen.has(one.id))) {
      const view = await activate.mutateAsync({ connectionId: connection.id, templateId: offer.id });
      cache.setQueryData(trpc.connections.get.queryKey({ connectionId: connection.id }), view);
      emit({ type: "installation.activated", integrationId: detail.id, connectionId: connection.id });
    }
    void cache.invalidateQueries({ queryKey: trpc.marketplace.pathKey() });
    home();
  };
  const names = offers
    .filter((offer) => chosen.has(offer.id))
    .flatMap((offer) => offer.streams.map((stream) => stream.label.toLowerCase()));

  return (
    <>
      <Card>
        <h2 className="border-hairline border-b px-4 py-3 font-semibold text-base sm:px-5">What to sync</h2>
        <ul className="divide-y divide-hairline">
          {offers.map((template) => (
            <Offer
              key={template.id}
              template={template}
              detail={detail}
              single={offers.length === 1}
              chosen={chosen.has(template.id)}
              onChoose={(on) =>
                setChosen((before) => new Set(on ? [...before, template.id] : [...before].filter((id) => id !== template.id)))
              }
            />
          ))}
        </ul>
      </Card>
      <p className="mt-4 max-w-[64ch] text-secondary text-sm">
        {names.length === 0
          ? "Choose what to sync, or leave it for later."
          : `The first sync reads all ${names.join(" and ")} into ${vendorName}; after that only what has changed. Nothing is changed in ${detail.name}, and you can pause at any time.`}
      </p>
      {activate.error ? (
        <div className="mt-4" role="alert">
          <StatusLine tone="bad">{faultOf(activate.error).text}</StatusLine>
        </div>
      ) : null}
      <div className="mt-5 flex flex-wrap gap-2">
        <Button
          variant="primary"
          size="lg"
          disabled={chosen.size === 0}
          pending={activate.isPending}
          onClick={() => turnOn().catch(() => {})}
        >
          Turn on
        </Button>
        <Button variant="ghost" size="lg" onClick={home}>
          Not now
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
  const trpc = useEmbed();
  const detail = useQuery(trpc.marketplace.get.queryOptions({ integrationId }));
  const connection = useQuery(trpc.connections.get.queryOptions({ connectionId }));
  if (detail.isPending || connection.isPending) return <ScreenSkeleton label="Loading what can be synced" />;
  if (detail.isError) return <ScreenFault error={detail.error} retry={() => void detail.refetch()} />;
  if (connection.isError) return <ScreenFault error={connection.error} retry={() => void connection.refetch()} />;
  return (
    <div className="mx-auto max-w-[560px]">
      <ScreenHead
        iconUrl={detail.data.iconUrl}
        title={`Sync ${detail.data.name}`}
        below={
          <StatusLine tone="good">
            Connected: <strong className="font-medium text-foreground">{connection.data.accountLabel}</strong>
          </StatusLine>
        }
      />
      <div className="mt-6">
        <Review detail={detail.data} connection={connection.data} vendorName={vendorName} />
      </div>
    </div>
  );
}
