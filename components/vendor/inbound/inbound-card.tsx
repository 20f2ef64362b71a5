"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { Calls } from "#server/domains/inbox/get-calls";
import { AddressRow } from "./address-row.tsx";
import { OpenAddressDialog } from "./open-address-dialog.tsx";
import { type Opened, OpenedDialog } from "./opened-dialog.tsx";

const FRESH_MS = 4_000;

function describe(scheme: NonNullable<Calls["scheme"]>): string {
  if (scheme.brought) return "Records come in these calls; there is nobody to ask for them.";
  const fetched = "What a call names is fetched at once, instead of at the next check.";
  return scheme.automatic ? `We ask to be called for each account that connects. ${fetched}` : fetched;
}

function Addresses({ integrationId, calls }: { integrationId: string; calls: Calls }) {
  const [adding, setAdding] = useState(false);
  const [opened, setOpened] = useState<Opened | null>(null);
  const { scheme, endpoints } = calls;
  if (!scheme) {
    return (
      <Card>
        <CardHeader title="Incoming calls" />
        <EmptyState title="This system does not call">Its connector declares no webhooks: changes are found on schedule.</EmptyState>
      </Card>
    );
  }
  const add = (
    <Button onClick={() => setAdding(true)}>
      <Plus aria-hidden="true" />
      Open an address
    </Button>
  );
  return (
    <Card>
      <CardHeader title="Incoming calls" description={describe(scheme)} actions={endpoints.length > 0 ? add : null} />
      {endpoints.length > 0 ? (
        <ul className="divide-y divide-hairline">
          {endpoints.map((row) => (
            <AddressRow key={row.id} row={row} scheme={scheme} onOpened={setOpened} />
          ))}
        </ul>
      ) : (
        <EmptyState title="No address yet" action={scheme.automatic ? null : add}>
          {scheme.automatic
            ? "Addresses appear here by themselves when accounts connect."
            : "Open one, and enter it in the other system's webhook settings."}
        </EmptyState>
      )}
      {endpoints.length > 0 && !scheme.test ? (
        <CardBody className="border-hairline border-t text-secondary text-sm">
          To test it, change a record in the other system. Its call shows above within seconds, accepted or with the reason why not.
        </CardBody>
      ) : null}
      {endpoints.length > 0 && scheme.test && !scheme.automatic ? (
        <CardBody className="border-hairline border-t">
          <details>
            <summary className="cursor-pointer font-medium text-sm">Test it from a shell</summary>
            <p className="mt-1.5 mb-2 max-w-[68ch] text-secondary text-sm">
              Set ADDRESS and SECRET to what you stored, and replace ACCOUNT by the account of a connection. The call shows above within
              seconds, accepted or with the reason why not.
            </p>
            <CodeBlock code={scheme.test} label="test call" />
          </details>
        </CardBody>
      ) : null}
      <OpenAddressDialog
        integrationId={integrationId}
        scheme={scheme}
        open={adding}
        onClose={() => setAdding(false)}
        onOpened={setOpened}
      />
      <OpenedDialog opened={opened} test={scheme.test} onClose={() => setOpened(null)} />
    </Card>
  );
}

/** Where the third party calls us about an integration, and how its calls fare. */
export function InboundCard({ integrationId }: { integrationId: string }) {
  const trpc = useVendor();
  const may = useMay("developer");
  const query = useQuery({ ...trpc.inbound.get.queryOptions({ integrationId }), enabled: may, refetchInterval: FRESH_MS });
  if (!may) {
    return (
      <Card>
        <CardHeader title="Incoming calls" />
        <CardBody className="text-secondary text-sm">
          Only developers, admins and owners see the addresses at which the other system calls.
        </CardBody>
      </Card>
    );
  }
  return (
    <QueryView
      query={query}
      skeleton={
        <Card>
          <CardHeader title="Incoming calls" />
          <CardBody className="flex flex-col gap-3">
            <Skeleton className="w-48" />
            <Skeleton className="w-80 max-w-full" />
          </CardBody>
        </Card>
      }
    >
      {(calls) => <Addresses integrationId={integrationId} calls={calls} />}
    </QueryView>
  );
}
