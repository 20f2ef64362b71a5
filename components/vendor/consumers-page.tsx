"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { cn } from "#components/cn";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count, formatNumber } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonTable } from "#components/ui/skeleton.tsx";
import { Clipped, Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { ConsumerActions } from "#components/vendor/consumer-actions.tsx";
import { CONSUMER_STATES, consumerAdvice, consumerWord, lagWords } from "#components/vendor/consumer-words";
import { QueryView } from "#components/vendor/query-view.tsx";
import { useMay, useViewer } from "#components/vendor/viewer-context.tsx";
import type { ConsumerRow } from "#server/trpc/views/feed";

type Feed = { items: ConsumerRow[]; latest: number; oldest: number };

function Row({ row, feed, may }: { row: ConsumerRow; feed: Feed; may: boolean }) {
  const { tone } = CONSUMER_STATES[row.state];
  const advice = consumerAdvice(row);
  const badge = <Badge tone={tone}>{consumerWord(row)}</Badge>;
  return (
    <TR>
      <TD className="w-full max-sm:max-w-[52vw]">
        <Clipped className="font-medium">{row.name}</Clipped>
        <span className="block py-1 sm:hidden">{badge}</span>
        {advice ? (
          <span className={cn("block text-xs max-sm:whitespace-normal", tone === "danger" ? "text-danger-text" : "text-warning-text")}>
            {advice}
          </span>
        ) : null}
      </TD>
      <TD wide>{badge}</TD>
      <TD numeric>
        {row.lag === 0 ? "none" : formatNumber(row.lag)}
        {row.lagSeconds > 0 ? <span className="block text-secondary text-xs">{lagWords(row.lagSeconds)}</span> : null}
      </TD>
      <TD numeric wide>
        {formatNumber(row.position)}
        {row.unconfirmed > 0 ? (
          <span className="block text-secondary text-xs" title="Given to it, and not yet said to be done">
            {formatNumber(row.unconfirmed)} not confirmed
          </span>
        ) : null}
      </TD>
      <TD numeric wide className="text-secondary">
        <RelativeTime date={row.seenAt} fallback="never" />
      </TD>
      <TD wide className="text-secondary">
        {row.keyName ?? "–"}
      </TD>
      <TD numeric>{may ? <ConsumerActions row={row} latest={feed.latest} oldest={feed.oldest} /> : null}</TD>
    </TR>
  );
}

function ConsumerTable({ feed, may }: { feed: Feed; may: boolean }) {
  return (
    <Table label="Feed consumers">
      <THead>
        <tr>
          <TH>Consumer</TH>
          <TH wide>State</TH>
          <TH numeric>Behind</TH>
          <TH numeric wide>
            Done up to
          </TH>
          <TH numeric wide>
            Last seen
          </TH>
          <TH wide>Key</TH>
          <TH>
            <span className="sr-only">Actions</span>
          </TH>
        </tr>
      </THead>
      <TBody>
        {feed.items.map((row) => (
          <Row key={row.name} row={row} feed={feed} may={may} />
        ))}
      </TBody>
    </Table>
  );
}

/** Who of the vendor's backend reads the change feed under a name, how far behind each is, and the way back to any point. */
export function ConsumersPage() {
  const trpc = useVendor();
  const { origin } = useViewer();
  const may = useMay("developer");
  const [shown, setShown] = useState(false);
  const query = useQuery(trpc.consumers.list.queryOptions(undefined, { refetchInterval: 10_000 }));
  const example = `curl '${origin}/v1/changes?consumer=billing&wait=20' -H "authorization: Bearer $INLAY_SECRET_KEY"
# worked on it? Ask on with the "next" of the answer: that says all up to there is done.
curl '${origin}/v1/changes?consumer=billing&after=120&wait=20' -H "authorization: Bearer $INLAY_SECRET_KEY"`;
  return (
    <>
      <PageHeader
        title="Feed consumers"
        description="Readers of the change feed that gave a name. We keep the place of each, and show when one falls behind."
      />
      <div className="flex flex-col gap-6">
        <Card>
          <QueryView query={query} skeleton={<SkeletonTable columns={6} rows={2} />}>
            {(feed) =>
              feed.items.length > 0 ? (
                <>
                  <CardHeader
                    title={count(feed.items.length, "consumer")}
                    description={`The feed stands at ${formatNumber(feed.latest)}${feed.oldest > 0 ? `; changes up to ${formatNumber(feed.oldest)} are gone` : ""}.`}
                  />
                  <ConsumerTable feed={feed} may={may} />
                </>
              ) : (
                <EmptyState title="Nobody reads the feed under a name yet">
                  Add <code>consumer=</code> and a name of yours when you read the change feed; then we keep its place and show its lag.
                </EmptyState>
              )
            }
          </QueryView>
        </Card>
        {query.data && query.data.items.length > 0 && !shown ? (
          <Button variant="link" size="sm" className="self-start" onClick={() => setShown(true)}>
            How to read under a name
          </Button>
        ) : (
          <CodeBlock label="Reading under a name" code={example} />
        )}
      </div>
    </>
  );
}
