import { keyOf } from "#server/mapping/same-value";
import type { FieldMapping } from "#server/mapping/schema";
import type { MappingContent } from "#server/trpc/views";
import type { TemplateStream } from "./schema";

/** A template as a whole, with what its mappings say. */
export type WholeTemplate = {
  name: string;
  description: string;
  streams: (TemplateStream & { mapping: MappingContent & { version: number } })[];
};

/**
 * One difference between two versions. `key` = which setting, or which field of the model. Of a stream that comes or goes, `before` or `after` is
 * null and the other its settings; `order` has the labels.
 */
export type TemplateChange = {
  what: "name" | "description" | "order" | "added" | "removed" | "setting" | "filter" | "field" | "choice";
  stream: string | null;
  label: string | null;
  key: string | null;
  before: unknown;
  after: unknown;
};

type Stream = WholeTemplate["streams"][number];

const settingsOf = ({ mapping: _mapping, key: _key, ...settings }: Stream): Record<string, unknown> => settings;

/** By key, what differs; what is absent is null. */
function differences(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>) {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => {
    const [was, is] = [Object.hasOwn(before, key) ? (before[key] ?? null) : null, Object.hasOwn(after, key) ? (after[key] ?? null) : null];
    return keyOf(was) === keyOf(is) ? [] : [{ key, before: was, after: is }];
  });
}

const byTarget = (fields: readonly FieldMapping[]) => Object.fromEntries(fields.map((field) => [field.target, field]));

function streamChanges(before: Stream, after: Stream): TemplateChange[] {
  const of = { stream: after.key, label: after.label };
  const [was, is] = [before.mapping, after.mapping];
  return [
    ...differences(settingsOf(before), settingsOf(after)).map((one) => ({ what: "setting" as const, ...of, ...one })),
    ...(was.filter === is.filter || after.direction === "push"
      ? []
      : [{ what: "filter" as const, ...of, key: null, before: was.filter, after: is.filter }]),
    ...differences(byTarget(was.fields), byTarget(is.fields)).map((one) => ({ what: "field" as const, ...of, ...one })),
    ...differences(was.choices, is.choices).map((one) => ({ what: "choice" as const, ...of, ...one })),
  ];
}

/** What a version changes, in the order in which one reads a template. Pure. */
export function templateChanges(before: WholeTemplate, after: WholeTemplate): TemplateChange[] {
  const whole = { stream: null, label: null, key: null };
  const old = new Map(before.streams.map((stream) => [stream.key, stream]));
  const kept = new Set(after.streams.map(({ key }) => key));
  const orderOf = (one: WholeTemplate, other: WholeTemplate) =>
    one.streams.filter(({ key }) => other.streams.some((stream) => stream.key === key)).map(({ key }) => key);
  const isMoved = keyOf(orderOf(before, after)) !== keyOf(orderOf(after, before));
  const labels = ({ streams }: WholeTemplate) => streams.map(({ label }) => label);
  return [
    ...(before.name === after.name ? [] : [{ what: "name" as const, ...whole, before: before.name, after: after.name }]),
    ...(before.description === after.description
      ? []
      : [{ what: "description" as const, ...whole, before: before.description, after: after.description }]),
    ...(isMoved ? [{ what: "order" as const, ...whole, before: labels(before), after: labels(after) }] : []),
    ...before.streams
      .filter(({ key }) => !kept.has(key))
      .map((stream) => ({
        what: "removed" as const,
        stream: stream.key,
        label: stream.label,
        key: null,
        before: settingsOf(stream),
        after: null,
      })),
    ...after.streams.flatMap((stream): TemplateChange[] => {
      const was = old.get(stream.key);
      if (was) return streamChanges(was, stream);
      return [{ what: "added", stream: stream.key, label: stream.label, key: null, before: null, after: settingsOf(stream) }];
    }),
  ];
}
