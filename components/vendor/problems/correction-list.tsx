"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { count } from "#components/ui/format";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Clipped, Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { LoadMore } from "#components/vendor/load-more.tsx";
import type { CustomerId, StreamId } from "#server/lib/ids";
import { personOf } from "./problem-rows.tsx";
import { useProblems } from "./use-problems";

type Props = { customerId: CustomerId; streams: { id: string; label: string }[] };

/** Values that people have given for single records of a customer, with the way to take each away; nothing when there are none. */
export function CorrectionList({ customerId, streams }: Props) {
  const trpc = useVendor();
  const { uncorrect } = useProblems();
  const query = useInfiniteQuery(
    trpc.problems.corrections.infiniteQueryOptions({ customerId }, { getNextPageParam: (page) => page.next ?? undefined }),
  );
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return null;
  const labels = new Map(streams.map(({ id, label }) => [id, label]));
  return (
    <Card>
      <CardHeader title="Corrected by hand" description="Each value counts until the source says something else of its field." />
      <Table label="Corrections">
        <THead>
          <tr>
            <TH wide>Record</TH>
            <TH wide>Stream</TH>
            <TH className="w-full">Value</TH>
            <TH wide>By</TH>
            <TH numeric wide>
              When
            </TH>
            <TH>
              <span className="sr-only">What to do</span>
            </TH>
          </tr>
        </THead>
        <TBody>
          {items.map(({ streamId, externalId, field, fieldName, value, author, at }) => (
            <TR key={`${streamId} ${field} ${externalId}`}>
              <TD wide>
                <Clipped className="max-w-[24ch] font-mono text-[12.5px]">{externalId}</Clipped>
              </TD>
              <TD wide>{labels.get(streamId) ?? "–"}</TD>
              <TD className="whitespace-normal break-words max-sm:py-2.5">
                <span className="text-secondary">{fieldName}:</span> <bdi className="break-all">{value}</bdi>
                <code className="block break-all text-secondary text-xs sm:hidden">{externalId}</code>
              </TD>
              <TD wide>{personOf(author)}</TD>
              <TD numeric wide className="text-secondary">
                <RelativeTime date={at} />
              </TD>
              <TD>
                <Button
                  size="sm"
                  disabled={uncorrect.isPending}
                  aria-label={`Take the correction of ${fieldName} of ${externalId} away`}
                  onClick={() => uncorrect.mutate({ streamId: streamId as StreamId, externalId, field })}
                >
                  Take away
                </Button>
              </TD>
            </TR>
          ))}
        </TBody>
      </Table>
      <LoadMore query={query} shown={`${count(items.length, "correction")} shown`} />
    </Card>
  );
}
