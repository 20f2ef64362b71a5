"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { count, formatNumber } from "#components/ui/format";
import { Input } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonTable } from "#components/ui/skeleton.tsx";
import { Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { DeliveryList } from "#components/vendor/delivery-list.tsx";
import { EndpointActions } from "#components/vendor/endpoint-actions.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { SecretDialog } from "#components/vendor/secret-dialog.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { WebhookEndpointRow } from "#server/trpc/views";

const isUrl = (value: string) => /^https?:\/\/[^\s/]+/.test(value) && URL.canParse(value);

function AddEndpoint({ open, onClose, onSecret }: { open: boolean; onClose: () => void; onSecret: (secret: string) => void }) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const [url, setUrl] = useState("");
  const [tried, setTried] = useState(false);
  const create = useMutation(
    trpc.webhooks.create.mutationOptions({
      onSuccess: ({ secret }) => {
        void cache.invalidateQueries(trpc.webhooks.pathFilter());
        setUrl("");
        setTried(false);
        onClose();
        onSecret(secret);
      },
    }),
  );
  const fault = create.error ? faultOf(create.error) : null;
  const invalid = tried && !isUrl(url) ? "Enter a whole address, such as https://api.example.com/inlay." : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isUrl(url)) create.mutate({ url });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Add an endpoint"
      description="We send a small signed message when records change; your backend then reads the change feed."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="add-endpoint" variant="primary" pending={create.isPending}>
            Add endpoint
          </Button>
        </>
      }
    >
      <form id="add-endpoint" noValidate onSubmit={submit}>
        <Field
          label="Address"
          hint="Answer 2xx within 15 seconds. Other answers are tried again for about three days."
          error={invalid ?? (fault ? (fault.fields?.["url"]?.[0] ?? fault.detail ?? fault.text) : null)}
        >
          <Input
            type="url"
            value={url}
            onChange={(event) => setUrl(event.target.value)}
            placeholder="https://api.example.com/inlay"
            autoFocus
          />
        </Field>
      </form>
    </Dialog>
  );
}

/** What is to be said of an endpoint under its address. */
function EndpointNotes({ row }: { row: WebhookEndpointRow }) {
  return (
    <>
      {row.dead > 0 ? <span className="block text-danger-text text-xs sm:hidden">{count(row.dead, "event")} given up</span> : null}
      {row.disabledReason ? (
        <span className="block truncate text-danger-text text-xs max-sm:whitespace-normal">{row.disabledReason}</span>
      ) : null}
      {row.holdUntil ? (
        <span className="block truncate text-secondary text-xs max-sm:whitespace-normal">
          It asked us to slow down; the next message goes <RelativeTime date={row.holdUntil} planned />
        </span>
      ) : null}
      {row.previousSecretUntil ? (
        <span className="block truncate text-secondary text-xs max-sm:whitespace-normal">
          Two secrets sign; the old one ends <RelativeTime date={row.previousSecretUntil} />
        </span>
      ) : null}
    </>
  );
}

const EndpointState = ({ status }: Pick<WebhookEndpointRow, "status">) => (
  <Badge tone={status === "active" ? "success" : "neutral"}>{status === "active" ? "On" : "Switched off"}</Badge>
);

function EndpointTable({ endpoints, onSecret }: { endpoints: WebhookEndpointRow[]; onSecret: ((secret: string) => void) | null }) {
  return (
    <Table label="Endpoints">
      <THead>
        <tr>
          <TH>Endpoint</TH>
          <TH wide>State</TH>
          <TH numeric wide>
            Delivered
          </TH>
          <TH numeric wide>
            Waiting
          </TH>
          <TH numeric wide>
            Given up
          </TH>
          <TH numeric wide>
            Added
          </TH>
          <TH>
            <span className="sr-only">Actions</span>
          </TH>
        </tr>
      </THead>
      <TBody>
        {endpoints.map((row) => (
          <TR key={row.id}>
            <TD className="w-full max-w-96 truncate max-sm:max-w-[44vw]">
              <code title={row.url}>{row.url}</code>
              <span className="block py-1 sm:hidden">
                <EndpointState status={row.status} />
              </span>
              <EndpointNotes row={row} />
            </TD>
            <TD wide>
              <EndpointState status={row.status} />
            </TD>
            <TD numeric wide>
              {formatNumber(row.delivered)}
            </TD>
            <TD numeric wide>
              {formatNumber(row.pending)}
            </TD>
            <TD numeric wide className={row.dead > 0 ? "text-danger-text" : ""}>
              {formatNumber(row.dead)}
            </TD>
            <TD numeric wide className="text-secondary">
              <RelativeTime date={row.createdAt} />
            </TD>
            <TD numeric>{onSecret ? <EndpointActions row={row} onSecret={onSecret} /> : null}</TD>
          </TR>
        ))}
      </TBody>
    </Table>
  );
}

export function WebhooksPage() {
  const trpc = useVendor();
  const may = useMay("developer");
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const query = useQuery(trpc.webhooks.list.queryOptions(undefined, { refetchInterval: 10_000 }));
  return (
    <>
      <PageHeader
        title="Webhooks"
        description="Signed messages to your backend when records change, with days of retries and a log of every attempt."
        actions={
          may ? (
            <Button variant="primary" onClick={() => setAdding(true)}>
              <Plus aria-hidden="true" />
              Add endpoint
            </Button>
          ) : null
        }
      />
      <div className="flex flex-col gap-6">
        <Card>
          <CardHeader title="Endpoints" />
          <QueryView query={query} skeleton={<SkeletonTable columns={6} rows={2} />}>
            {(endpoints) =>
              endpoints.length > 0 ? (
                <EndpointTable endpoints={endpoints} onSecret={may ? setSecret : null} />
              ) : (
                <EmptyState title="No endpoint yet" action={may ? <Button onClick={() => setAdding(true)}>Add endpoint</Button> : null}>
                  Without one, your backend reads the change feed by itself.
                </EmptyState>
              )
            }
          </QueryView>
        </Card>
        <DeliveryList endpoints={query.data ?? []} />
      </div>
      <AddEndpoint open={adding} onClose={() => setAdding(false)} onSecret={setSecret} />
      <SecretDialog secret={secret} title="Copy the signing secret now" onClose={() => setSecret(null)}>
        Your backend verifies every message with it (Standard Webhooks). It cannot be shown again.
      </SecretDialog>
    </>
  );
}
