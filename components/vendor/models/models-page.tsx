"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonTable } from "#components/ui/skeleton.tsx";
import { Clipped, Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { ModelItem } from "#server/domains/models/list-models";

function ModelTable({ models }: { models: readonly ModelItem[] }) {
  return (
    <Card>
      <Table label="Models">
        <THead>
          <tr>
            <TH className="w-full">Model</TH>
            <TH>Key</TH>
            <TH numeric>Fields</TH>
            <TH numeric>Version</TH>
            <TH>Used by</TH>
            <TH>Changed</TH>
          </tr>
        </THead>
        <TBody>
          {models.map((model) => (
            <TR key={model.id} className="relative hover:bg-hover">
              <TD>
                <Link href={`/models/${model.key}`} className="font-medium after:absolute after:inset-0">
                  <Clipped className="inline-block align-middle">{model.name}</Clipped>
                </Link>
                {model.archivedAt ? <Badge className="ms-2">Archived</Badge> : null}
              </TD>
              <TD>
                <code>{model.key}</code>
              </TD>
              <TD numeric>{model.fields.length}</TD>
              <TD numeric>{model.version}</TD>
              <TD className="text-secondary">{model.templates > 0 ? count(model.templates, "template") : "Nothing yet"}</TD>
              <TD className="text-secondary">
                <RelativeTime date={model.updatedAt} />
              </TD>
            </TR>
          ))}
        </TBody>
      </Table>
    </Card>
  );
}

export function ModelsPage() {
  const trpc = useVendor();
  const may = useMay("developer");
  const query = useQuery(trpc.models.list.queryOptions());
  const create = may ? (
    <Button asChild variant="primary">
      <Link href="/models/new-model">New model</Link>
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title="Models" description="The objects of your own product that records are mapped into." actions={create} />
      <QueryView
        query={query}
        skeleton={
          <Card>
            <SkeletonTable rows={4} columns={6} />
          </Card>
        }
      >
        {(models) =>
          models.length === 0 ? (
            <Card>
              <EmptyState title="No models in this environment" action={create}>
                A model is an object of your product with typed fields: Contact, Order, Invoice. Make one by hand, from a sample record, or
                from a JSON Schema.
              </EmptyState>
            </Card>
          ) : (
            <ModelTable models={models} />
          )
        }
      </QueryView>
    </>
  );
}
