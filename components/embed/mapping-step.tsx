"use client";

import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import type { Adaptation } from "#server/domains/overrides/schema";
import { FieldLinks } from "./field-links.tsx";
import { sayAround, useSay } from "./language.tsx";
import { leadTo } from "./lead-to";
import { NO_EDITS, openFields, patchesOf } from "./mapping-draft";
import { MappingSkeleton } from "./mapping-fields.tsx";
import { barrenNames, tallyFor } from "./mapping-outcome";
import { MappingPart, type Part } from "./mapping-part.tsx";
import { useNavigation } from "./navigation.tsx";
import { ScreenFault, ScreenHead, StatusLine } from "./parts.tsx";
import { refusedBy } from "./refused-fields";
import { sayFault } from "./say-fault";
import { takesNothing } from "./stream-choices.tsx";
import { chosenOf, isWanted, streamId, useStreamWishes } from "./stream-wishes";
import { adaptationOptions, useDrafts, useLook } from "./use-adaptation";
import { useExpressions } from "./use-expressions";
import { useTurnOn, wishFor } from "./use-turn-on";

type StepProps = { integrationId: string; connectionId: string; templateIds: readonly string[]; vendorName: string };

/** What is to be turned on, stream by stream, with what the customer wants of each. */
function useParts(connectionId: string, adaptations: readonly Adaptation[]) {
  const drafts = useDrafts();
  const wishes = useStreamWishes();
  const [shown, setShown] = useState<ReadonlyMap<string, boolean>>(new Map());
  const parts = adaptations.flatMap(({ templateId, templateName, streams }) =>
    streams.map((stream): Part => {
      const id = streamId(connectionId, templateId, stream.key);
      const wish = wishes.of(id);
      const isShown = shown.get(id) ?? openFields(stream, NO_EDITS).length > 0;
      return { id, templateId, templateName, stream, edits: drafts.of(id).edits, wish, isOn: isWanted(stream, wish), isShown };
    }),
  );
  const onShow = (id: string, is: boolean) => setShown((before) => new Map([...before, [id, is]]));
  return { parts, onEdits: drafts.set, wishes, onShow };
}

type Missing = { part: Part; target: string; name: string };

/** What still stands in the way of turning on. */
const missingOf = (parts: readonly Part[]): Missing[] =>
  parts.flatMap((part) =>
    part.isOn
      ? openFields(part.stream, part.edits).map(({ target }) => {
          const name = part.stream.model.fields.find((field) => field.key === target)?.name ?? target;
          return { part, target, name };
        })
      : [],
  );

/** Fields of what is to be turned on that no record we looked at fills, though they are mapped. */
const barrenOf = (parts: readonly Part[]): string[] =>
  parts.flatMap(({ stream, edits, wish, isOn }) =>
    isOn && stream.direction !== "push" ? barrenNames(stream, tallyFor(stream, edits, chosenOf(stream, wish).only)) : [],
  );

type FooterProps = {
  barren: readonly string[];
  missing: readonly Missing[];
  edited: boolean;
  nothingOn: boolean;
  /** A filter is left with nothing to take, which is said there. */
  unfit: boolean;
  pending: boolean;
  error: unknown;
  onMissing: (one: Missing) => void;
  onTurnOn: (recommended: boolean) => void;
};

