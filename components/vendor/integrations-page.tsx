"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, CircleDashed } from "lucide-react";
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
import { IntegrationRequests } from "#components/vendor/integration-requests.tsx";
import { VISIBILITY } from "#components/vendor/integration-words";
import { QueryView } from "#components/vendor/query-view.tsx";
import { SearchField } from "#components/vendor/search-field.tsx";
import type { IntegrationRow } from "#server/trpc/views";

function Setup({ row }: { row: IntegrationRow }) {
  if (row.problem) {
    return (
      <span className="inline-flex items-center gap-1.5 text-danger-text">
        <CircleAlert aria-hidden="true" className="size-3.5 stroke-2" />
        Connecting fails
      </span>
    );
  }
  if (row.configured) {
    return (
      <span className="inline-flex items-center gap-1.5 text-secondary">
        <CircleCheck aria-hidden="true" className="size-3.5 stroke-2 text-success-text" />
        {row.sandbox ? "Ready (sandbox)" : "Ready"}
      </span>
    );
  }
  return (
    <span className="inline-flex items-center gap-1.5 text-secondary">
      <CircleDashed aria-hidden="true" className="size-3.5 stroke-2 text-subtle" />
      Not set up
    </span>
  );
}

function IntegrationTable({ rows }: { rows: IntegrationRow[] }) {
  return (
    <Table label="Integrations">
      <THead>
        <tr>
          <TH>Integration</TH>
          <TH>Setup</TH>
          <TH wide>In the marketplace</TH>
          <TH numeric wide>
            Connections
          </TH>
        </tr>
      </THead>
      <TBody>
        {rows.map((row) => (
          <TR key={row.id} className="relative h-14 transition-colors hover:bg-hover">
            <TD className="w-full">
              <div className="flex items-center gap-3">
                <Tile src={row.iconUrl} />
                <div className="min-w-0 leading-5">
                  <Link
                    href={`/integrations/${row.id}`}
                    className="block truncate font-medium after:absolute after:inset-0 max-sm:max-w-[33vw] focus-visible:outline-offset-[-2px]"
                  >
                    {row.name}
                  </Link>
                  <span className="block max-w-[44ch] truncate text-secondary text-xs max-sm:max-w-[33vw]">{row.tagline}</span>
                </div>
              </div>
            </TD>
            <TD>
              <Setup row={row} />
            </TD>
            <TD wide>
              <Badge tone={VISIBILITY[row.status].tone}>{VISIBILITY[row.status].label}</Badge>
            </TD>
            <TD numeric wide>
              {formatNumber(row.connections)}
            </TD>
          </TR>
        ))}
      </TBody>
    </Table>
  );
}

export function IntegrationsPage() {
  const trpc = useVendor();
  const [search, setSearch] = useState("");
  const query = useQuery(trpc.integrations.list.queryOptions());
  const word = search.trim().toLowerCase();
  const fits = (row: IntegrationRow) =>
    [row.name, row.tagline, row.connectorKey, ...row.categories].some((text) => text.toLowerCase().includes(word));
  return (
    <>
      <PageHeader title="Integrations" description="What your customers can connect, and the OAuth apps behind it." />
      <div className="mb-3">
        <SearchField value={search} onChange={setSearch} label="Search integrations" />
      </div>
      <Card>
        <QueryView query={query} skeleton={<SkeletonTable columns={4} rows={6} />}>
          {(rows) => {
            const found = rows.filter(fits);
            if (found.length > 0) return <IntegrationTable rows={found} />;
            return rows.length === 0 ? (
              <EmptyState title="No integrations in this environment">
                They are set up per environment; test and live never share an OAuth app.
              </EmptyState>
            ) : (
              <EmptyState title="No integration fits" action={<Button onClick={() => setSearch("")}>Clear search</Button>} />
            );
          }}
        </QueryView>
      </Card>
      <IntegrationRequests />
    </>
  );
}
