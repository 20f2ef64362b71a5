"use client";

import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { download } from "#components/ui/download";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import type { MappingDocument as Document } from "#server/domains/overrides/schema";
import type { Say } from "#server/words/say";
import { useSay } from "./language.tsx";
import { ScreenFault } from "./parts.tsx";

const fileName = ({ integrationName, accountLabel }: Document, say: Say) =>
  `${say("doc.file")} ${integrationName} ${accountLabel}`
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .concat(".md");

function Stream({
  stream,
  integrationName,
  vendorName,
}: {
  stream: Document["streams"][number];
  integrationName: string;
  vendorName: string;
}) {
  const say = useSay();
  const isPush = stream.direction === "push"; // nothing is read, so there are no examples either
  return (
    <section aria-label={stream.label} className="overflow-hidden rounded-lg border border-hairline bg-surface">
      <header className="border-hairline border-b px-4 py-3 sm:px-5">
        <h3 className="font-semibold text-base">{stream.label}</h3>
        {stream.only.map((sentence) => (
          <p key={sentence} className="mt-0.5 text-secondary text-sm">
            {sentence}
          </p>
        ))}
      </header>
      <Table label={say("map.part.fields_of", { what: say.inner(stream.label) })}>
        <THead>
          <tr>
            <TH>{vendorName}</TH>
            <TH>{integrationName}</TH>
            <TH>{say("doc.how")}</TH>
            <TH>{say("doc.when_empty")}</TH>
            {isPush ? null : <TH>{say("doc.example")}</TH>}
          </tr>
        </THead>
        <TBody>
          {stream.rows.map((row) => (
            <TR key={row.target}>
              <TD className="whitespace-normal">
                <span className="inline-flex flex-wrap items-center gap-1.5">
                  {row.field}
                  {row.own ? (
                    <Badge tone="accent" className="h-4 px-1.5 text-[11px]">
                      {say("row.own")}
                    </Badge>
                  ) : null}
                </span>
              </TD>
              <TD className="whitespace-normal break-words">
                {(isPush ? row.to : row.from) ?? <span className="text-subtle">{say("common.nothing")}</span>}
              </TD>
              <TD className="min-w-36 whitespace-normal break-words text-secondary">{row.how}</TD>
              <TD className="min-w-28 whitespace-normal text-secondary">{row.whenEmpty}</TD>
              {isPush ? null : (
                <TD className="max-w-44 truncate">
                  {row.example ? <bdi title={row.example}>{row.example}</bdi> : <span className="text-subtle">{say("doc.none_yet")}</span>}
                </TD>
              )}
            </TR>
          ))}
        </TBody>
      </Table>
    </section>
  );
}

/** What goes where, to read and to keep. */
export function MappingDocument({ connectionId, vendorName }: { connectionId: string; vendorName: string }) {
  const say = useSay();
  const trpc = useEmbed();
  const query = useQuery(trpc.mapping.document.queryOptions({ connectionId }));
  if (query.isPending)
    return (
      <div role="status" aria-label={say("doc.loading")}>
        <Skeleton className="h-64 w-full rounded-lg" />
      </div>
    );
  if (query.isError) return <ScreenFault error={query.error} retry={() => void query.refetch()} />;
  const document = query.data;
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="max-w-[60ch] text-secondary text-sm">{say("doc.text", { name: document.integrationName, vendor: vendorName })}</p>
        <div className="flex flex-wrap gap-2">
          <CopyButton value={document.markdown} showLabel />
          <Button onClick={() => download(fileName(document, say), document.markdown)}>
            <Download aria-hidden="true" /> {say("doc.download")}
          </Button>
        </div>
      </div>
      {document.streams.map((stream) => (
        <Stream key={stream.id} stream={stream} integrationName={document.integrationName} vendorName={vendorName} />
      ))}
    </div>
  );
}
