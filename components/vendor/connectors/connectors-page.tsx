"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatNumber } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonTable } from "#components/ui/skeleton.tsx";
import { Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { Tile } from "#components/ui/tile.tsx";
import { VERSION_STATE } from "#components/vendor/connectors/version-words";
import { QueryView } from "#components/vendor/query-view.tsx";
import { SearchField } from "#components/vendor/search-field.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { ConnectorRow } from "#server/domains/connectors/list-connectors";

function State({ row: { latest, published } }: { row: ConnectorRow }) {
  if (!latest) return <span className="text-secondary">Shipped</span>;
  if (published === latest.version) return <Badge tone="success">Version {published}</Badge>;
  return (
    <span className="inline-flex items-center gap-1.5">
      {published === null ? null : <Badge tone="success">Version {published}</Badge>}
      <Badge tone={VERSION_STATE[latest.status].tone}>
        {VERSION_STATE[latest.status].label} {latest.version}
      </Badge>
    </span>
  );
}

function ConnectorTable({ rows }: { rows: ConnectorRow[] }) {
  return (
    <Table label="Connectors">
      <THead>
        <tr>
          <TH>Connector</TH>
          <TH>Version</TH>
          <TH numeric>Objects</TH>
          <TH numeric>Integrations</TH>
        </tr>
      </THead>
      <TBody>
        {rows.map((row) => (
          <TR key={row.key} className="relative h-14 transition-colors hover:bg-hover">
            <TD className="w-full">
              <div className="flex items-center gap-3">
                <Tile src={row.iconUrl} />
                <div className="min-w-0 leading-5">
                  <Link
                    href={`/connectors/${row.key}`}
                    className="block font-medium after:absolute after:inset-0 focus-visible:outline-offset-[-2px]"
                  >
                    {row.name}
                    {row.origin === "private" ? <span className="ms-2 font-normal text-secondary text-xs">yours</span> : null}
                  </Link>
                  <span className="block max-w-[44ch] truncate text-secondary text-xs">{row.tagline}</span>
                </div>
              </div>
            </TD>
            <TD>
              <State row={row} />
            </TD>
            <TD numeric>{formatNumber(row.objects)}</TD>
            <TD numeric>{formatNumber(row.integrations)}</TD>
          </TR>
        ))}
      </TBody>
    </Table>
  );
}

/** What there is to integrate with: the vendor's own connectors, then those we ship. */
export function ConnectorsPage() {
  const trpc = useVendor();
  const [search, setSearch] = useState("");
  const may = useMay("developer");
  const query = useQuery(trpc.connectors.list.queryOptions());
  const word = search.trim().toLowerCase();
  const fits = (row: ConnectorRow) => [row.name, row.tagline, row.key, ...row.categories].some((text) => text.toLowerCase().includes(word));
  return (
    <>
      <PageHeader
        title="Connectors"
        description="How to talk to other systems. Bring your own as one file; it is then used like any other."
        actions={
          may ? (
            <Button asChild variant="primary">
              <Link href="/connectors/new">
                <Plus aria-hidden="true" />
                Add a connector
              </Link>
            </Button>
          ) : null
        }
      />
      <div className="mb-3">
        <SearchField value={search} onChange={setSearch} label="Search connectors" />
      </div>
      <Card>
        <QueryView query={query} skeleton={<SkeletonTable columns={4} rows={6} />}>
          {(rows) => {
            const found = rows.filter(fits);
            return found.length > 0 ? (
              <ConnectorTable rows={found} />
            ) : (
              <EmptyState title="No connector fits" action={<Button onClick={() => setSearch("")}>Clear search</Button>} />
            );
          }}
        </QueryView>
      </Card>
    </>
  );
}
