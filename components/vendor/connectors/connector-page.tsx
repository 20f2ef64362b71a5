"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { count } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton, SkeletonTable } from "#components/ui/skeleton.tsx";
import { Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { Tile } from "#components/ui/tile.tsx";
import { OfferDialog } from "#components/vendor/connectors/offer-dialog.tsx";
import { VERSION_STATE } from "#components/vendor/connectors/version-words";
import { QueryView } from "#components/vendor/query-view.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { ConnectorRow } from "#server/domains/connectors/list-connectors";

function Versions({ connectorKey }: { connectorKey: string }) {
  const trpc = useVendor();
  const query = useQuery(trpc.connectors.versions.queryOptions({ key: connectorKey }));
  return (
    <Card>
      <CardHeader
        title="Versions"
        description="A version never changes. Integrations follow the newest published one, unless they stay with another."
      />
      <QueryView query={query} skeleton={<SkeletonTable columns={4} rows={3} />}>
        {(rows) => (
          <Table label="Versions">
            <THead>
              <tr>
                <TH>Version</TH>
                <TH>State</TH>
                <TH>By</TH>
                <TH>Uploaded</TH>
              </tr>
            </THead>
            <TBody>
              {rows.map((row) => (
                <TR key={row.version} className="relative hover:bg-hover">
                  <TD>
                    <Link href={`/connectors/${connectorKey}/${row.version}`} className="font-medium after:absolute after:inset-0">
                      Version {row.version}
                    </Link>
                  </TD>
                  <TD>
                    <Badge tone={VERSION_STATE[row.status].tone}>{VERSION_STATE[row.status].label}</Badge>
                  </TD>
                  <TD className="text-secondary">{row.createdBy}</TD>
                  <TD className="text-secondary">
                    <RelativeTime date={row.createdAt} />
                  </TD>
                </TR>
              ))}
            </TBody>
          </Table>
        )}
      </QueryView>
    </Card>
  );
}

function Objects({ connectorKey }: { connectorKey: string }) {
  const trpc = useVendor();
  const query = useQuery(trpc.connectors.setUp.queryOptions({ key: connectorKey }));
  return (
    <Card>
      <CardHeader title="Objects" description="What can be read." />
      <QueryView query={query} skeleton={<SkeletonTable columns={3} rows={3} />}>
        {({ objects, auth }) => (
          <>
            <ul className="divide-y divide-hairline">
              {objects.map((object) => (
                <li key={object.key} className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 px-4 py-2.5 text-sm sm:px-5">
                  <span>
                    {object.title} <code className="ms-1 text-secondary text-xs">{object.key}</code>
                  </span>
                  <span className="text-secondary text-xs">
                    {count(object.fields, "field")} · {object.changes ? "reads changes" : "reads everything"}
                  </span>
                </li>
              ))}
            </ul>
            <p className="border-hairline border-t px-4 py-2.5 text-secondary text-sm sm:px-5">
              Connected by {auth.map((one) => one.title).join(", ")}.
            </p>
          </>
        )}
      </QueryView>
    </Card>
  );
}

function Connector({ row }: { row: ConnectorRow }) {
  const [offering, setOffering] = useState(false);
  const may = { write: useMay("developer"), offer: useMay("admin") };
  const usable = row.origin === "shipped" || row.published !== null;
  return (
    <>
      <PageHeader
        back={{ href: "/connectors", label: "Connectors" }}
        icon={<Tile src={row.iconUrl} size={40} />}
        title={row.name}
        description={
          <>
            {row.tagline} <code>{row.key}</code>
          </>
        }
        actions={
          <>
            {row.latest && may.write ? (
              <Button asChild>
                <Link href={`/connectors/new?of=${row.key}&version=${row.latest.version}`}>New version</Link>
              </Button>
            ) : null}
            <Button
              variant="primary"
              disabled={!may.offer || !usable}
              onClick={() => setOffering(true)}
              title={usable ? undefined : "Publish a version first"}
            >
              <Plus aria-hidden="true" />
              New integration
            </Button>
          </>
        }
      />
      <div className="flex max-w-[860px] flex-col gap-6">
        {row.origin === "private" ? <Versions connectorKey={row.key} /> : null}
        {usable ? <Objects connectorKey={row.key} /> : null}
      </div>
      {offering ? <OfferDialog connectorKey={row.key} onClose={() => setOffering(false)} /> : null}
    </>
  );
}

export function ConnectorPage({ connectorKey }: { connectorKey: string }) {
  const trpc = useVendor();
  const query = useQuery(trpc.connectors.get.queryOptions({ key: connectorKey }));
  return (
    <QueryView query={query} skeleton={<Skeleton className="h-64 w-full" />} back={{ href: "/connectors", label: "Connectors" }}>
      {(row) => <Connector row={row} />}
    </QueryView>
  );
}
