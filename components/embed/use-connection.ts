"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect, useRef } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import type { WidgetEvent } from "#components/widget/protocol";
import type { ConnectionView } from "#server/trpc/views";
import { useNavigation } from "./navigation.tsx";

/** What the vendor's page is told when a connection went from one view to the next. */
export function eventsBetween(before: ConnectionView, after: ConnectionView): WidgetEvent[] {
  const ids = { integrationId: after.integrationId, connectionId: after.id };
  const events: WidgetEvent[] = before.state === after.state ? [] : [{ type: "connection.changed", ...ids, message: after.state }];
  for (const stream of after.streams) {
    const was = before.streams.find((other) => other.id === stream.id);
    const streamId = stream.id;
    if (stream.progress && stream.progress.runId !== was?.progress?.runId) events.push({ type: "sync.started", ...ids, streamId });
    if (!was || stream.progress || stream.lastSuccessAt?.getTime() === was.lastSuccessAt?.getTime()) {
      if (was && !was.problem && stream.problem) events.push({ type: "sync.failed", ...ids, streamId, message: stream.problem.code });
      continue;
    }
    events.push({ type: "sync.completed", ...ids, streamId });
  }
  return events;
}

/** Whether a sync has begun or ended since `before` was seen. */
export const hasMoved = (before: ConnectionView, after: ConnectionView): boolean =>
  eventsBetween(before, after).some(({ type }) => type.startsWith("sync."));

/** A connection as it is now, kept so by the server; what hangs on its runs is read again when one ends. */
export function useConnection(connectionId: string) {
  const trpc = useEmbed();
  const cache = useQueryClient();
  const { emit } = useNavigation();
  const query = useQuery(trpc.connections.get.queryOptions({ connectionId }));
  const seen = useRef<ConnectionView | undefined>(undefined);
  const watched = useSubscription(
    trpc.connections.watch.subscriptionOptions(
      { connectionId },
      {
        enabled: query.isSuccess,
        onData: ({ data }) => cache.setQueryData(trpc.connections.get.queryKey({ connectionId }), data),
      },
    ),
  );

  const view = query.data;
  useEffect(() => {
    const before = seen.current;
    seen.current = view;
    if (!before || !view || before === view) return;
    const events = eventsBetween(before, view);
    for (const event of events) emit(event);
    if (events.some((event) => event.type.startsWith("sync."))) {
      void cache.invalidateQueries({ queryKey: trpc.runs.pathKey() });
      void cache.invalidateQueries({ queryKey: trpc.problems.pathKey() });
    }
    if (before.state !== view.state) void cache.invalidateQueries({ queryKey: trpc.marketplace.pathKey() });
  }, [view, emit, cache, trpc]);

  return { query, live: watched.status !== "error" };
}