function Footer({ barren, missing, edited, nothingOn, unfit, pending, error, onMissing, onTurnOn }: FooterProps) {
  const say = useSay();
  const [first] = missing;
  const fault = error ? sayFault(error, say) : null;
  return (
    <div className="mt-6 space-y-3 border-hairline border-t pt-4">
      {first ? (
        <StatusLine tone="wait">
          {sayAround(say, "map.still", {
            fields: (
              <FieldLinks
                fields={missing.map((one) => ({ key: `${one.part.id} ${one.target}`, name: one.name, onLead: () => onMissing(one) }))}
              />
            ),
          })}
        </StatusLine>
      ) : null}
      {barren.length > 0 ? <StatusLine tone="wait">{say("map.barren", { fields: barren.join(", ") })}</StatusLine> : null}
      {nothingOn ? <StatusLine tone="off">{say("map.nothing_on")}</StatusLine> : null}
      {fault ? (
        <div role="alert">
          <StatusLine tone="bad">{fault.detail ?? fault.text}</StatusLine>
        </div>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <Button
          variant={first ? "secondary" : "primary"}
          size="lg"
          disabled={nothingOn || unfit}
          pending={pending}
          onClick={() => (first ? onMissing(first) : onTurnOn(false))}
        >
          {say("turn_on.action")}
        </Button>
        {edited && !first ? (
          <Button variant="ghost" size="lg" disabled={pending} onClick={() => onTurnOn(true)}>
            {say("map.use_recommended")}
          </Button>
        ) : null}
      </div>
    </div>
  );
}

/** Between connected and turned on: which of the customer's fields go where, tried on their own records. */
export function MappingStep({ integrationId, connectionId, templateIds, vendorName }: StepProps) {
  const say = useSay();
  const trpc = useEmbed();
  const { replace } = useNavigation();
  const connection = useQuery(trpc.connections.get.queryOptions({ connectionId }));
  const queries = useQueries({ queries: templateIds.map((templateId) => adaptationOptions(trpc, connectionId, templateId)) });
  const { parts, onEdits, wishes, onShow } = useParts(
    connectionId,
    queries.flatMap(({ data }) => data ?? []),
  );
  const ready = useExpressions(parts.map(({ stream }) => stream));
  const look = useLook(connectionId);
  const { turnOn, pending, error } = useTurnOn(integrationId, connectionId);
  const failed = queries.find((query) => query.isError);
  const integrationName = connection.data?.integrationName ?? "";
  const missing = missingOf(parts);

  const start = async (recommended: boolean) => {
    await turnOn(
      templateIds.map((templateId) => {
        const own = parts.filter((part) => part.templateId === templateId);
        const adapted = recommended ? [] : own.filter(({ isOn, edits }) => isOn && edits.size > 0);
        return {
          templateId,
          adaptations: Object.fromEntries(adapted.map(({ stream, edits }) => [stream.key, patchesOf(stream, edits)])),
          ...wishFor(
            own.map(({ stream }) => stream),
            (stream) => own.find((part) => part.stream === stream)?.wish ?? {},
          ),
        };
      }),
    );
    for (const { id } of parts) onEdits(id, () => NO_EDITS);
    wishes.drop(parts.map(({ id }) => id));
    replace({ name: "connection", connectionId }, 2);
  };
  const lead = ({ part, target }: Missing) => {
    onShow(part.id, true);
    leadTo(target);
  };

  return (
    <div className="@container">
      <ScreenHead
        backTo="back"
        {...(connection.data ? { iconUrl: connection.data.iconUrl } : {})}
        title={say("turn_on.choose")}
        below={<p className="max-w-[68ch]">{say("map.text", { name: integrationName, vendor: vendorName })}</p>}
      />
      <div className="mt-6 space-y-6">
        {failed ? (
          <ScreenFault error={failed.error} retry={() => void failed.refetch()} />
        ) : queries.some((query) => query.isPending) ? (
          <MappingSkeleton />
        ) : (
          parts.map((part) => (
            <MappingPart
              key={part.id}
              {...{ part, connectionId, integrationName, vendorName, ready, look, onEdits, onShow }}
              onWish={wishes.set}
              alone={parts.length === 1}
              refused={refusedBy(error, `adaptations.${part.stream.key}.`)}
            />
          ))
        )}
      </div>
      {parts.length > 0 && !failed ? (
        <Footer
          {...{ missing, pending, error }}
          barren={barrenOf(parts)}
          // Without a choice of the customer where one must be made there is nothing to recommend.
          edited={
            parts.some(({ edits }) => edits.size > 0) &&
            parts.every(({ isOn, stream }) => !isOn || openFields(stream, NO_EDITS).length === 0)
          }
          nothingOn={parts.every(({ isOn }) => !isOn)}
          unfit={parts.some(({ stream, wish, isOn }) => isOn && takesNothing(chosenOf(stream, wish)))}
          onMissing={lead}
          onTurnOn={(recommended) => {
            start(recommended).catch(() => {
              // said by the mutation
            });
          }}
        />
      ) : null}
    </div>
  );
}
