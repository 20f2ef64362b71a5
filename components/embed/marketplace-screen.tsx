"use client";

import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useDeferredValue, useId, useState } from "react";
import { cn } from "#components/cn";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Input } from "#components/ui/input.tsx";
import type { EmbedBootstrap, MarketplaceCard } from "#server/trpc/views/embed";
import type { Say } from "#server/words/say";
import { CardSkeletons } from "./host-pages.tsx";
import { IntegrationCard } from "./integration-card.tsx";
import { useSay } from "./language.tsx";
import { arrangeCards, categoriesOf, type MarketplaceFilter, NO_FILTER } from "./marketplace-order";
import { ScreenFault, ScreenHead } from "./parts.tsx";
import { RequestButton, RequestForm } from "./request-integration.tsx";
import { useGrowing } from "./use-growing";

function summary(cards: readonly MarketplaceCard[] | undefined, vendor: string, say: Say): string {
  const connected = cards?.filter((card) => card.connectionId !== null).length ?? 0;
  const attention = cards?.filter((card) => card.badge === "attention").length ?? 0;
  if (connected === 0) return say("market.connect_tools", { vendor });
  return attention === 0 ? say("market.summary", { connected }) : say("market.summary_attention", { connected, attention });
}

function Chip({ pressed, onPress, children }: { pressed: boolean; onPress: () => void; children: string }) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onPress}
      className={cn(
        "h-8 shrink-0 rounded-full border px-3 text-sm transition-colors",
        pressed
          ? "border-transparent bg-foreground text-background"
          : "border-hairline-strong text-secondary hover:bg-hover hover:text-foreground",
      )}
    >
      {children}
    </button>
  );
}

type FiltersProps = {
  filter: MarketplaceFilter;
  onChange: (filter: MarketplaceFilter) => void;
  categories: string[];
  anyConnected: boolean;
};

function Filters({ filter, onChange, categories, anyConnected }: FiltersProps) {
  const say = useSay();
  const id = useId();
  const none = filter.category === null && !filter.connectedOnly;
  return (
    <div className="mt-5 flex flex-wrap items-center gap-x-3 gap-y-2.5">
      <div className="relative w-full sm:w-64">
        <label htmlFor={id} className="sr-only">
          {say("market.search")}
        </label>
        <Search
          aria-hidden="true"
          className="-translate-y-1/2 pointer-events-none absolute start-2.5 top-1/2 size-4 stroke-[1.75] text-subtle"
        />
        <Input
          id={id}
          type="search"
          className="h-9 ps-8"
          placeholder={say("market.search")}
          value={filter.search}
          onChange={(event) => onChange({ ...filter, search: event.target.value })}
        />
      </div>
      <fieldset className="-mx-1 flex min-w-0 items-center gap-1.5 overflow-x-auto px-1 py-0.5 [scrollbar-width:none]">
        <legend className="sr-only">{say("market.show")}</legend>
        <Chip pressed={none} onPress={() => onChange({ ...filter, category: null, connectedOnly: false })}>
          {say("market.all")}
        </Chip>
        {anyConnected ? (
          <Chip pressed={filter.connectedOnly} onPress={() => onChange({ ...filter, connectedOnly: !filter.connectedOnly })}>
            {say("market.connected")}
          </Chip>
        ) : null}
        {categories.map((category) => (
          <Chip
            key={category}
            pressed={filter.category === category}
            onPress={() => onChange({ ...filter, category: filter.category === category ? null : category })}
          >
            {category}
          </Chip>
        ))}
      </fieldset>
    </div>
  );
}

type CardsProps = { cards: readonly MarketplaceCard[]; filter: MarketplaceFilter; onReset: () => void; vendorName: string };

function Cards({ cards, filter, onReset, vendorName }: CardsProps) {
  const say = useSay();
  const shown = arrangeCards(cards, filter);
  const drawn = useGrowing(shown.length, filter);
  const word = filter.search.trim();
  // Missed is what no filter hides.
  const missing = word !== "" && arrangeCards(cards, { ...NO_FILTER, search: word }).length === 0;
  if (cards.length === 0) return <EmptyState title={say("market.empty.title")}>{say("market.empty.text")}</EmptyState>;
  return (
    <>
      <p role="status" className="sr-only">
        {say("market.count", { count: shown.length })}
      </p>
      {shown.length === 0 ? (
        <EmptyState
          title={word ? say("market.nothing", { search: word }) : say("market.nothing_filtered")}
          action={
            <div className="flex flex-col items-center gap-3">
              {missing ? <RequestButton name={word} vendorName={vendorName} /> : null}
              <Button size="lg" onClick={onReset}>
                {say("market.show_all")}
              </Button>
            </div>
          }
        >
          {missing ? say("market.asks", { vendor: vendorName }) : say("market.try_other")}
        </EmptyState>
      ) : (
        <ul className="mt-5 grid gap-3 @lg:grid-cols-2 @4xl:grid-cols-3">
          {shown.slice(0, drawn).map((card) => (
            <IntegrationCard key={card.id} card={card} />
          ))}
        </ul>
      )}
    </>
  );
}

/** All integrations on offer: search, categories, what is connected. */
export function MarketplaceScreen({ bootstrap }: { bootstrap: Omit<EmbedBootstrap, "theme"> }) {
  const say = useSay();
  const trpc = useEmbed();
  const list = useQuery(trpc.marketplace.list.queryOptions());
  const [filter, setFilter] = useState(NO_FILTER);
  const deferred = useDeferredValue(filter);
  const cards = list.data;
  return (
    <>
      <ScreenHead
        title={bootstrap.title}
        below={<p>{summary(cards, bootstrap.vendorName, say)}</p>}
        actions={bootstrap.environmentKind === "test" ? <Badge tone="neutral">{say("market.test")}</Badge> : null}
      />
      {list.isError ? <ScreenFault error={list.error} retry={() => void list.refetch()} /> : null}
      {list.isPending ? <CardSkeletons /> : null}
      {cards ? (
        <>
          <Filters
            filter={filter}
            onChange={setFilter}
            categories={categoriesOf(cards)}
            anyConnected={cards.some((card) => card.connectionId !== null)}
          />
          <Cards cards={cards} filter={deferred} onReset={() => setFilter(NO_FILTER)} vendorName={bootstrap.vendorName} />
          {filter.search.trim() === "" ? <RequestForm vendorName={bootstrap.vendorName} /> : null}
        </>
      ) : null}
    </>
  );
}
