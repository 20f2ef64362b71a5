"use client";

import { useQuery } from "@tanstack/react-query";
import { LayoutTemplate } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { count } from "#components/ui/format";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Tile } from "#components/ui/tile.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { NewTemplateDialog } from "#components/vendor/templates/new-template-dialog.tsx";
import { STATUS_WORDS } from "#components/vendor/templates/template-words";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { TemplateRow } from "#server/trpc/views";

function TemplateCard({ template }: { template: TemplateRow }) {
  return (
    <Card>
      <div className="flex items-start gap-3 border-hairline border-b px-4 py-3.5 sm:px-5">
        <Tile src={template.iconUrl} size={40} />
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold text-base">
            <Link href={`/templates/${template.id}`} className="rounded-sm hover:underline">
              {template.name}
            </Link>
          </h2>
          <p className="text-secondary text-sm">{template.description}</p>
        </div>
        <div className="flex shrink-0 items-center gap-2">
          <span className="hidden text-secondary text-xs tabular-nums sm:inline">
            {template.integrationName} · {template.version === 0 ? "no version yet" : `version ${template.version}`} ·{" "}
            {count(template.installations, "installation")}
          </span>
          {template.drafted ? <Badge tone="info">Draft not published</Badge> : null}
          <Badge tone={STATUS_WORDS[template.status].tone}>{STATUS_WORDS[template.status].word}</Badge>
          <Button asChild size="sm" variant="ghost">
            <Link href={`/templates/${template.id}`} aria-label={`Settings of ${template.name}`}>
              Settings
            </Link>
          </Button>
        </div>
      </div>
      {template.streams.length === 0 ? <p className="px-4 py-3 text-secondary text-sm sm:px-5">No streams yet.</p> : null}
      <ul className="divide-y divide-hairline">
        {template.streams.map((stream) => (
          <li key={stream.key} className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 sm:px-5">
            <span className="font-medium text-sm sm:w-32">{stream.label}</span>
            <span className="text-secondary text-sm">
              <code>{stream.object}</code> <span aria-hidden="true">→</span>
              <span className="sr-only"> to </span> <code>{stream.model}</code>
            </span>
            <span className="ms-auto flex items-center gap-3">
              {stream.hasDraft ? <Badge tone="info">Mapping drafted</Badge> : null}
              <Button asChild size="sm">
                <Link
                  href={`/templates/${template.id}/mapping/${stream.key}`}
                  aria-label={`Edit mapping of ${stream.label} in ${template.name}`}
                >
                  Edit mapping
                </Link>
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function TemplatesPage() {
  const trpc = useVendor();
  const may = useMay("developer");
  const [creating, setCreating] = useState(false);
  const query = useQuery(trpc.templates.list.queryOptions());
  const create = (
    <>
      <Button asChild>
        <Link href="/templates/ready">
          <LayoutTemplate aria-hidden="true" /> Start from a ready template
        </Link>
      </Button>
      {may ? (
        <Button variant="primary" onClick={() => setCreating(true)}>
          New template
        </Button>
      ) : null}
    </>
  );
  return (
    <>
      <PageHeader
        title="Templates"
        description="What customers turn on: which objects flow, into which of your models, mapped how."
        actions={create}
      />
      <QueryView
        query={query}
        skeleton={
          <div className="flex flex-col gap-4">
            <Card className="h-32" />
            <Card className="h-32" />
          </div>
        }
      >
        {(templates) =>
          templates.length === 0 ? (
            <Card>
              <EmptyState
                title="No templates in this environment"
                action={<div className="flex flex-wrap justify-center gap-2">{create}</div>}
              >
                A template offers streams of an integration to your customers. Begin with a use case that is ready, or with an empty one.
              </EmptyState>
            </Card>
          ) : (
            <div className="flex flex-col gap-4">
              {templates.map((template) => (
                <TemplateCard key={template.id} template={template} />
              ))}
            </div>
          )
        }
      </QueryView>
      {creating ? <NewTemplateDialog onClose={() => setCreating(false)} /> : null}
    </>
  );
}
