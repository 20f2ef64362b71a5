import { ArrowLeft, ArrowLeftRight, ArrowRight } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { TypeIcon } from "#components/vendor/field-type.tsx";
import { CHOICES } from "#components/vendor/mapping/choice-words";
import { lastDays, paceWords } from "#components/vendor/templates/template-words";
import type { ReadyPreview, ReadyRow, ReadyStreamView } from "#server/domains/templates/preview-ready-template";

function Row({ row }: { row: ReadyRow }) {
  const badge = CHOICES[row.customer].badge;
  return (
    <TR>
      <TD className="align-top">
        <span className="flex items-center gap-2">
          <TypeIcon type={row.type} />
          <span className="max-w-[20ch] truncate font-medium sm:max-w-none" title={row.target}>
            {row.name}
          </span>
          {row.required ? <span className="text-subtle text-xs max-sm:hidden">required</span> : null}
        </span>
      </TD>
      <TD className="w-full min-w-36 whitespace-normal [overflow-wrap:anywhere] align-top">
        {row.from === null ? (
          <span className="text-secondary">{row.prompt ? `Asked: “${row.prompt}”` : "Empty, unless the customer maps it"}</span>
        ) : (
          <>
            <span className="break-words">{row.from}</span>
            {row.how === "as it is" ? null : <span className="block text-secondary text-xs">{row.how}</span>}
          </>
        )}
        {badge ? <span className="block text-subtle text-xs sm:hidden">{badge}</span> : null}
      </TD>
      <TD wide className="align-top">
        {badge ? <Badge tone={row.customer === "must_choose" ? "warning" : "neutral"}>{badge}</Badge> : null}
      </TD>
    </TR>
  );
}

const WAYS = {
  pull: { Arrow: ArrowRight, label: "into" },
  push: { Arrow: ArrowLeft, label: "written from" },
  two_way: { Arrow: ArrowLeftRight, label: "both ways with" },
} as const;

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-secondary">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Pace({ stream: { direction, intervalMs, backfillDays, match } }: { stream: ReadyStreamView }) {
  return (
    <>
      {direction === "pull" ? null : <Fact name="Writes">when you send a record</Fact>}
      {match === null ? null : <Fact name="Known by">{match}</Fact>}
      {direction === "push" ? null : intervalMs === null ? (
        <Fact name="Arrives">when the other side calls</Fact>
      ) : (
        <>
          <Fact name="Reads changes">{paceWords(intervalMs).toLowerCase()}</Fact>
          <Fact name="First reads">{backfillDays === null ? "everything" : lastDays(backfillDays)}</Fact>
        </>
      )}
    </>
  );
}

function Stream({ stream }: { stream: ReadyStreamView }) {
  const { Arrow, label } = WAYS[stream.direction];
  return (
    <Card>
      <CardHeader
        title={
          <span className="flex flex-wrap items-center gap-1.5">
            {stream.label}
            <span className="flex items-center gap-1.5 font-normal text-secondary text-sm">
              <code className="text-xs">{stream.object}</code>
              <Arrow aria-label={label} className="size-3.5 shrink-0 stroke-[1.75] text-subtle rtl:rotate-180" />
              {stream.modelName}
            </span>
          </span>
        }
        description={stream.summary}
      />
      <dl className="flex flex-wrap gap-x-6 gap-y-1 border-hairline border-b px-4 py-2.5 text-xs sm:px-5">
        <Pace stream={stream} />
        {stream.filter === null ? null : (
          <div className="flex min-w-0 gap-1.5">
            <dt className="shrink-0 text-secondary">Only where</dt>
            <dd className="min-w-0 [overflow-wrap:anywhere]">
              <code>{stream.filter}</code>
            </dd>
          </div>
        )}
      </dl>
      <Table label={`Mapping of ${stream.label}`}>
        <THead>
          <tr>
            <TH>Your field</TH>
            <TH>{stream.direction === "pull" ? "Comes from" : stream.direction === "push" ? "Goes to" : "Goes with"}</TH>
            <TH wide>Customers</TH>
          </tr>
        </THead>
        <TBody>
          {stream.rows.map((row) => (
            <Row key={row.target} row={row} />
          ))}
        </TBody>
      </Table>
    </Card>
  );
}

/** What flows where, field by field. */
export function ReadyStreams({ preview }: { preview: ReadyPreview }) {
  return (
    <>
      {preview.expects ? (
        <Card>
          <CardHeader
            title={`${preview.connectorName} stands for ${preview.expects.standsFor}`}
            description="It expects records like this one. What a service calls otherwise, its customer maps."
          />
          <div className="p-4 sm:p-5">
            <CodeBlock label="the expected record" code={JSON.stringify(preview.expects.example, null, 2)} />
          </div>
        </Card>
      ) : null}
      {preview.streams.map((stream) => (
        <Stream key={stream.key} stream={stream} />
      ))}
    </>
  );
}
