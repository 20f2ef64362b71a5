"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { formatExact } from "#components/ui/format";
import type { ConnectionView } from "#server/trpc/views";
import { DeliberateButton } from "./deliberate-button.tsx";
import { sayAround, useSay } from "./language.tsx";
import { useNavigation } from "./navigation.tsx";
import { StatusLine } from "./parts.tsx";
import { sayFault } from "./say-fault";
import { StreamSettings } from "./stream-settings.tsx";
import { useConnect } from "./use-connect";

function Row({ title, text, action }: { title: string; text: ReactNode; action: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-4">
      <div className="min-w-0 flex-1 basis-64">
        <h2 className="font-medium">{title}</h2>
        <p className="mt-0.5 max-w-[60ch] text-secondary text-sm">{text}</p>
      </div>
      {action}
    </li>
  );
}

/** Only the customer's own pause is theirs to lift. */
function PauseRow({ connection }: { connection: ConnectionView }) {
  const say = useSay();
  const trpc = useEmbed();
  const cache = useQueryClient();
  const done = () => cache.invalidateQueries({ queryKey: trpc.connections.get.queryKey({ connectionId: connection.id }) });
  const pause = useMutation(trpc.streams.pause.mutationOptions());
  const resume = useMutation(trpc.streams.resume.mutationOptions());
  const streams = connection.streams.filter((stream) => stream.status === "active");
  const paused = streams.some((stream) => stream.pauseReasons.includes("customer"));
  const byVendor = streams.some((stream) => stream.pauseReasons.includes("vendor"));
  if (streams.length === 0) return null;
  const act = async () => {
    const change = paused ? resume : pause;
    await Promise.all(streams.map((stream) => change.mutateAsync({ streamId: stream.id })));
    await done();
  };
  const error = pause.error ?? resume.error;
  return (
    <Row
      title={say(paused ? "settings.pause.paused" : "settings.pause.title")}
      text={
        error
          ? sayFault(error, say).text
          : paused
            ? say("settings.pause.resumes")
            : byVendor
              ? say("settings.pause.by_vendor")
              : say("settings.pause.text")
      }
      action={
        <Button
          size="lg"
          variant={paused ? "primary" : "secondary"}
          pending={pause.isPending || resume.isPending}
          onClick={() => act().catch(() => {})}
        >
          {say(paused ? "settings.pause.resume" : "settings.pause.pause")}
        </Button>
      }
    />
  );
}

function DisconnectRow({ connection, vendorName }: { connection: ConnectionView; vendorName: string }) {
  const say = useSay();
  const trpc = useEmbed();
  const cache = useQueryClient();
  const { emit, go } = useNavigation();
  const [asking, setAsking] = useState(false);
  const name = connection.integrationName;
  const disconnect = useMutation(
    trpc.connections.disconnect.mutationOptions({
      onSuccess: () => {
        emit({ type: "disconnected", integrationId: connection.integrationId, connectionId: connection.id });
        void cache.invalidateQueries({ queryKey: trpc.marketplace.pathKey() });
        cache.removeQueries({ queryKey: trpc.connections.get.queryKey({ connectionId: connection.id }) });
        go({ name: "marketplace" });
      },
    }),
  );
  if (!asking) {
    return (
      <Row
        title={say("settings.disconnect.title", { name })}
        text={say("settings.disconnect.text", { label: connection.accountLabel })}
        action={
          <Button size="lg" variant="danger-ghost" onClick={() => setAsking(true)}>
            {say("settings.disconnect.title", { name })}
          </Button>
        }
      />
    );
  }
  return (
    <li className="bg-danger-soft px-4 py-4">
      <h2 className="font-semibold">{say("settings.disconnect.ask", { label: connection.accountLabel })}</h2>
      <ul className="mt-2 max-w-[64ch] list-disc space-y-1 ps-5 text-sm">
        <li>{say("settings.disconnect.stops", { name })}</li>
        <li>{say("settings.disconnect.stays", { vendor: vendorName })}</li>
        <li>{say("settings.disconnect.again")}</li>
      </ul>
      {disconnect.error ? (
        <div className="mt-3" role="alert">
          <StatusLine tone="bad">{sayFault(disconnect.error, say).text}</StatusLine>
        </div>
      ) : null}
      <div className="mt-4 flex flex-wrap gap-2">
        <Button size="lg" onClick={() => setAsking(false)} autoFocus>
          {say("settings.disconnect.keep")}
        </Button>
        <DeliberateButton
          size="lg"
          variant="danger"
          pending={disconnect.isPending}
          word={name}
          onConfirm={() => disconnect.mutate({ connectionId: connection.id })}
        >
          {say("settings.disconnect.title", { name })}
        </DeliberateButton>
      </div>
    </li>
  );
}

