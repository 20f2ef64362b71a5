"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Fragment, useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { count } from "#components/ui/format";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { DriftReach } from "#components/vendor/drift-reach.tsx";
import type { FleetDrift } from "#server/domains/overrides/drift-fleet";

const KINDS: Record<FleetDrift["kind"], { word: string; tone: Tone }> = {
  removed: { word: "Removed", tone: "danger" },
  renamed: { word: "Renamed", tone: "warning" },
  type: { word: "Other type", tone: "warning" },
  values: { word: "New values", tone: "info" },
  required: { word: "May be empty", tone: "warning" },
  values_gone: { word: "Values gone", tone: "warning" },
  must_fill: { word: "Must be filled", tone: "warning" },
};

function Reached({ customers, reached }: Pick<FleetDrift, "customers" | "reached">) {
  return (
    <>
      {reached.map(({ id, name }, index) => (
        <Fragment key={id}>
          {index > 0 ? ", " : ""}
          <Link href={`/customers/${id}?tab=mapping`} className="underline decoration-hairline underline-offset-2 hover:decoration-current">
            <bdi>{name}</bdi>
          </Link>
        </Fragment>
      ))}
      {customers > reached.length ? ` and ${customers - reached.length} more` : ""}
    </>
  );
}

/** By what the vendor's filter asks for no customer can do anything: who can is led there. */
function Filters({ filters }: Pick<FleetDrift, "filters">) {
  if (filters.length === 0) return null;
  return (
    <p className="mt-1 text-xs">
      Decides which records are taken, and customers cannot change that.{" "}
      {filters.map(({ templateId, streamKey, name }) => (
        <Link
          key={templateId + streamKey}
          href={`/templates/${templateId}/mapping/${streamKey}`}
          className="me-2 font-medium underline decoration-hairline underline-offset-2 hover:decoration-current"
        >
          Change the filter of <bdi>{name}</bdi>
        </Link>
      ))}
    </p>
  );
}

function DriftLine({ drift, onOpen }: { drift: FleetDrift; onOpen: () => void }) {
  return (
    <li className="flex items-start gap-4 px-4 py-3 sm:px-5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
          <span className="min-w-0 break-all font-mono text-xs">{drift.path}</span>
          <Badge tone={KINDS[drift.kind].tone}>{KINDS[drift.kind].word}</Badge>
        </p>
        <p className="mt-1 text-secondary text-xs">
          {drift.integrationName}, {drift.object}. {drift.targets.length > 0 ? `Fills ${drift.targets.join(", ")}. ` : ""}
          <Reached {...drift} />
        </p>
        <Filters {...drift} />
        <Button size="sm" className="mt-2" onClick={onOpen}>
          {drift.customers === 1 ? "See whom it reaches" : `See all ${drift.customers} and accept`}
        </Button>
      </div>
      <p className="shrink-0 text-end text-sm">
        <span className="font-medium tabular-nums">{count(drift.customers, "customer")}</span>
        <span className="block text-secondary text-xs">
          last <RelativeTime date={drift.foundAt} />
        </span>
      </p>
    </li>
  );
}

/** What has changed at the sources and reaches mapped fields, over all customers. Shown while something waits for somebody. */
export function DriftFleet() {
  const trpc = useVendor();
  const [opened, setOpened] = useState<FleetDrift | null>(null);
  const query = useQuery(trpc.overrides.driftFleet.queryOptions(undefined, { refetchInterval: 60_000 }));
  if ((!query.data || query.data.length === 0) && !opened) return null;
  return (
    <Card>
      <CardHeader
        title="Changed at the source"
        description="Fields that mappings read and that are not as they were. Each customer is offered a remedy where there is one; all other fields flow on."
      />
      <ul className="divide-y divide-hairline">
        {(query.data ?? []).map((drift) => (
          <DriftLine
            key={[drift.integrationId, drift.object, drift.kind, drift.path].join(" ")}
            drift={drift}
            onOpen={() => setOpened(drift)}
          />
        ))}
      </ul>
      {opened ? <DriftReach drift={opened} onClose={() => setOpened(null)} /> : null}
    </Card>
  );
}
