"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import type { AdaptStream } from "#server/domains/overrides/schema";
import { DryRunPanel } from "./dry-run-panel.tsx";
import { useSay } from "./language.tsx";
import { changedBetween, type Edits, NO_EDITS, openFields, wishesOf } from "./mapping-draft";
import { MappingFields } from "./mapping-fields.tsx";
import { StatusLine } from "./parts.tsx";
import { refusedBy } from "./refused-fields";
import { sayFault } from "./say-fault";
import { SentPreview } from "./sent-preview.tsx";
import { type Drafts, useLook } from "./use-adaptation";

export type RunningStream = AdaptStream & { streamId: string };

type EditProps = {
  id: string;
  stream: RunningStream;
  templateId: string;
  drafts: Drafts;
  connectionId: string;
  integrationName: string;
  vendorName: string;
  ready: boolean;
  readOnly: boolean;
};

type Saved = { warnings: string[] };

/** Fields that somebody else has changed since the customer began to. */
function contestedOf(since: AdaptStream | null, stream: AdaptStream): ReadonlySet<string> {
  return since && since.overrides.n !== stream.overrides.n ? changedBetween(since, stream) : new Set();
}

/** Saving against the revision that is on screen: another one since is shown first, and nothing typed is lost. */
function useSave({ stream, drafts, id }: EditProps, edits: Edits) {
  const say = useSay();
  const trpc = useEmbed();
  const cache = useQueryClient();
  const [saved, setSaved] = useState<Saved | null>(null);
  const save = useMutation(
    trpc.mapping.save.mutationOptions({
      onSuccess: ({ warnings }) => {
        const names = new Map(stream.model.fields.map(({ key, name }) => [key, name]));
        setSaved({ warnings: warnings.map(({ target, message }) => say("save.warning", { field: names.get(target) ?? target, message })) });
        drafts.set(id, () => NO_EDITS);
      },
      onSettled: () => cache.invalidateQueries({ queryKey: trpc.mapping.pathKey() }),
    }),
  );
  const begin = () => {
    setSaved(null);
    save.mutate({ streamId: stream.streamId, n: stream.overrides.n, fields: wishesOf(stream, edits) });
  };
  return { save, saved, begin, forget: () => save.reset() };
}

function Trouble({ error }: { error: unknown }) {
  const say = useSay();
  if (!error) return null;
  const fault = sayFault(error, say);
  const text = fault.code === "conflict" ? say("save.conflict") : fault.fields ? (fault.detail ?? fault.text) : fault.text;
  return (
    <div role="alert">
      <StatusLine tone={fault.code === "conflict" ? "wait" : "bad"}>
        {text} {say("save.still_here")}
      </StatusLine>
    </div>
  );
}

type BarProps = {
  changes: number;
  missing: string[];
  contested: string[];
  save: ReturnType<typeof useSave>;
  records: string;
  onDiscard: () => void;
};

/** What is not saved, and what saving does. */
function SaveBar({ changes, missing, contested, save: { save, saved, begin }, records, onDiscard }: BarProps) {
  const say = useSay();
  if (changes === 0 && !saved) return null;
  return (
    <div className="sticky bottom-0 z-10 space-y-2 rounded-lg border border-hairline bg-surface px-4 py-3 shadow-float">
      {changes === 0 && saved ? (
        <>
          <StatusLine tone="good">{say("save.saved", { what: records })}</StatusLine>
          {saved.warnings.map((warning) => (
            <StatusLine key={warning} tone="wait">
              {warning}
            </StatusLine>
          ))}
        </>
      ) : (
        <>
          <Trouble error={save.error} />
          {contested.length > 0 ? <StatusLine tone="wait">{say("save.contested", { fields: contested.join(", ") })}</StatusLine> : null}
          {missing.length > 0 ? <StatusLine tone="wait">{say("map.still", { fields: missing.join(", ") })}</StatusLine> : null}
          <div className="flex flex-wrap items-center gap-2">
            <p className="min-w-0 flex-1 basis-48 text-secondary text-sm">{say("save.unsaved", { count: changes, what: records })}</p>
            <Button variant="ghost" size="lg" disabled={save.isPending} onClick={onDiscard}>
              {say("save.discard")}
            </Button>
            <Button variant="primary" size="lg" disabled={missing.length > 0} pending={save.isPending} onClick={begin}>
              {say("save.save")}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}

/** The mapping of a stream that runs, to change and to save. */
export function MappingEdit(props: EditProps) {
  const say = useSay();
  const { id, stream, templateId, drafts, connectionId, integrationName, vendorName, ready, readOnly } = props;
  const { edits, since } = drafts.of(id);
  const { set } = drafts;
  const setEdits = useCallback((change: (before: Edits) => Edits) => set(id, change, stream), [set, id, stream]);
  const save = useSave(props, edits);
  const look = useLook(connectionId);
  const contested = contestedOf(since, stream);
  const nameOf = (target: string) => stream.model.fields.find(({ key }) => key === target)?.name ?? target;
  const discard = () => {
    save.forget();
    setEdits(() => NO_EDITS);
  };
  return (
    <div className="@container space-y-4">
      <MappingFields
        {...{ stream, edits, setEdits, contested, look, ready, readOnly, integrationName, vendorName }}
        only={stream.chosen.only}
        refused={refusedBy(save.save.error)}
        beside={<SentPreview {...{ connectionId, templateId, stream, edits, integrationName, vendorName }} chosen={stream.chosen} />}
      />
      {readOnly ? null : (
        <DryRunPanel {...{ connectionId, templateId, stream, edits, integrationName, vendorName }} chosen={stream.chosen} />
      )}
      {readOnly ? null : (
        <SaveBar
          changes={edits.size}
          missing={edits.size > 0 ? openFields(stream, edits).map(({ target }) => nameOf(target)) : []}
          contested={[...contested].filter((target) => edits.has(target)).map(nameOf)}
          save={save}
          records={say.inner(stream.label)}
          onDiscard={discard}
        />
      )}
    </div>
  );
}
