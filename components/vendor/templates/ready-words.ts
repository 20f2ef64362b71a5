import type { Tone } from "#components/ui/badge.tsx";
import { count } from "#components/ui/format";
import type { ReadyTemplateItem } from "#server/domains/templates/list-ready-templates";
import type { ReadyPreview } from "#server/domains/templates/preview-ready-template";

/** Where it is to stand: an integration, or a connector of which there is none yet. */
export type Place = { integrationId: string } | { connector: string };

type Model = ReadyPreview["models"][number];

/** Everything one may remember of a use case: its words, its systems, what it fills. */
const heap = ({ title, useCase, audience, words, models, stands }: ReadyTemplateItem): string =>
  [
    title,
    useCase,
    audience,
    ...words,
    ...models.map(({ name }) => name),
    ...stands.flatMap((one) => [one.connectorName, one.side, one.standsFor ?? ""]),
  ]
    .join(" ")
    .toLowerCase();

/** Those that have every word of the search, and stand on the connector where one is chosen. */
export function findReady(items: readonly ReadyTemplateItem[], search: string, connector: string | null): ReadyTemplateItem[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => {
    if (connector !== null && !item.stands.some((stand) => stand.connector === connector)) return false;
    const text = heap(item);
    return wanted.every((word) => text.includes(word));
  });
}

/** The connectors that any of them stands on, by name. */
export function connectorsOf(items: readonly ReadyTemplateItem[]): { value: string; label: string }[] {
  const names = new Map(items.flatMap(({ stands }) => stands.map(({ connector, connectorName }) => [connector, connectorName] as const)));
  return [...names].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label, "en"));
}

/** How many integrations of the vendor's a use case could be taken over on now. */
export const placesOf = ({ stands }: ReadyTemplateItem): number =>
  new Set(stands.flatMap(({ integrations }) => integrations.map(({ id }) => id))).size;

const gained = ({ added, values }: Model) =>
  [
    ...(added.length > 0 ? [count(added.length, "field")] : []),
    ...(values.length > 0 ? [`values of ${count(values.length, "choice")}`] : []),
  ].join(" and ");

export function modelState(model: Model): { tone: Tone; word: string; text: string } {
  switch (model.state) {
    case "creates":
      return { tone: "success", word: "New", text: `Made with ${count(model.added.length, "field")}.` };
    case "fits":
      return { tone: "neutral", word: "Yours", text: "You have it, and nothing about it changes." };
    case "adds":
      return { tone: "info", word: `Gets ${gained(model)}`, text: "You have it. What it lacks would be added, never as required." };
    default:
      return { tone: "danger", word: "In the way", text: "You have a model of this key that does not fit." };
  }
}

/** What agreeing to additions agrees to: `3 fields to Contact`. */
export const additionWords = (models: readonly Model[]): string =>
  models
    .filter(({ state }) => state === "adds")
    .map((model) => `${gained(model)} to ${model.name}`)
    .join(", ");
