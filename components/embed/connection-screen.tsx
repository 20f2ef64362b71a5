"use client";

import { useMutation } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";
import { useNow } from "#components/ui/use-now";
import type { ConnectionView } from "#server/trpc/views";
import { ActivityTab } from "./activity-tab.tsx";
import { ConnectionSettings } from "./connection-settings.tsx";
import { useSay } from "./language.tsx";
import { type ConnectionTab, useNavigation } from "./navigation.tsx";
import { ScreenFault, ScreenHead, ScreenSkeleton, StatusLine, ToneIcon } from "./parts.tsx";
import { ProblemsTab } from "./problems-tab.tsx";
import { sayFault } from "./say-fault";
import { StreamCard } from "./stream-card.tsx";
import { hasMoved, useConnection } from "./use-connection";
import { headline } from "./words";

// The engine that tries a mapping in the browser is loaded when somebody looks at one.
const MappingTab = lazy(async () => ({ default: (await import("./mapping-tab.tsx")).MappingTab }));

function Headline({ connection }: { connection: ConnectionView }) {
  const say = useSay();
  const now = useNow();
  const { tone, text, evidence } = headline(connection, new Date(now), say);
  return (
    <p className="flex items-start gap-2 text-base">
      <ToneIcon tone={tone} className="mt-0.5" />
      <span>
        <strong className="font-semibold text-foreground" role="status">
          {text}
        </strong>{" "}
        {evidence}
      </span>
    </p>
  );
}

/** "Sync now": asked at once, said honestly when the engine behind it does not answer. */
function SyncNow({ connection }: { connection: ConnectionView }) {
  const say = useSay();
  const trpc = useEmbed();
  const sync = useMutation(trpc.streams.sync.mutationOptions());
  const [note, setNote] = useState<{ tone: "wait" | "bad"; text: string; of: ConnectionView } | null>(null);
  // What was held up, or failed to be asked, has happened meanwhile.
  useEffect(() => setNote((before) => (before && hasMoved(before.of, connection) ? null : before)), [connection]);
  const streams = connection.streams.filter((stream) => stream.status === "active");
  const running = streams.some((stream) => stream.progress);
  const ask = async () => {
    setNote(null);
    try {
      const asked = await Promise.all(streams.map((stream) => sync.mutateAsync({ streamId: stream.id })));
      if (asked.some((answer) => !answer.engineReachable)) setNote({ tone: "wait", text: say("home.held_up"), of: connection });
    } catch (error) {
      setNote({ tone: "bad", text: sayFault(error, say).text, of: connection });
    }
  };
  return (
    <div className="flex flex-col items-end gap-1.5">
      <Button size="lg" disabled={running} pending={sync.isPending} onClick={() => void ask()}>
        <RefreshCw aria-hidden="true" /> {say(running ? "home.syncing" : "home.sync_now")}
      </Button>
      {note ? <StatusLine tone={note.tone}>{note.text}</StatusLine> : null}
    </div>
  );
}

function Actions({ connection }: { connection: ConnectionView }) {
  const say = useSay();
  const { go } = useNavigation();
  const { integrationId, id: connectionId } = connection;
  if (connection.state === "reauth") {
    return (
      <Button variant="primary" size="lg" onClick={() => go({ name: "connect", integrationId, connectionId })}>
        {say("home.reconnect")}
      </Button>
    );
  }
  if (connection.state === "disconnected") {
    return (
      <Button variant="primary" size="lg" onClick={() => go({ name: "connect", integrationId })}>
        {say("home.connect_again")}
      </Button>
    );
  }
  if (connection.streams.length === 0) {
    return (
      <Button variant="primary" size="lg" onClick={() => go({ name: "turn-on", integrationId, connectionId })}>
        {say("home.choose")}
      </Button>
    );
  }
  return connection.state === "paused" ? null : <SyncNow connection={connection} />;
}

