import { describe, expect, it } from "vitest";
import type { MarketplaceCard } from "#server/trpc/views/embed";
import { arrangeCards, categoriesOf, NO_FILTER } from "./marketplace-order";

const card = (name: string, over: Partial<MarketplaceCard> = {}): MarketplaceCard => ({
  id: `int_${name}`,
  name,
  tagline: "",
  connectorKey: name,
  iconUrl: "",
  categories: ["CRM"],
  badge: null,
  featured: false,
  connectionId: null,
  accounts: 0,
  ...over,
});
const all = [
  card("soon", { badge: "coming_soon", categories: ["Payments"] }),
  card("plain"),
  card("featured", { featured: true }),
  card("on", { badge: "connected", connectionId: "con_1" }),
  card("broken", { badge: "attention", connectionId: "con_2" }),
];
const names = (filter: Partial<typeof NO_FILTER> = {}) => arrangeCards(all, { ...NO_FILTER, ...filter }).map((c) => c.name);

describe("marketplace", () => {
  it("puts what needs attention first and what is to come last", () => {
    expect(names()).toEqual(["broken", "on", "featured", "plain", "soon"]);
  });
  it("filters by words, category and state, together", () => {
    expect(names({ connectedOnly: true })).toEqual(["broken", "on"]);
    expect(names({ category: "Payments" })).toEqual(["soon"]);
    expect(names({ search: " CRM fea " })).toEqual(["featured"]);
    expect(names({ search: "nothing" })).toEqual([]);
    expect(arrangeCards([card("Déjà")], { ...NO_FILTER, search: "deja" })).toHaveLength(1);
  });
  it("lists each category once", () => {
    expect(categoriesOf(all)).toEqual(["CRM", "Payments"]);
  });
});
