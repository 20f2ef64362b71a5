import type { MarketplaceCard } from "#server/trpc/views/embed";

export type MarketplaceFilter = { search: string; category: string | null; connectedOnly: boolean };

export const NO_FILTER: MarketplaceFilter = { search: "", category: null, connectedOnly: false };

const RANK = { attention: 0, connected: 1, locked: 4, coming_soon: 5 } as const;

function rank(card: MarketplaceCard): number {
  if (card.badge) return RANK[card.badge];
  return card.featured ? 2 : 3;
}

const fold = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function matches(card: MarketplaceCard, filter: MarketplaceFilter): boolean {
  if (filter.connectedOnly && card.connectionId === null) return false;
  if (filter.category !== null && !card.categories.includes(filter.category)) return false;
  const hay = fold(`${card.name} ${card.tagline} ${card.categories.join(" ")}`);
  return fold(filter.search)
    .split(/\s+/)
    .every((word) => hay.includes(word));
}

/** What needs attention first, then what is connected, featured, the rest, and last what is still to come. */
export function arrangeCards(cards: readonly MarketplaceCard[], filter: MarketplaceFilter): MarketplaceCard[] {
  return cards.filter((card) => matches(card, filter)).toSorted((a, b) => rank(a) - rank(b));
}

export function categoriesOf(cards: readonly MarketplaceCard[]): string[] {
  return [...new Set(cards.flatMap((card) => card.categories))].toSorted((a, b) => a.localeCompare(b));
}
