"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronRight, Eye, Lock, type LucideIcon, PencilLine, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import type { IntegrationDetail } from "#server/trpc/views/embed";
import { useSay } from "./language.tsx";
import { useNavigation } from "./navigation.tsx";
import { ScreenFault, ScreenHead, ScreenSkeleton } from "./parts.tsx";
import { RequestButton } from "./request-integration.tsx";
import { useConnect } from "./use-connect";

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="mb-2 font-semibold text-base">{title}</h2>
      {children}
    </section>
  );
}

function Connections({ detail }: { detail: IntegrationDetail }) {
  const say = useSay();
  const { go } = useNavigation();
  const live = detail.connections.filter((connection) => connection.state !== "disconnected");
  if (live.length === 0) return null;
  return (
    <Part title={say("detail.accounts", { count: live.length })}>
      <ul className="space-y-2">
        {live.map((connection) => (
          <li key={connection.id}>
            <button
              type="button"
              onClick={() => go({ name: "connection", connectionId: connection.id })}
              className="flex w-full flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-hairline bg-surface px-4 py-3 text-start hover:bg-muted"
            >
              <span className="min-w-0 flex-1 break-words font-medium">{connection.accountLabel}</span>
              {connection.state === "active" && connection.streams.length === 0 ? (
                <span className="text-secondary text-sm">{say("detail.nothing_synced")}</span>
              ) : (
                <StateBadge state={connection.state} />
              )}
              <ChevronRight aria-hidden="true" className="size-4 text-subtle rtl:rotate-180" />
            </button>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Offers({ detail }: { detail: IntegrationDetail }) {
  const say = useSay();
  if (detail.templates.length === 0) return null;
  return (
    <Part title={say("detail.offers")}>
      <ul className="divide-y divide-hairline rounded-lg border border-hairline bg-surface">
        {detail.templates.map((template) => (
          <li key={template.id} className="px-4 py-3">
            <p className="font-medium">{template.name}</p>
            <p className="mt-0.5 text-secondary text-sm">
              <bdi>{template.description}</bdi>
            </p>
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** What is read there, or written: a line each, with the names of its fields inside. */
function Carried({ title, lines, icon: Icon }: { title: string; lines: IntegrationDetail["reads"]; icon: LucideIcon }) {
  const say = useSay();
  if (lines.length === 0) return null;
  return (
    <Part title={title}>
      <div className="divide-y divide-hairline rounded-lg border border-hairline bg-surface">
        {lines.map(({ label, fields }) => (
          <details key={label} className="group px-4 py-2.5">
            <summary className="flex list-none items-center gap-2 rounded-sm">
              <Icon aria-hidden="true" className="size-4 stroke-[1.75] text-subtle" />
              <span className="font-medium">{label}</span>
              <span className="ms-auto text-secondary text-sm">{say("detail.fields", { count: fields.length })}</span>
              <ChevronRight
                aria-hidden="true"
                className="size-4 text-subtle transition-transform group-open:rotate-90 rtl:rotate-180 rtl:group-open:rotate-90"
              />
            </summary>
            <p className="mt-2 pb-1 ps-6 text-secondary text-sm">{fields.join(", ")}</p>
          </details>
        ))}
      </div>
    </Part>
  );
}

function Permissions({ detail, vendorName }: { detail: IntegrationDetail; vendorName: string }) {
  const say = useSay();
  const { reasons, scopes } = detail.permissions;
  if (scopes.length === 0) return null;
  return (
    <Card className="p-4 sm:p-5">
      <h2 className="flex items-center gap-2 font-semibold text-base">
        <ShieldCheck aria-hidden="true" className="size-4 stroke-[1.75] text-subtle" />
        {say("detail.allow", { name: detail.name })}
      </h2>
      <ul className="mt-3 list-disc space-y-1.5 ps-5 text-sm marker:text-subtle">
        {reasons.length > 0 ? reasons.map((reason) => <li key={reason}>{reason}</li>) : <li>{say("detail.access")}</li>}
      </ul>
      <details className="mt-3 text-xs">
        <summary className="rounded-sm text-secondary">{say("detail.technical")}</summary>
        <ul className="mt-1.5 space-y-1">
          {scopes.map((scope) => (
            <li key={scope}>
              <code className="break-all text-secondary">{scope}</code>
            </li>
          ))}
        </ul>
      </details>
      <p className="mt-4 border-hairline border-t pt-3 text-secondary text-xs">
        {say("detail.password", { vendor: vendorName, name: detail.name })}
      </p>
    </Card>
  );
}

function ConnectButton({ detail }: { detail: IntegrationDetail }) {
  const say = useSay();
  const connect = useConnect();
  if (detail.badge === "coming_soon") {
    return (
      <Button size="lg" disabled>
        {say("card.soon")}
      </Button>
    );
  }
  if (detail.locked) {
    return (
      <Button size="lg" disabled>
        <Lock aria-hidden="true" /> {say("card.locked")}
      </Button>
    );
  }
  const again = detail.connections.some((connection) => connection.state !== "disconnected");
  return (
    <Button variant={again ? "secondary" : "primary"} size="lg" onClick={() => connect(detail)}>
      {say(again ? "detail.connect_another" : "detail.connect")}
    </Button>
  );
}

/** What an integration does, reads and asks for, before anything is connected. */
export function IntegrationScreen({ integrationId, vendorName }: { integrationId: string; vendorName: string }) {
  const say = useSay();
  const trpc = useEmbed();
  const query = useQuery(trpc.marketplace.get.queryOptions({ integrationId }));
  if (query.isPending) return <ScreenSkeleton label={say("frame.loading_screen")} />;
  if (query.isError) return <ScreenFault error={query.error} retry={() => void query.refetch()} />;
  const detail = query.data;
  return (
    <>
      <ScreenHead
        backTo="all"
        iconUrl={detail.iconUrl}
        title={detail.name}
        below={
          <p className="max-w-[60ch]">
            <bdi>{detail.tagline}</bdi>
          </p>
        }
        actions={<ConnectButton detail={detail} />}
      />
      {detail.badge === "coming_soon" ? (
        <div className="mt-6 flex justify-start">
          <RequestButton name={detail.name} vendorName={vendorName} />
        </div>
      ) : null}
      {detail.locked ? (
        <p className="mt-5 max-w-[60ch] rounded-lg bg-muted px-4 py-3 text-secondary text-sm">
          {say("detail.locked", { name: detail.name, vendor: vendorName })}
        </p>
      ) : null}
      <div className="mt-7 grid items-start gap-x-8 gap-y-7 @3xl:grid-cols-[minmax(0,1fr)_320px]">
        <div className="min-w-0 space-y-7">
          <Connections detail={detail} />
          {detail.description && detail.description !== detail.tagline ? (
            <Part title={say("detail.does")}>
              <p className="max-w-[68ch] whitespace-pre-line text-secondary">{detail.description}</p>
            </Part>
          ) : null}
          <Offers detail={detail} />
          <Carried title={say("detail.reads")} lines={detail.reads} icon={Eye} />
          <Carried title={say("detail.writes")} lines={detail.writes} icon={PencilLine} />
        </div>
        <Permissions detail={detail} vendorName={vendorName} />
      </div>
    </>
  );
}
