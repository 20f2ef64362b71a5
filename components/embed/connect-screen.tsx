"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import type { AuthorizationResult, IntegrationDetail } from "#server/trpc/views/embed";
import { Authorize } from "./authorize.tsx";
import { InviteAdmin } from "./invite-admin.tsx";
import { KeyForm } from "./key-form.tsx";
import { useSay } from "./language.tsx";
import { type Resume, useNavigation } from "./navigation.tsx";
import { ScreenFault, ScreenHead, ScreenSkeleton } from "./parts.tsx";

type ConnectScreenProps = { integrationId: string; connectionId?: string; resume?: Resume; vendorName: string };

/** What happens once an account answered: told to the page, and on to the next step. */
export function useConnected(detail: IntegrationDetail, reconnecting: boolean) {
  const trpc = useEmbed();
  const cache = useQueryClient();
  const { emit, replace } = useNavigation();
  const told = useRef<AuthorizationResult | null>(null);
  return (result: AuthorizationResult) => {
    if (told.current === result || result.outcome !== "connected") return;
    told.current = result;
    const { connection } = result;
    emit({ type: "connect.succeeded", integrationId: detail.id, connectionId: connection.id });
    cache.setQueryData(trpc.connections.get.queryKey({ connectionId: connection.id }), connection);
    void cache.invalidateQueries({ queryKey: trpc.marketplace.pathKey() });
    const next = reconnecting || detail.templates.length === 0 ? "connection" : "turn-on";
    replace({ name: next, integrationId: detail.id, connectionId: connection.id });
  };
}

export function Connect({
  detail,
  connectionId,
  resume,
  vendorName,
}: Omit<ConnectScreenProps, "integrationId"> & { detail: IntegrationDetail }) {
  const { emit } = useNavigation();
  const onConnected = useConnected(detail, connectionId !== undefined);
  const target = { integrationId: detail.id, ...(connectionId ? { connectionId } : {}) };
  const started = () => emit({ type: "connect.started", ...target });
  const failed = (message: string) => emit({ type: "connect.failed", message, ...target });
  const shared = { detail, connectionId, vendorName, onConnected, started, failed };
  if (detail.authType === "oauth2_code") return <Authorize {...shared} resume={resume} />;
  return <KeyForm {...shared} />;
}

/** One account being connected, or connected again. One decision at a time. */
export function ConnectScreen({ integrationId, connectionId, resume, vendorName }: ConnectScreenProps) {
  const say = useSay();
  const trpc = useEmbed();
  const query = useQuery(trpc.marketplace.get.queryOptions({ integrationId }));
  const heading = useRef<HTMLDivElement>(null);
  useEffect(() => {
    heading.current?.scrollIntoView({ block: "nearest" });
  }, []);
  if (query.isPending) return <ScreenSkeleton label={say("frame.loading_screen")} />;
  if (query.isError) return <ScreenFault error={query.error} retry={() => void query.refetch()} />;
  const detail = query.data;
  return (
    <div ref={heading} className="mx-auto max-w-[560px]">
      <ScreenHead
        backTo="back"
        iconUrl={detail.iconUrl}
        title={say(connectionId ? "connect.title_again" : "connect.title", { name: detail.name })}
      />
      <div className="mt-5">
        <Connect detail={detail} vendorName={vendorName} {...(connectionId ? { connectionId } : {})} {...(resume ? { resume } : {})} />
      </div>
      <InviteAdmin detail={detail} connectionId={connectionId} vendorName={vendorName} />
    </div>
  );
}
