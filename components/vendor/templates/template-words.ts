import type { Tone } from "#components/ui/badge.tsx";
import { count } from "#components/ui/format";
import type { TemplateDetail, TemplateStreamView } from "#server/domains/templates/get-template";
import type { StreamOffers } from "#server/domains/templates/offers";

export const STATUS_WORDS: Record<TemplateDetail["status"], { word: string; tone: Tone }> = {
  published: { word: "On offer", tone: "success" },
  draft: { word: "Not on offer", tone: "neutral" },
  archived: { word: "Archived", tone: "neutral" },
};

const MINUTE = 60_000;
const PACES = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 60 * MINUTE, 360 * MINUTE, 1_440 * MINUTE];

/** `300000` → `Every 5 minutes`. */
export function paceWords(ms: number): string {
  if (ms % MINUTE !== 0) return `Every ${count(Math.round(ms / 1000), "second")}`;
  const minutes = ms / MINUTE;
  if (minutes === 1_440) return "Once a day";
  if (minutes === 60) return "Every hour";
  if (minutes % 60 === 0) return `Every ${count(minutes / 60, "hour")}`;
  return minutes === 1 ? "Every minute" : `Every ${count(minutes, "minute")}`;
}

/** The usual paces, and the one it has. */
export const paceOptions = (now: number) =>
  [...new Set([...PACES, now])].sort((a, b) => a - b).map((ms) => ({ value: String(ms), label: paceWords(ms) }));

const WINDOWS = [7, 30, 90, 180, 365, 730];

/** "the last 30 days", "the last 2 years". */
export const lastDays = (days: number): string =>
  days === 1
    ? "the last day"
    : days === 365
      ? "the last year"
      : days % 365 === 0
        ? `the last ${days / 365} years`
        : `the last ${days} days`;

export const windowOptions = (now: number | null) => [
  { value: "all", label: "Everything" },
  ...[...new Set([...WINDOWS, ...(now === null ? [] : [now])])]
    .sort((a, b) => a - b)
    .map((days) => ({ value: String(days), label: lastDays(days).replace("t", "T") })),
];

export const windowWords = (days: number | null): string =>
  windowOptions(days).find(({ value }) => value === (days === null ? "all" : String(days)))?.label ?? "Everything";

/** What customers may choose of how a stream runs, in a line. */
export function offerWords({ flows, intervals, windows, filters }: { [K in keyof StreamOffers]?: StreamOffers[K] | undefined }): string {
  const on = { always: "always on", on: "on unless they turn it off", off: "off until they turn it on" }[flows ?? "on"];
  const open = [
    ...(intervals ? ["how often"] : []),
    ...(windows ? ["from when on"] : []),
    ...(filters ? [`which records (${filters.map(({ label }) => label).join(", ")})`] : []),
  ];
  return `${on}${open.length > 0 ? `; they choose ${open.join(", ")}` : ""}`;
}

/** The same with every way that is offered, a line each: what a difference compares. */
export const offerLines = ({ flows, intervals = [], windows = [], filters = [] }: StreamOffers): string[] => [
  offerWords({ flows }),
  ...(intervals.length > 0 ? [`how often: ${intervals.map(paceWords).join(", ")}`] : []),
  ...(windows.length > 0 ? [`from when on: ${windows.map(windowWords).join(", ")}`] : []),
  ...filters.map(({ path, label, values }) => `${label} (${path}): ${values.map((one) => one.label).join(", ")}`),
];

/** What a stream's mapping holds, in a line. */
export function mappingWords({ fields, choices, filter }: TemplateStreamView): string {
  const open = (choices.choose ?? 0) + (choices.must_choose ?? 0) + (choices.optional ?? 0);
  return [
    count(fields, "field"),
    ...(open > 0 ? [`customers choose ${open}`] : []),
    ...((choices.hidden ?? 0) > 0 ? [`${choices.hidden} hidden`] : []),
    ...(filter === null ? [] : ["filtered"]),
  ].join(", ");
}

export function stateWords({ status, installations, version, streams }: TemplateDetail): string {
  const runs = installations === 0 ? "nobody runs it yet" : `${count(installations, "customer runs", "customers run")} it`;
  if (version === 0) return streams.length === 0 ? "Nothing is published yet. Add a stream first." : "Nothing is published yet.";
  if (status === "archived") return `Version ${version}, put away.`;
  if (streams.length === 0) return `Version ${version}. Add a stream, then put it on offer.`;
  return status === "published"
    ? `Version ${version}, on offer; ${runs}.`
    : `Version ${version}, not on offer; ${installations > 0 ? `${runs} on` : runs}.`;
}
