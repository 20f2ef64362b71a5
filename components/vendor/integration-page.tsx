"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { type Fault, faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardFooter, CardHeader } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { count } from "#components/ui/format";
import { Input } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Tile } from "#components/ui/tile.tsx";
import { CopyField } from "#components/vendor/copy-field.tsx";
import { GateTrialView } from "#components/vendor/gate-trial.tsx";
import { InboundCard } from "#components/vendor/inbound/inbound-card.tsx";
import { InstallCard } from "#components/vendor/install-card.tsx";
import { VISIBILITY } from "#components/vendor/integration-words";
import { ProblemNote } from "#components/vendor/problem-note.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { IntegrationRow } from "#server/trpc/views";

/** One way to save a part of an integration; says what went wrong at the field it concerns. */
function useUpdate() {
  const trpc = useVendor();
  const cache = useQueryClient();
  const update = useMutation(
    trpc.integrations.update.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries(trpc.integrations.pathFilter());
        toast.success("Integration saved");
      },
      onError: (error) => {
        const fault = faultOf(error);
        if (!fault.fields) toast.error("Not saved", { description: fault.detail ?? fault.text });
      },
    }),
  );
  const fault: Fault | null = update.error ? faultOf(update.error) : null;
  return { update, messageFor: (field: string) => fault?.fields?.[field]?.[0] ?? null };
}

/** The third party is not asked while saving: many answer only to a customer's own grant. */
const APP_IS_PROVEN = "Not tried while saving: the next sign-in, or the next renewal of a connection, proves it.";