function MoreRow({ connection }: { connection: ConnectionView }) {
  const say = useSay();
  const trpc = useEmbed();
  const { go } = useNavigation();
  const detail = useQuery(trpc.marketplace.get.queryOptions({ integrationId: connection.integrationId }));
  const offers = detail.data?.templates.filter((template) => !template.installedOn.includes(connection.id)) ?? [];
  if (offers.length === 0) return null;
  return (
    <Row
      title={say("settings.more.title")}
      text={say("settings.more.text", { names: offers.map((offer) => offer.name).join(", ") })}
      action={
        <Button size="lg" onClick={() => go({ name: "turn-on", integrationId: connection.integrationId, connectionId: connection.id })}>
          {say("home.choose")}
        </Button>
      }
    />
  );
}

/** The way to the other accounts of the same integration, or to a second one. */
function AccountsRow({ connection }: { connection: ConnectionView }) {
  const say = useSay();
  const trpc = useEmbed();
  const { go } = useNavigation();
  const { integrationId, integrationName: name } = connection;
  const connect = useConnect();
  const detail = useQuery(trpc.marketplace.get.queryOptions({ integrationId }));
  if (!detail.data || detail.data.authType === "none") return null;
  const offer = detail.data;
  const others = offer.connections.filter((other) => other.id !== connection.id);
  return (
    <Row
      title={say(others.length > 0 ? "settings.accounts.others" : "settings.accounts.another")}
      text={
        others.length > 0
          ? say("settings.accounts.also", { names: others.map((other) => other.accountLabel).join(", ") })
          : say("settings.accounts.text", { name })
      }
      action={
        <Button size="lg" onClick={() => (others.length > 0 ? go({ name: "integration", integrationId }) : connect(offer))}>
          {say(others.length > 0 ? "settings.accounts.show" : "detail.connect_another")}
        </Button>
      }
    />
  );
}

/** The switches of a connection; what ends it stands apart and says what will happen. */
export function ConnectionSettings({ connection, vendorName }: { connection: ConnectionView; vendorName: string }) {
  const say = useSay();
  const { go } = useNavigation();
  const { integrationId, id: connectionId, integrationName } = connection;
  if (connection.state === "disconnected") return <p className="text-secondary">{say("settings.ended")}</p>;
  return (
    <>
      <StreamSettings connection={connection} vendorName={vendorName} />
      <ul className="divide-y divide-hairline overflow-hidden rounded-lg border border-hairline bg-surface">
        <MoreRow connection={connection} />
        <AccountsRow connection={connection} />
        <PauseRow connection={connection} />
        <Row
          title={say("home.reconnect")}
          text={say("settings.reconnect.text", { name: integrationName })}
          action={
            <Button size="lg" onClick={() => go({ name: "connect", integrationId, connectionId })}>
              {say("home.reconnect")}
            </Button>
          }
        />
        <DisconnectRow connection={connection} vendorName={vendorName} />
      </ul>
      <p className="mt-4 text-secondary text-xs">
        {sayAround(
          say,
          "settings.connected",
          { id: <code className="break-all">{connection.accountId}</code> },
          { when: formatExact(connection.createdAt, say.locale) },
        )}
      </p>
    </>
  );
}
