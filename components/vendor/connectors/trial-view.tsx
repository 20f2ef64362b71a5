"use client";

import { Badge } from "#components/ui/badge.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { count } from "#components/ui/format";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";
import { ExchangeView } from "#components/vendor/connectors/exchange-view.tsx";
import { FieldsView } from "#components/vendor/connectors/fields-view.tsx";
import type { TrialResult } from "#server/domains/connectors/trial";

/** What was made of the answer, in one sentence. */
function sentence({ problem, account, count: records, done, total, fields }: TrialResult): string {
  if (problem) return problem.message;
  if (account) return `Account ${account.id}: ${account.label}`;
  if (fields.length === 0) return "The credential is accepted.";
  const all = total === null ? "" : ` of ${total}`;
  return `${count(records, "record")}${all}. ${done ? "That was all." : "There is a next page."}`;
}

function Parsed({ result }: { result: TrialResult }) {
  return (
    <div className="flex flex-col gap-4">
      {result.faults.length > 0 ? (
        <ul className="flex flex-col gap-1 text-danger-text text-sm">
          {result.faults.map((fault) => (
            <li key={fault.externalId + fault.message}>
              <code>{fault.externalId}</code>: {fault.message}
            </li>
          ))}
        </ul>
      ) : null}
      <CodeBlock code={JSON.stringify(result.records, null, 2)} label={`records, the first ${result.records.length}`} />
      {result.cursor === null ? null : (
        <div>
          <p className="mb-1.5 font-medium text-sm">{result.done ? "The next pass begins at" : "The next page begins at"}</p>
          <CodeBlock code={result.cursor} label="cursor" />
        </div>
      )}
    </div>
  );
}

/** One step of the console: its outcome, then raw and parsed. */
export function TrialView({ title, result }: { title: string; result: TrialResult }) {
  const ok = result.problem === null && result.faults.length === 0;
  const listed = result.fields.length > 0 || result.records.length > 0;
  return (
    <Card>
      <CardHeader
        title={title}
        description={sentence(result)}
        actions={<Badge tone={ok ? "success" : "danger"}>{ok ? "Works" : "Does not work"}</Badge>}
      />
      <CardBody>
        <Tabs key={`${title}${listed}`} defaultValue={listed ? "parsed" : "raw"}>
          <TabsList aria-label="Result">
            {listed ? <TabsTrigger value="parsed">Records</TabsTrigger> : null}
            {listed ? <TabsTrigger value="fields">Fields</TabsTrigger> : null}
            <TabsTrigger value="raw">Over the wire</TabsTrigger>
          </TabsList>
          {listed ? (
            <TabsContent value="parsed">
              <Parsed result={result} />
            </TabsContent>
          ) : null}
          {listed ? (
            <TabsContent value="fields">
              <FieldsView fields={result.fields} count={result.count} />
            </TabsContent>
          ) : null}
          <TabsContent value="raw">
            <div className="flex flex-col gap-6">
              {result.exchanges.length === 0 ? <p className="text-secondary text-sm">No request went out.</p> : null}
              {result.exchanges.map((exchange, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: exchanges are in the order they were made
                <ExchangeView key={i} exchange={exchange} />
              ))}
            </div>
          </TabsContent>
        </Tabs>
      </CardBody>
    </Card>
  );
}