function Streams({ connection }: { connection: ConnectionView }) {
  const say = useSay();
  if (connection.streams.length === 0) return <p className="text-secondary">{say("home.nothing")}</p>;
  return (
    <ul className="grid gap-3 @3xl:grid-cols-2">
      {connection.streams.map((stream) => (
        <StreamCard key={stream.id} stream={stream} />
      ))}
    </ul>
  );
}

/** What has changed at the source and in the template, and waits for somebody. */
function Decisions({ open, name, onShow }: { open: number; name: string; onShow: () => void }) {
  const say = useSay();
  if (open === 0) return null;
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-hairline bg-warning-soft px-4 py-3">
      <div className="min-w-0 flex-1 basis-56">
        <StatusLine tone="wait">
          {say("home.decisions", { count: open, name })} <span className="text-secondary">{say("home.decisions_text")}</span>
        </StatusLine>
      </div>
      <Button onClick={onShow}>{say("home.decide")}</Button>
    </div>
  );
}

type ConnectionScreenProps = { connectionId: string; tab: ConnectionTab; vendorName: string };

/** Home of a connection: how it stands, what flows, what happened, what is held back, and the switches. */
export function ConnectionScreen({ connectionId, tab, vendorName }: ConnectionScreenProps) {
  const say = useSay();
  const { query, live } = useConnection(connectionId);
  const [shown, setShown] = useState<ConnectionTab>(tab);
  if (query.isPending) return <ScreenSkeleton label={say("home.loading")} />;
  if (query.isError) return <ScreenFault error={query.error} retry={() => void query.refetch()} />;
  const connection = query.data;
  const held = connection.streams.reduce((sum, stream) => sum + stream.quarantineCount + stream.heldCount + stream.conflictCount, 0);
  const open = connection.streams.reduce((sum, stream) => sum + stream.decisions, 0);
  return (
    <>
      <ScreenHead
        backTo="all"
        iconUrl={connection.iconUrl}
        title={connection.integrationName}
        below={<p className="break-words">{connection.accountLabel}</p>}
        actions={<Actions connection={connection} />}
      />
      <div className="mt-5 rounded-lg border border-hairline bg-surface px-4 py-3.5">
        <Headline connection={connection} />
        {live ? null : <p className="mt-1 ps-6 text-secondary text-xs">{say("home.not_live")}</p>}
      </div>
      <Tabs value={shown} onValueChange={(value) => setShown(value as ConnectionTab)} className="mt-6">
        <TabsList aria-label={connection.integrationName}>
          <TabsTrigger value="overview">{say("tab.overview")}</TabsTrigger>
          <TabsTrigger value="activity">{say("tab.activity")}</TabsTrigger>
          <TabsTrigger value="problems">
            {say("tab.problems")}
            {held > 0 ? ` (${say.number(held)})` : ""}
          </TabsTrigger>
          <TabsTrigger value="mapping">
            {say("tab.mapping")}
            {open > 0 ? ` (${say.number(open)})` : ""}
          </TabsTrigger>
          <TabsTrigger value="settings">{say("tab.settings")}</TabsTrigger>
        </TabsList>
        <TabsContent value="overview">
          <Decisions open={open} name={connection.integrationName} onShow={() => setShown("mapping")} />
          <Streams connection={connection} />
        </TabsContent>
        <TabsContent value="activity">
          <ActivityTab connectionId={connectionId} vendorName={vendorName} />
        </TabsContent>
        <TabsContent value="problems">
          <ProblemsTab connection={connection} vendorName={vendorName} />
        </TabsContent>
        <TabsContent value="mapping">
          <Suspense fallback={<Skeleton className="h-60 w-full rounded-lg" />}>
            <MappingTab connection={connection} vendorName={vendorName} onSettings={() => setShown("settings")} />
          </Suspense>
        </TabsContent>
        <TabsContent value="settings">
          <ConnectionSettings connection={connection} vendorName={vendorName} />
        </TabsContent>
      </Tabs>
    </>
  );
}
