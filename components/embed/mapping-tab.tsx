"use client";

import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Select } from "#components/ui/select.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";
import type { Adaptation } from "#server/domains/overrides/schema";
import type { ConnectionView } from "#server/trpc/views";
import { DriftList } from "./drift-list.tsx";
import { FieldLinks } from "./field-links.tsx";
import { sayAround, useSay } from "./language.tsx";
import { leadTo } from "./lead-to";
import { MappingConflicts } from "./mapping-conflicts.tsx";
import { MappingDocument } from "./mapping-document.tsx";
import { leftOpen } from "./mapping-draft";
import { MappingEdit, type RunningStream } from "./mapping-edit.tsx";
import { MappingSkeleton } from "./mapping-fields.tsx";
import { MappingHistory } from "./mapping-history.tsx";
import { ScreenFault, StatusLine } from "./parts.tsx";
import { adaptationOptions, useDrafts } from "./use-adaptation";
import { useExpressions } from "./use-expressions";

type Shown = { id: string; templateId: string; templateName: string; stream: RunningStream };

/** The streams that run, in the order of their templates; of a connection that has ended, those that ran. */
const runningOf = (connectionId: string, adaptations: readonly Adaptation[], ended: boolean): Shown[] =>
  adaptations.flatMap(({ templateId, templateName, streams }) =>
    streams.flatMap((stream) =>
      stream.streamId !== null && (stream.isOn || ended)
        ? [
            {
              id: `${connectionId} ${templateId} ${stream.key}`,
              templateId,
              templateName,
              stream: { ...stream, streamId: stream.streamId },
            },
          ]
        : [],
    ),
  );

/** What is the vendor's to mend waits for nobody here. */
const decisionsOf = ({ stream }: Shown) =>
  stream.drifts.filter(({ remedy }) => remedy.kind !== "vendor").length + stream.overrides.conflicts.length + leftOpen(stream).length;

/** What a look has found is told on the tab and the overview, too: both count by the connection. */
function useSameCount(connection: ConnectionView, all: readonly Shown[]): void {
  const trpc = useEmbed();
  const cache = useQueryClient();
  const here = all.reduce((sum, one) => sum + decisionsOf(one), 0);
  const { id: connectionId } = connection;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when the count here moves, not when the connection's does
  useEffect(() => {
    if (all.length > 0) void cache.invalidateQueries({ queryKey: trpc.connections.get.queryKey({ connectionId }) });
  }, [here, connectionId]);
}

/** Which stream is looked at, where there are several; what waits for a decision is told with its name. */
function Which({ all, current, onChoose }: { all: readonly Shown[]; current: Shown; onChoose: (id: string) => void }) {
  const say = useSay();
  if (all.length < 2) return null;
  const labels = all.map(({ stream }) => stream.label);
  const labelOf = (one: Shown) => {
    const { label } = one.stream;
    const own = labels.filter((other) => other === label).length > 1 ? `${label}, ${one.templateName}` : label;
    return decisionsOf(one) > 0 ? say("maptab.to_decide", { label: own, count: decisionsOf(one) }) : own;
  };
  return (
    <Select
      aria-label={say("maptab.which")}
      className="h-9 max-w-72 text-sm"
      value={current.id}
      onChange={onChoose}
      options={all.map((one) => ({ value: one.id, label: labelOf(one) }))}
    />
  );
}

type ToChooseProps = { stream: RunningStream; vendorName: string; readOnly: boolean; onLead: (target: string) => void };

/** Fields that a version since has left to the customer and nothing fills. */
function ToChoose({ stream, vendorName, readOnly, onLead }: ToChooseProps) {
  const say = useSay();
  const open = leftOpen(stream);
  if (open.length === 0 || readOnly) return null;
  const nameOf = (target: string) => stream.model.fields.find(({ key }) => key === target)?.name ?? target;
  const fields = <FieldLinks fields={open.map(({ target }) => ({ key: target, name: nameOf(target), onLead: () => onLead(target) }))} />;
  return <StatusLine tone="wait">{sayAround(say, "maptab.choose", { vendor: vendorName, fields })}</StatusLine>;
}

type TabProps = { connection: ConnectionView; vendorName: string; onSettings: () => void };

/** What goes where on a connection: to see, to change, to decide on, to go back from, to keep as a document. */
export function MappingTab({ connection, vendorName, onSettings }: TabProps) {
  const say = useSay();
  const trpc = useEmbed();
  const readOnly = connection.state === "disconnected";
  const wanted = connection.streams.filter(({ status }) => readOnly || status === "active");
  const templateIds = [...new Set(wanted.map(({ templateId }) => templateId))];
  const queries = useQueries({ queries: templateIds.map((templateId) => adaptationOptions(trpc, connection.id, templateId)) });
  const drafts = useDrafts();
  const [chosen, setChosen] = useState<string | null>(null);
  const [view, setView] = useState("fields");
  const all = runningOf(
    connection.id,
    queries.flatMap(({ data }) => data ?? []),
    readOnly,
  );
  useSameCount(connection, all);
  const ready = useExpressions(all.map(({ stream }) => stream));
  const failed = queries.find((query) => query.isError);
  const { integrationName } = connection;
  if (templateIds.length === 0) return <EmptyState title={say("maptab.empty.title")}>{say("maptab.empty.text")}</EmptyState>;
  if (failed) return <ScreenFault error={failed.error} retry={() => void failed.refetch()} />;
  if (queries.some((query) => query.isPending)) return <MappingSkeleton />;
  const current = all.find(({ id }) => id === chosen) ?? all.find((one) => decisionsOf(one) > 0) ?? all[0];
  if (!current) return <EmptyState title={say("maptab.empty.title")}>{say("maptab.empty.text")}</EmptyState>;
  const { id, templateId, stream } = current;
  const lead = (target: string) => {
    setView("fields");
    leadTo(target);
  };
  return (
    <div className="@container space-y-4">
      {readOnly ? <StatusLine tone="off">{say("maptab.ended")}</StatusLine> : null}
      <Which all={all} current={current} onChoose={setChosen} />
      <DriftList {...{ stream, integrationName, vendorName, readOnly, onSettings }} onChoose={lead} />
      <MappingConflicts {...{ stream, vendorName, readOnly }} />
      <ToChoose {...{ stream, vendorName, readOnly }} onLead={lead} />
      <Tabs value={view} onValueChange={setView}>
        <TabsList aria-label={say("maptab.of", { what: say.inner(stream.label) })}>
          <TabsTrigger value="fields">{say("maptab.fields")}</TabsTrigger>
          <TabsTrigger value="history">{say("maptab.history")}</TabsTrigger>
          {readOnly ? null : <TabsTrigger value="document">{say("maptab.document")}</TabsTrigger>}
        </TabsList>
        <TabsContent value="fields" className="pt-4">
          <MappingEdit
            key={id}
            {...{ id, stream, templateId, drafts, integrationName, vendorName, ready, readOnly }}
            connectionId={connection.id}
          />
        </TabsContent>
        <TabsContent value="history" className="pt-4">
          <MappingHistory key={id} {...{ stream, vendorName, readOnly }} />
        </TabsContent>
        <TabsContent value="document" className="pt-4">
          <MappingDocument connectionId={connection.id} vendorName={vendorName} />
        </TabsContent>
      </Tabs>
    </div>
  );
}
