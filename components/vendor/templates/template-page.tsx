"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardFooter, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { count } from "#components/ui/format";
import { Input } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Tile } from "#components/ui/tile.tsx";
import { LeaveGuard } from "#components/vendor/leave-guard.tsx";
import { QueryView } from "#components/vendor/query-view.tsx";
import { RolloutCard } from "#components/vendor/rollouts/rollout-card.tsx";
import { AddStreamDialog } from "#components/vendor/templates/add-stream-dialog.tsx";
import { PublishTemplateDialog } from "#components/vendor/templates/publish-template-dialog.tsx";
import { StreamLine } from "#components/vendor/templates/stream-line.tsx";
import { Ask, type Asking, DraftButtons, StatusButtons } from "#components/vendor/templates/template-actions.tsx";
import { TemplateVersionsCard } from "#components/vendor/templates/template-versions-card.tsx";
import { STATUS_WORDS, stateWords } from "#components/vendor/templates/template-words";
import { useTemplateActions, useTemplateDraft } from "#components/vendor/templates/use-template";
import { useMay } from "#components/vendor/viewer-context.tsx";
import type { TemplateDetail } from "#server/domains/templates/get-template";
import type { TemplateDraftView } from "#server/domains/templates/get-template-draft";

/** Where it stands: what is in force, and what waits. */
function standingWords(template: TemplateDetail, draft: TemplateDraftView | undefined, dirty: boolean): string {
  if (dirty) return "You have changes that are not saved.";
  const waits = draft && draft.changes.length > 0 ? ` A draft with ${count(draft.changes.length, "change")} waits.` : "";
  const rolling = draft?.rolling ? ` Version ${draft.rolling} is being rolled out.` : "";
  return `${stateWords(template)}${rolling}${waits}`;
}

function Editor({ template, onReplaced }: { template: TemplateDetail; onReplaced: () => void }) {
  const trpc = useVendor();
  const may = useMay("developer");
  const actions = useTemplateActions();
  const draft = useTemplateDraft(template);
  const drafted = useQuery(trpc.templates.draft.queryOptions({ templateId: template.id }, { refetchOnWindowFocus: false })).data;
  const [asking, setAsking] = useState<Asking | null>(null);
  const [adding, setAdding] = useState(false);
  const [publishing, setPublishing] = useState(false);
  const { head, settings } = draft;
  const templateId = template.id;
  const streams = new Map(template.streams.map((stream) => [stream.key, stream]));
  const hasDraft = (drafted?.changes.length ?? 0) > 0;
  const store = async (): Promise<boolean> => {
    const saved = await actions.save
      .mutateAsync({ templateId, basis: drafted?.basis, ...head, ...(draft.streamsChanged ? { streams: draft.sent } : {}) })
      .catch(() => null);
    return saved !== null;
  };
  const publish = async () => {
    if (!draft.dirty || (await store())) setPublishing(true);
  };
  const adopt = async (version: number) => {
    const made = await actions.adopt.mutateAsync({ templateId, version }).catch(() => null);
    if (made !== null) onReplaced();
    return made !== null;
  };
  const add = (
    <Button size="sm" disabled={!may} onClick={() => setAdding(true)}>
      <Plus aria-hidden="true" /> Add a stream
    </Button>
  );
  return (
    <>
      <PageHeader
        back={{ href: "/templates", label: "Templates" }}
        icon={<Tile src={template.iconUrl} size={40} />}
        title={
          <>
            {template.name} <Badge tone={STATUS_WORDS[template.status].tone}>{STATUS_WORDS[template.status].word}</Badge>
          </>
        }
        description={standingWords(template, drafted, draft.dirty)}
        actions={
          may ? (
            <>
              <StatusButtons template={template} actions={actions} ask={setAsking} />
              <DraftButtons
                dirty={draft.dirty}
                valid={head.name.trim() !== ""}
                drafted={hasDraft}
                rolling={drafted?.rolling != null}
                actions={actions}
                ask={setAsking}
                onSave={() => void store()}
                onPublish={() => void publish()}
              />
            </>
          ) : null
        }
      />
      <div className="flex flex-col gap-6">
        <RolloutCard templateId={template.id} />
        <Card>
          <CardBody className="grid gap-4 sm:grid-cols-2">
            <Field label="Name" error={head.name.trim() === "" ? "Give the template a name." : null}>
              <Input
                value={head.name}
                disabled={!may}
                maxLength={80}
                onChange={({ target }) => draft.setHead({ ...head, name: target.value })}
              />
            </Field>
            <Field label="Description" optional>
              <Input
                value={head.description}
                disabled={!may}
                maxLength={300}
                onChange={({ target }) => draft.setHead({ ...head, description: target.value })}
              />
            </Field>
          </CardBody>
        </Card>
        <Card>
          <CardHeader
            title="Streams"
            description={`What flows between ${template.integrationName} and your models, in the order in which customers see it.`}
          />
          {settings.length === 0 ? (
            <EmptyState title="No streams yet" action={add}>
              A stream takes one object of {template.integrationName} into one of your models, or your records there, or both.
            </EmptyState>
          ) : (
            <>
              <ul className="divide-y divide-hairline">
                {settings.map((one) => {
                  const stream = streams.get(one.key);
                  return stream ? (
                    <StreamLine
                      key={one.key}
                      template={template}
                      stream={stream}
                      settings={one}
                      disabled={!may}
                      onChange={draft.change}
                      onMove={(by) => draft.move(one.key, by)}
                      onRemove={() => setAsking({ what: "remove", stream })}
                    />
                  ) : null;
                })}
              </ul>
              <CardFooter className="justify-start">{add}</CardFooter>
            </>
          )}
        </Card>
        <TemplateVersionsCard
          templateId={templateId}
          inForce={template.version}
          drafted={hasDraft || draft.dirty}
          onAdopt={may ? adopt : null}
        />
      </div>
      {asking ? (
        <Ask asking={asking} template={template} actions={actions} onClose={() => setAsking(null)} onReplaced={onReplaced} />
      ) : null}
      {publishing ? (
        <PublishTemplateDialog
          templateId={templateId}
          name={template.name}
          publish={actions.publish}
          onClose={() => setPublishing(false)}
          onDone={onReplaced}
        />
      ) : null}
      {adding ? <AddStreamDialog template={template} onClose={() => setAdding(false)} /> : null}
      <LeaveGuard dirty={draft.dirty} onSave={store} saveLabel="Save and leave">
        What you changed of this template would be lost.
      </LeaveGuard>
    </>
  );
}

/** One template: what it is called, what flows how often, and whether customers can turn it on. */
export function TemplatePage({ templateId }: { templateId: string }) {
  const trpc = useVendor();
  const [times, setTimes] = useState(0); // what is on the screen begins anew when what is stored was replaced
  const query = useQuery(trpc.templates.get.queryOptions({ templateId }, { refetchOnWindowFocus: false }));
  return (
    <QueryView
      query={query}
      back={{ href: "/templates", label: "All templates" }}
      skeleton={
        <>
          <Skeleton className="mb-2 h-6 w-64" />
          <Skeleton className="mb-6 w-80 max-w-full" />
          <Card className="h-28" />
          <Card className="mt-6 h-80" />
        </>
      }
    >
      {(template) => <Editor key={times} template={template} onReplaced={() => setTimes(times + 1)} />}
    </QueryView>
  );
}
