"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";
import { ChangesView } from "#components/vendor/connectors/changes-view.tsx";
import { Console } from "#components/vendor/connectors/console.tsx";
import { ReportView } from "#components/vendor/connectors/report-view.tsx";
import { VersionActions } from "#components/vendor/connectors/version-actions.tsx";
import { VERSION_STATE } from "#components/vendor/connectors/version-words";
import { QueryView } from "#components/vendor/query-view.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { VersionDetail } from "#server/domains/connectors/list-versions";

function Version({ row }: { row: VersionDetail }) {
  const mayWrite = useMay("developer");
  const { label, tone } = VERSION_STATE[row.status];
  return (
    <>
      <PageHeader
        back={{ href: `/connectors/${row.key}`, label: row.key }}
        title={
          <span className="inline-flex items-center gap-2.5">
            Version {row.version}
            <Badge tone={tone}>{label}</Badge>
          </span>
        }
        description={
          <>
            Uploaded <RelativeTime date={row.createdAt} /> by {row.createdBy}.
          </>
        }
        actions={
          <>
            {mayWrite ? (
              <Button asChild>
                <Link href={`/connectors/new?of=${row.key}&version=${row.version}`}>Edit as a new version</Link>
              </Button>
            ) : null}
            <VersionActions row={row} />
          </>
        }
      />
      <Tabs defaultValue="console">
        <TabsList aria-label="Version">
          <TabsTrigger value="console">Console</TabsTrigger>
          <TabsTrigger value="report">Report</TabsTrigger>
          <TabsTrigger value="changes">Changes</TabsTrigger>
          <TabsTrigger value="file">File</TabsTrigger>
        </TabsList>
        <TabsContent value="console" forceMount className="data-[state=inactive]:hidden">
          <Console connectorKey={row.key} version={row.version} />
        </TabsContent>
        <TabsContent value="report">
          <ReportView report={row.report} />
        </TabsContent>
        <TabsContent value="changes">
          <ChangesView connectorKey={row.key} version={row.version} />
        </TabsContent>
        <TabsContent value="file">
          <CodeBlock code={row.source} label="manifest" />
        </TabsContent>
      </Tabs>
    </>
  );
}

/** One version of a private connector: tried, reported on, compared, published. */
export function VersionPage({ connectorKey, version }: { connectorKey: string; version: number }) {
  const trpc = useVendor();
  const query = useQuery(trpc.connectors.version.queryOptions({ key: connectorKey, version }));
  return (
    <QueryView query={query} skeleton={<Skeleton className="h-[60vh] w-full" />} back={{ href: "/connectors", label: "Connectors" }}>
      {(row) => <Version row={row} />}
    </QueryView>
  );
}
