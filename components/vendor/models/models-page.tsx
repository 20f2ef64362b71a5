"use client";

import { useQuery } from "@tanstack/react-query";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { FIELD_TYPE_WORDS } from "#components/vendor/field-type.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";

export function ModelsPage() {
  const trpc = useVendor();
  const query = useQuery(trpc.models.list.queryOptions());
  return (
    <>
      <PageHeader
        title="Models"
        description="The objects of your own product that records are mapped into. Editing them here is not built yet."
      />
      <QueryView query={query} skeleton={<Card className="h-96" />}>
        {(models) =>
          models.length === 0 ? (
            <Card>
              <EmptyState title="No models in this environment">
                A model is an object of your product with typed fields: Contact, Order, Invoice.
              </EmptyState>
            </Card>
          ) : (
            <div className="flex flex-col gap-6">
              {models.map((model) => (
                <Card key={model.id}>
                  <CardHeader
                    title={
                      <>
                        {model.name} <code className="ms-1 font-normal text-secondary">{model.key}</code>
                      </>
                    }
                    actions={<span className="text-secondary text-xs">{count(model.fields.length, "field")}</span>}
                  />
                  <Table label={`Fields of ${model.name}`}>
                    <THead>
                      <tr>
                        <TH>Field</TH>
                        <TH>Key</TH>
                        <TH>Type</TH>
                        <TH className="w-full">Needed</TH>
                      </tr>
                    </THead>
                    <TBody>
                      {model.fields.map((field) => (
                        <TR key={field.key}>
                          <TD className="font-medium">{field.name}</TD>
                          <TD>
                            <code>{field.key}</code>
                          </TD>
                          <TD className="text-secondary">{FIELD_TYPE_WORDS[field.type]}</TD>
                          <TD>{field.required ? <Badge>Required</Badge> : <span className="text-subtle">Optional</span>}</TD>
                        </TR>
                      ))}
                    </TBody>
                  </Table>
                </Card>
              ))}
            </div>
          )
        }
      </QueryView>
    </>
  );
}
