"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Tile } from "#components/ui/tile.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { SearchField } from "#components/vendor/search-field.tsx";
import { connectorsOf, findReady, placesOf } from "#components/vendor/templates/ready-words";
import type { ReadyTemplateItem } from "#server/domains/templates/list-ready-templates";

const ANY = "any";
/** So many marks fit beside the badge. */
const ICONS = 5;

function ReadyCard({ item }: { item: ReadyTemplateItem }) {
  const places = placesOf(item);
  const marks = [...new Map(item.stands.map((stand) => [stand.connector, stand])).values()];
  return (
    <li className="flex">
      <Card className="relative flex w-full flex-col p-4 transition-colors focus-within:border-hairline-strong hover:border-hairline-strong hover:bg-hover sm:p-5">
        <div className="mb-3 flex items-center gap-1">
          {marks.slice(0, marks.length > ICONS ? ICONS - 1 : ICONS).map(({ connector, iconUrl }) => (
            <Tile key={connector} src={iconUrl} size={24} />
          ))}
          {marks.length > ICONS ? <span className="ms-1 text-subtle text-xs tabular-nums">+{marks.length - ICONS + 1}</span> : null}
          <span className="ms-auto">
            {places > 0 ? <Badge tone="accent">Fits {count(places, "integration")}</Badge> : <Badge>No integration yet</Badge>}
          </span>
        </div>
        <h2 className="font-semibold text-base">
          <Link
            href={`/templates/ready/${item.key}`}
            className="outline-none after:absolute after:inset-0 after:rounded-lg focus-visible:after:outline-2 focus-visible:after:outline-focus"
          >
            {item.title}
          </Link>
        </h2>
        <p className="mt-1 text-pretty text-secondary text-sm">{item.useCase}</p>
        <p className="mt-auto pt-3 text-subtle text-xs">
          <span className="sr-only">Connectors: {marks.map(({ connectorName }) => connectorName).join(", ")}. </span>
          Fills {item.models.map(({ name }) => name).join(", ")}
        </p>
      </Card>
    </li>
  );
}

function Waiting() {
  return (
    <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
      {["a", "b", "c", "d", "e", "f"].map((key) => (
        <Card key={key} className="flex h-44 flex-col gap-3 p-5">
          <Skeleton className="h-6 w-24" />
          <Skeleton className="w-40" />
          <Skeleton className="w-full" />
        </Card>
      ))}
    </div>
  );
}

/** Use cases to begin with, by what they are about and by the system they stand on. */
export function ReadyGallery() {
  const trpc = useVendor();
  const query = useQuery(trpc.templates.ready.queryOptions(undefined, { staleTime: 60_000 }));
  const [search, setSearch] = useState("");
  const [connector, setConnector] = useState(ANY);
  const clear = () => {
    setSearch("");
    setConnector(ANY);
  };
  const options = [{ value: ANY, label: "Any connector" }, ...connectorsOf(query.data ?? [])];
  return (
    <>
      <PageHeader
        back={{ href: "/templates", label: "Templates" }}
        title="Ready templates"
        description="Use cases with models, mappings and choices already thought out. What you take becomes a template of your own, to change and to put on offer."
      />
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <SearchField value={search} onChange={setSearch} label="Search use cases" className="sm:w-80" />
        <Select aria-label="Connector" value={connector} onChange={setConnector} options={options} className="w-full sm:w-52" />
      </div>
      <QueryView query={query} skeleton={<Waiting />}>
        {(items) => {
          const found = findReady(items, search, connector === ANY ? null : connector);
          return found.length === 0 ? (
            <Card>
              <EmptyState title="No ready template fits" action={<Button onClick={clear}>Clear search</Button>}>
                Try another word, or begin with an empty template.
              </EmptyState>
            </Card>
          ) : (
            <>
              <p role="status" className="sr-only">
                {count(found.length, "ready template")}
              </p>
              <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
                {found.map((item) => (
                  <ReadyCard key={item.key} item={item} />
                ))}
              </ul>
            </>
          );
        }}
      </QueryView>
    </>
  );
}
