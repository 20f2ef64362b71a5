import { CircleAlert, CircleCheck, CircleDashed } from "lucide-react";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Claim, ConformanceReport } from "#server/domains/connectors/conformance-report";

const STATE = {
  ok: { label: "Holds", icon: CircleCheck, tone: "text-success-text" },
  failed: { label: "Does not hold", icon: CircleAlert, tone: "text-danger-text" },
  untried: { label: "Not tried", icon: CircleDashed, tone: "text-subtle" },
} as const;

function Row({ claim }: { claim: Claim }) {
  const { label, icon: Icon, tone } = STATE[claim.state];
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-1 px-4 py-2.5 text-sm sm:px-5">
      <span className="flex min-w-0 items-start gap-2">
        <Icon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${tone}`} />
        <span className="min-w-0">
          {claim.title}
          {claim.note ? <span className="block break-words text-secondary text-xs">{claim.note}</span> : null}
        </span>
      </span>
      <span className="text-secondary text-xs">
        {label}
        {claim.at ? (
          <>
            {" "}
            · <RelativeTime date={new Date(claim.at)} />
          </>
        ) : null}
      </span>
    </li>
  );
}

/** What a version claims, and what is known of it. */
export function ReportView({ report }: { report: ConformanceReport }) {
  const by = (how: Claim["by"]) => report.claims.filter((claim) => claim.by === how);
  const [read, played, tried] = [by("read"), by("played"), by("tried")];
  return (
    <div className="flex max-w-[860px] flex-col gap-6">
      <Card>
        <CardHeader title="Tried" description="Shown by the newest tries in the console, against the real system." />
        <ul className="divide-y divide-hairline">
          {tried.map((claim) => (
            <Row key={claim.claim} claim={claim} />
          ))}
        </ul>
      </Card>
      <Card>
        <CardHeader title="Played" description="Shown against a system played from the file itself: no network, no real records." />
        <ul className="divide-y divide-hairline">
          {played.map((claim) => (
            <Row key={claim.claim} claim={claim} />
          ))}
        </ul>
      </Card>
      <Card>
        <CardHeader title="Read" description="Told by the file alone." />
        <ul className="divide-y divide-hairline">
          {read.map((claim) => (
            <Row key={claim.claim} claim={claim} />
          ))}
        </ul>
      </Card>
      <Card>
        <CardHeader title="Hosts" description="Where requests go. A credential goes to no other host." />
        <ul className="divide-y divide-hairline">
          {report.hosts.map((host) => (
            <li key={host} className="px-4 py-2 text-sm sm:px-5">
              <code>{host}</code>
            </li>
          ))}
        </ul>
      </Card>
    </div>
  );
}
