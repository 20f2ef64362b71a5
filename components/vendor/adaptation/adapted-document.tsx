"use client";

import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { download } from "#components/ui/download";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import type { MappingDocument } from "#server/domains/overrides/schema";
import type { ConnectionId } from "#server/lib/ids";

const fileName = ({ integrationName, accountLabel }: MappingDocument, customerName: string) =>
  `mapping ${customerName} ${integrationName} ${accountLabel}`
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .concat(".md");

function Stream({ stream }: { stream: MappingDocument["streams"][number] }) {
  const isPush = stream.direction === "push"; // nothing is read, so there are no examples either
  return (
    <Card>
      <CardHeader
        title={stream.label}
        description={[`${stream.template}, ${isPush ? "from" : "into"} ${stream.model}.`, ...stream.only].join(" ")}
      />
      <Table label={`Fields of ${stream.label}`}>
        <THead>
          <tr>
            <TH>Field</TH>
            <TH>{isPush ? "Goes to" : "Comes from"}</TH>
            <TH>How</TH>
            <TH>When empty</TH>
            {isPush ? null : <TH>Example</TH>}
          </tr>
        </THead>
        <TBody>
          {stream.rows.map((row) => (
            <TR key={row.target}>
              <TD className="whitespace-normal">
                <span className="inline-flex flex-wrap items-center gap-1.5">
                  {row.field}
                  {row.own ? <Badge tone="accent">Own</Badge> : null}
                </span>
              </TD>
              <TD className="whitespace-normal break-words">
                {(isPush ? row.to : row.from) ?? <span className="text-subtle">nothing</span>}
              </TD>
              <TD className="min-w-36 whitespace-normal break-words text-secondary">{row.how}</TD>
              <TD className="min-w-28 whitespace-normal text-secondary">{row.whenEmpty}</TD>
              {isPush ? null : (
                <TD className="max-w-44 truncate">
                  {row.example ? <bdi title={row.example}>{row.example}</bdi> : <span className="text-subtle">none shown</span>}
                </TD>
              )}
            </TR>
          ))}
        </TBody>
      </Table>
    </Card>
  );
}

/** What goes where on one account of the customer, to read, to copy and to keep: the same that the customer can have. */
export function AdaptedDocument({ connectionId, customerName }: { connectionId: ConnectionId; customerName: string }) {
  const trpc = useVendor();
  const query = useQuery(trpc.overrides.document.queryOptions({ connectionId }));
  return (
    <QueryView query={query} skeleton={<Skeleton className="h-64 w-full rounded-lg" />}>
      {(document) => (
        <div className="flex flex-col gap-4">
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
            <p className="max-w-[60ch] text-secondary text-sm">
              Everything that flows between {document.integrationName} ({document.accountLabel}) and your product, as it is now.
            </p>
            <div className="flex flex-wrap gap-2">
              <CopyButton value={document.markdown} showLabel />
              <Button onClick={() => download(fileName(document, customerName), document.markdown)}>
                <Download aria-hidden="true" /> Download
              </Button>
            </div>
          </div>
          {document.streams.map((stream) => (
            <Stream key={stream.id} stream={stream} />
          ))}
        </div>
      )}
    </QueryView>
  );
}
