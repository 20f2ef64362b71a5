"use client";

import { CircleCheck, Lock, TriangleAlert } from "lucide-react";
import { cn } from "#components/cn";
import { Tile } from "#components/ui/tile.tsx";
import type { MarketplaceCard } from "#server/trpc/views/embed";
import { useSay } from "./language.tsx";
import { useNavigation } from "./navigation.tsx";

function CardBadge({ card: { badge, accounts } }: { card: MarketplaceCard }) {
  const say = useSay();
  if (badge === "connected") {
    return (
      <span className="inline-flex items-center gap-1 font-medium text-success-text text-xs">
        <CircleCheck aria-hidden="true" className="size-3.5 stroke-2" />{" "}
        {accounts > 1 ? say("card.accounts", { count: accounts }) : say("card.connected")}
      </span>
    );
  }
  if (badge === "attention") {
    return (
      <span className="inline-flex items-center gap-1 font-medium text-danger-text text-xs">
        <TriangleAlert aria-hidden="true" className="size-3.5 stroke-2" /> {say("card.attention")}
      </span>
    );
  }
  if (badge === "locked") {
    return (
      <span className="inline-flex items-center gap-1 text-subtle text-xs">
        <Lock aria-hidden="true" className="size-3 stroke-2" /> {say("card.locked")}
      </span>
    );
  }
  return badge === "coming_soon" ? <span className="text-subtle text-xs">{say("card.soon")}</span> : null;
}

/** One integration. The whole card is the button; what is connected opens its home, or the list of its accounts, the rest what it does. */
export function IntegrationCard({ card }: { card: MarketplaceCard }) {
  const { go } = useNavigation();
  const open = () =>
    go(
      card.connectionId && card.accounts === 1
        ? { name: "connection", connectionId: card.connectionId }
        : { name: "integration", integrationId: card.id },
    );
  const soon = card.badge === "coming_soon" || card.badge === "locked";
  return (
    <li
      className={cn(
        "relative flex min-h-[108px] flex-col rounded-lg border border-hairline bg-surface p-4 transition-colors",
        "focus-within:border-hairline-strong hover:border-hairline-strong hover:bg-[color-mix(in_oklab,var(--foreground)_2%,var(--surface))]",
      )}
    >
      <div className="flex items-center gap-3">
        <Tile src={card.iconUrl} size={40} className={cn(soon && "opacity-70 grayscale")} />
        <div className="min-w-0">
          <h2 className="truncate font-semibold text-base">
            <button
              type="button"
              onClick={open}
              className="text-start after:absolute after:inset-0 after:rounded-lg focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent-text"
            >
              {card.name}
            </button>
          </h2>
          <CardBadge card={card} />
          {card.badge === null ? <p className="truncate text-subtle text-xs">{card.categories.join(" · ")}</p> : null}
        </div>
      </div>
      <p className="mt-3 text-secondary text-sm">
        <bdi>{card.tagline}</bdi>
      </p>
    </li>
  );
}