function OAuthApp({ row }: { row: IntegrationRow }) {
  const may = useMay("admin");
  const { update, messageFor } = useUpdate();
  const [clientId, setClientId] = useState("");
  const [clientSecret, setClientSecret] = useState("");
  const [asking, setAsking] = useState(false);
  const ready = clientId.trim() !== "" && clientSecret.trim() !== "";
  const save = () =>
    update.mutate(
      { id: row.id, clientId: clientId.trim(), clientSecret: clientSecret.trim() },
      {
        onSuccess: () => {
          setClientId("");
          setClientSecret("");
        },
        onSettled: () => setAsking(false),
      },
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (row.configured && row.connections > 0) setAsking(true);
    else save();
  };
  return (
    <Card>
      <CardHeader
        title="OAuth app"
        description="Your own app at the third party: customers see your name on its consent page."
        actions={<Badge tone={row.configured ? "success" : "warning"}>{row.configured ? "Set up" : "Not set up"}</Badge>}
      />
      <form onSubmit={submit}>
        <CardBody className="flex max-w-[600px] flex-col gap-4">
          <CopyField
            label="Redirect URI"
            value={row.redirectUri}
            hint="Enter exactly this in the app's settings. Each integration has its own."
          />
          <Field
            label="Client id"
            error={messageFor("clientId")}
            hint={row.configured ? "A client id is stored. Enter both to replace it." : undefined}
          >
            <Input
              value={clientId}
              onChange={(event) => setClientId(event.target.value)}
              autoComplete="off"
              disabled={!may}
              placeholder={row.configured ? "stored" : ""}
            />
          </Field>
          <Field label="Client secret" error={messageFor("clientSecret")} hint="Kept encrypted. It is never shown again, also not to you.">
            <Input
              type="password"
              value={clientSecret}
              onChange={(event) => setClientSecret(event.target.value)}
              autoComplete="new-password"
              disabled={!may}
              placeholder={row.configured ? "••••••••••••" : ""}
            />
          </Field>
        </CardBody>
        <CardFooter className="justify-between">
          <span className="text-secondary text-xs">{may ? APP_IS_PROVEN : "Only an admin or owner can change this."}</span>
          <Button type="submit" variant="primary" disabled={!may || !ready} pending={update.isPending}>
            Save OAuth app
          </Button>
        </CardFooter>
      </form>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Replace the OAuth app of ${row.name}?`}
        action="Replace the OAuth app"
        tone="primary"
        pending={update.isPending}
        onConfirm={save}
      >
        <p>
          {count(row.connections, "connection")} will use the new client id and secret at the next renewal of access, usually within the
          hour. A new secret of the same app is what they need.
        </p>
        <p>
          With a wrong secret, or another app, their syncs stop then: a wrong secret until you correct it, another app until each customer
          reconnects.
        </p>
      </ConfirmDialog>
    </Card>
  );
}

function Display({ row }: { row: IntegrationRow }) {
  const may = useMay("admin");
  const { update, messageFor } = useUpdate();
  const [name, setName] = useState(row.name);
  const [tagline, setTagline] = useState(row.tagline);
  const [status, setStatus] = useState(row.status);
  const [gate, setGate] = useState(row.gate ?? "");
  const changed = name !== row.name || tagline !== row.tagline || status !== row.status || gate.trim() !== (row.gate ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate({ id: row.id, name, tagline, status, gate });
  };
  const discard = () => {
    setName(row.name);
    setTagline(row.tagline);
    setStatus(row.status);
    setGate(row.gate ?? "");
  };
  return (
    <Card>
      <CardHeader title="In the marketplace" description="How your customers see it." />
      <form onSubmit={submit}>
        <CardBody className="flex max-w-[600px] flex-col gap-4">
          <Field label="Name" error={messageFor("name")}>
            <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={80} disabled={!may} required />
          </Field>
          <Field label="One line" error={messageFor("tagline")} hint="What it does for the customer, in their words.">
            <Input value={tagline} onChange={(event) => setTagline(event.target.value)} maxLength={200} disabled={!may} />
          </Field>
          <Field label="Visibility" hint={VISIBILITY[status].hint}>
            <Select
              value={status}
              onChange={setStatus}
              disabled={!may}
              options={(Object.keys(VISIBILITY) as IntegrationRow["status"][]).map((value) => ({ value, label: VISIBILITY[value].label }))}
            />
          </Field>
          <Field
            label="Who may connect it"
            optional
            error={messageFor("gate")}
            hint={
              <>
                An expression over what your backend says of a customer (<code>traits</code>): <code>plan in ["pro", "enterprise"]</code>.
                Left empty, everybody. Whom it does not clearly let in sees the integration, but cannot connect it.
              </>
            }
          >
            <Input
              className="font-mono text-xs"
              value={gate}
              onChange={(event) => setGate(event.target.value)}
              maxLength={500}
              spellCheck={false}
              disabled={!may}
            />
          </Field>
          {may ? <GateTrialView gate={gate} /> : null}
        </CardBody>
        <CardFooter>
          <Button type="button" variant="ghost" disabled={!changed} onClick={discard}>
            Discard
          </Button>
          <Button type="submit" disabled={!may || !changed || name.trim() === ""} pending={update.isPending}>
            Save texts
          </Button>
        </CardFooter>
      </form>
    </Card>
  );
}

function Scopes({ scopes }: { scopes: IntegrationRow["scopes"] }) {
  return (
    <Card>
      <CardHeader
        title="Scopes"
        description="What is asked for at the third party, and why. Customers read the reasons before they connect."
      />
      <ul className="divide-y divide-hairline">
        {scopes.map(({ scope, reason }) => (
          <li key={scope} className="flex flex-col gap-x-6 gap-y-1 px-4 py-2.5 sm:flex-row sm:items-baseline sm:px-5">
            <code className="shrink-0 sm:w-72">{scope}</code>
            <span className="text-secondary text-sm">{reason}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** What the third party said to the newest attempt; the customer was only told that you know. Goes away with the next one that works. */
function FailedAttempt({ problem }: { problem: NonNullable<IntegrationRow["problem"]> }) {
  return (
    <section aria-label="Connecting fails">
      <p className="mb-2 text-secondary text-sm">
        A customer tried to connect <RelativeTime date={problem.at} /> and could not.
      </p>
      <ProblemNote problem={{ ...problem, next: "Correct the OAuth app below" }} />
    </section>
  );
}

export function IntegrationPage({ integrationId }: { integrationId: string }) {
  const trpc = useVendor();
  const query = useQuery(trpc.integrations.list.queryOptions());
  return (
    <QueryView query={query} skeleton={<IntegrationSkeleton />}>
      {(rows) => {
        const row = rows.find(({ id }) => id === integrationId);
        if (!row) return <EmptyState title="No such integration in this environment">It may belong to the other environment.</EmptyState>;
        const oauth = row.scopes.length > 0;
        return (
          <>
            <PageHeader
              back={{ href: "/integrations", label: "Integrations" }}
              icon={<Tile src={row.iconUrl} size={40} />}
              title={row.name}
              description={
                <>
                  {count(row.connections, "connection")}
                  {row.sandbox ? "; speaks to the built-in simulator, not to the real service" : ""}. Connector{" "}
                  <code>{row.connectorKey}</code>
                </>
              }
            />
            <div className="flex max-w-[760px] flex-col gap-6">
              {row.problem ? <FailedAttempt problem={row.problem} /> : null}
              {oauth ? <OAuthApp row={row} /> : null}
              {row.installUrl === null ? null : <InstallCard row={row} installUrl={row.installUrl} />}
              {oauth ? <Scopes scopes={row.scopes} /> : null}
              <InboundCard integrationId={row.id} />
              <Display key={`${row.name}|${row.tagline}|${row.status}`} row={row} />
            </div>
          </>
        );
      }}
    </QueryView>
  );
}

function IntegrationSkeleton() {
  return (
    <>
      <div className="mb-6 flex flex-col gap-3">
        <Skeleton className="w-24" />
        <Skeleton className="h-6 w-56" />
        <Skeleton className="w-80 max-w-full" />
      </div>
      <div className="flex max-w-[760px] flex-col gap-6">
        <Card className="h-80" />
        <Card className="h-40" />
      </div>
    </>
  );
}
