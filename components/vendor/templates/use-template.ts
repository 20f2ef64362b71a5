"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { count } from "#components/ui/format";
import type { Settings } from "#components/vendor/templates/stream-line.tsx";
import type { TemplateDetail } from "#server/domains/templates/get-template";
import { keyOf } from "#server/mapping/same-value";

const settingsOf = (template: TemplateDetail): Settings[] =>
  template.streams.map(({ key, label, intervalMs, backfillDays, offers, match, owners, deletes, lookups }) => ({
    ...{ key, label, intervalMs, backfillDays, offers, match, owners, deletes, lookups },
  }));

/** What is sent of a stream: of what is seldom said, only what differs. What is not sent stays. */
function sentOf({ match, owners, deletes, lookups, ...usual }: Settings, stored: Settings | undefined) {
  const differs = (key: "match" | "owners" | "deletes" | "lookups", value: unknown) => keyOf(value) !== keyOf(stored?.[key] ?? null);
  return {
    ...usual,
    ...(differs("match", match) ? { match } : {}),
    ...(owners && differs("owners", owners) ? { owners } : {}),
    ...(differs("deletes", deletes) ? { deletes } : {}),
    ...(differs("lookups", lookups) ? { lookups } : {}),
  };
}

/** The template as it is on screen, and what of it is not stored. Streams come and go at once, beside what is edited. */
export function useTemplateDraft(template: TemplateDetail) {
  const stored = settingsOf(template);
  const [head, setHead] = useState({ name: template.name, description: template.description });
  const [edited, setEdited] = useState<Settings[]>(stored);
  const known = new Map(stored.map((one) => [one.key, one]));
  const settings = [...edited.filter(({ key }) => known.has(key)), ...stored.filter(({ key }) => !edited.some((one) => one.key === key))];
  const change = (next: Settings) => setEdited(settings.map((one) => (one.key === next.key ? next : one)));
  const move = (key: string, by: 1 | -1) => {
    const at = settings.findIndex((one) => one.key === key);
    const to = at + by;
    const row = settings[at];
    if (!row || to < 0 || to >= settings.length) return;
    const rest = settings.filter((one) => one.key !== key);
    setEdited([...rest.slice(0, to), row, ...rest.slice(to)]);
  };
  const streamsChanged = keyOf(settings) !== keyOf(stored);
  const dirty = streamsChanged || head.name !== template.name || head.description !== template.description;
  const sent = settings.map((one) => sentOf(one, known.get(one.key)));
  return { head, setHead, settings, sent, streamsChanged, change, move, dirty };
}

/** Saving, publishing, throwing away, putting on and off offer, removing a stream, each with its words. */
export function useTemplateActions() {
  const trpc = useVendor();
  const cache = useQueryClient();
  const stale = () =>
    Promise.all([
      cache.invalidateQueries(trpc.templates.pathFilter()),
      cache.invalidateQueries(trpc.mappings.pathFilter()),
      cache.invalidateQueries(trpc.rollouts.pathFilter()),
    ]);
  const failed = (title: string) => (error: unknown) => {
    const fault = faultOf(error);
    toast.error(title, { description: (fault.fields && Object.values(fault.fields)[0]?.[0]) ?? fault.detail ?? fault.text });
    void stale();
  };
  const save = useMutation(trpc.templates.update.mutationOptions({ onSuccess: stale, onError: failed("The draft was not saved") }));
  const publish = useMutation(
    trpc.templates.publish.mutationOptions({
      async onSuccess({ version, streams, stopped, rollouts }) {
        await stale();
        const said = [
          ...(streams > 0 ? [`${count(streams, "running stream goes", "running streams go")} on with it.`] : []),
          ...(stopped > 0 ? [`${count(stopped, "stream was", "streams were")} turned off; their records stay.`] : []),
        ];
        toast.success(
          rollouts.length > 0 ? `Version ${version} is being rolled out` : `Version ${version} is in force`,
          said.length > 0 ? { description: said.join(" ") } : {},
        );
      },
      onError: failed("Nothing was published"),
    }),
  );
  const discard = useMutation(
    trpc.templates.discardDraft.mutationOptions({ onSuccess: stale, onError: failed("The draft was not thrown away") }),
  );
  const adopt = useMutation(trpc.templates.adoptVersion.mutationOptions({ onSuccess: stale, onError: failed("No draft was made") }));
  const setStatus = useMutation(trpc.templates.setStatus.mutationOptions({ onSuccess: stale, onError: failed("Not done") }));
  const removeStream = useMutation(
    trpc.templates.removeStream.mutationOptions({ onSuccess: stale, onError: failed("The stream was not removed") }),
  );
  return { save, publish, discard, adopt, setStatus, removeStream };
}
