"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Check, Minus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { ReadyModels } from "#components/vendor/templates/ready-models.tsx";
import { ReadyStands } from "#components/vendor/templates/ready-stands.tsx";
import { ReadyStreams } from "#components/vendor/templates/ready-stream.tsx";
import { ReadyTake } from "#components/vendor/templates/ready-take.tsx";
import type { Place } from "#components/vendor/templates/ready-words";
import type { ReadyTemplateItem } from "#server/domains/templates/list-ready-templates";

function About({ item: { audience, today, notIncluded } }: { item: ReadyTemplateItem }) {
  return (
    <Card>
      <CardBody className="grid gap-5 text-sm sm:grid-cols-2">
        <div>
          <h2 className="flex items-center gap-1.5 font-semibold">
            <Check aria-hidden="true" className="size-4 stroke-2 text-success-text" /> What it does
          </h2>
          <p className="mt-1 text-pretty text-secondary">{today}</p>
        </div>
        <div>
          <h2 className="flex items-center gap-1.5 font-semibold">
            <Minus aria-hidden="true" className="size-4 stroke-2 text-subtle" /> Not included
          </h2>
          <p className="mt-1 text-pretty text-secondary">{notIncluded}</p>
        </div>
        <p className="border-hairline border-t pt-4 text-secondary text-xs sm:col-span-2">
          <span className="me-1.5 font-medium text-foreground">For whom</span>
          {audience}
        </p>
      </CardBody>
    </Card>
  );
}

/** An integration of the vendor's where there is one; else a connector, to look at. */
function firstPlace({ stands }: ReadyTemplateItem): Place {
  const [integration] = stands.flatMap(({ integrations }) => integrations);
  return integration ? { integrationId: integration.id } : { connector: stands[0]?.connector ?? "" };
}

function Chosen({ item }: { item: ReadyTemplateItem }) {
  const trpc = useVendor();
  const [place, setPlace] = useState<Place>(() => firstPlace(item));
  const [targets, setTargets] = useState<Record<string, string>>({});
  const wish = { key: item.key, ...place, models: targets };
  const query = useQuery(
    trpc.templates.previewReady.queryOptions(wish, { placeholderData: keepPreviousData, staleTime: 5_000, retry: false }),
  );
  const choose = (next: Place) => {
    setPlace(next);
    setTargets({});
  };
  const aim = (key: string, target: string) => {
    const { [key]: _before, ...rest } = targets;
    setTargets(target === key ? rest : { ...rest, [key]: target });
  };
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_300px]">
      <div className="flex min-w-0 flex-col gap-4">
        <About item={item} />
        <ReadyStands item={item} place={place} onPlace={choose} />
        <QueryView query={query} skeleton={<Waiting />}>
          {(preview) => (
            <div className="flex flex-col gap-4" aria-busy={query.isPlaceholderData}>
              <ReadyModels models={preview.models} onTarget={aim} />
              <ReadyStreams preview={preview} />
            </div>
          )}
        </QueryView>
        {query.isError && Object.keys(targets).length > 0 ? (
          <div>
            <Button onClick={() => setTargets({})}>Back to the models it came with</Button>
          </div>
        ) : null}
      </div>
      {query.data ? (
        <ReadyTake
          key={`${JSON.stringify(place)} ${query.data.name}`}
          preview={query.data}
          wish={wish}
          isStale={query.isPlaceholderData || query.isError}
        />
      ) : null}
    </div>
  );
}

const Waiting = () => (
  <Card className="flex h-48 flex-col gap-3 p-5">
    <Skeleton className="w-32" />
    <Skeleton className="w-full" />
  </Card>
);

/** One use case: what it does, where it goes, what of it would be created, and taking it over. */
export function ReadyPage({ readyKey }: { readyKey: string }) {
  const trpc = useVendor();
  const query = useQuery(trpc.templates.ready.queryOptions(undefined, { staleTime: 60_000 }));
  const back = { href: "/templates/ready", label: "Ready templates" };
  return (
    <QueryView query={query} back={back} skeleton={<Skeleton className="h-8 w-64" />}>
      {(items) => {
        const item = items.find(({ key }) => key === readyKey);
        return item ? (
          <>
            <PageHeader back={back} title={item.title} description={item.useCase} />
            <Chosen item={item} />
          </>
        ) : (
          <>
            <PageHeader back={back} title="There is no such ready template" />
            <Card>
              <EmptyState
                title="It may have been renamed"
                action={
                  <Button asChild>
                    <Link href={back.href}>See all of them</Link>
                  </Button>
                }
              />
            </Card>
          </>
        );
      }}
    </QueryView>
  );
}
