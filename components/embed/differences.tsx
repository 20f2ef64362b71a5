"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useEmbed } from "#components/trpc/embed-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { Choice, ConflictFieldView, ConflictView } from "#server/domains/conflicts/schema";
import type { ConnectionView } from "#server/trpc/views";
import { alikeOf, isTypable, shownValue } from "./differences-of";
import { useSay } from "./language.tsx";
import { ScreenFault, StatusLine } from "./parts.tsx";
import { sayFault } from "./say-fault";

type Settle = { choose: (choice: Choice) => void; busy: boolean };

function Side(props: { name: string; field: ConflictFieldView; side: "ours" | "theirs" } & Settle) {
  const { name, field, side, choose, busy } = props;
  const say = useSay();
  const text = shownValue(field[side]);
  return (
    <div className="flex min-w-0 flex-col gap-1.5 rounded-md border border-hairline bg-surface px-3.5 py-3">
      <h4 className="text-secondary text-xs">{say("differ.in", { name })}</h4>
      <p className={text === null ? "text-secondary text-sm" : "break-words font-medium text-sm"}>
        {text === null ? say("differ.empty") : <bdi>{text}</bdi>}
      </p>
      <div className="mt-auto pt-1.5">
        <Button aria-label={say("differ.use_named", { field: field.name, name })} disabled={busy} onClick={() => choose({ take: side })}>
          {say("differ.use")}
        </Button>
      </div>
    </div>
  );
}

/** A value that neither side has. Offered for what can be typed. */
function Another({ field, choose, busy }: { field: ConflictFieldView } & Settle) {
  const say = useSay();
  const [text, setText] = useState<string | null>(null);
  if (!isTypable(field.type)) return null;
  if (text === null) {
    return (
      <Button variant="ghost" size="sm" className="-ms-2.5" disabled={busy} onClick={() => setText(shownValue(field.ours) ?? "")}>
        {say("differ.other")}
      </Button>
    );
  }
  return (
    <form
      className="flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        choose({ value: text });
      }}
    >
      <Input
        autoFocus
        dir="auto"
        className="w-auto min-w-0 flex-1 basis-48"
        aria-label={say("differ.other_label", { field: field.name })}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" disabled={busy}>
        {say("differ.use")}
      </Button>
    </form>
  );
}

type Names = { vendorName: string; name: string };

function Difference({ conflict, vendorName, name, onSettled }: { conflict: ConflictView; onSettled: () => void } & Names) {
  const say = useSay();
  const trpc = useEmbed();
  const settle = useMutation(trpc.conflicts.settle.mutationOptions({ onSettled }));
  const fault = settle.error ? sayFault(settle.error, say) : null;
  return (
    <li className="px-4 py-3.5 sm:px-5">
      <p className="break-words font-semibold">
        <bdi>{conflict.what || conflict.externalId}</bdi>
      </p>
      {conflict.fields.map((field) => {
        const choose = (choice: Choice) => settle.mutate({ conflictId: conflict.id, choices: { [field.field]: choice } });
        const before = shownValue(field.base);
        return (
          <fieldset key={field.field} className="mt-2.5 min-w-0">
            <legend className="mb-1.5 text-sm">
              {field.name}
              {before === null ? null : <span className="ms-2 text-secondary text-xs">{say("differ.before", { value: before })}</span>}
            </legend>
            <div className="grid gap-3 @xl:grid-cols-2">
              <Side side="ours" name={vendorName} field={field} choose={choose} busy={settle.isPending} />
              <Side side="theirs" name={name} field={field} choose={choose} busy={settle.isPending} />
            </div>
            <div className="mt-1.5">
              <Another field={field} choose={choose} busy={settle.isPending} />
            </div>
          </fieldset>
        );
      })}
      {fault ? (
        <div className="mt-2" role="alert">
          <StatusLine tone="bad">{fault.code === "conflict" ? say("conflict.stale") : (fault.detail ?? fault.text)}</StatusLine>
        </div>
      ) : null}
    </li>
  );
}

/** A field that differs in several records, settled for all of them. */
function Alike({ items, vendorName, name, onSettled }: { items: readonly ConflictView[]; onSettled: () => void } & Names) {
  const say = useSay();
  const trpc = useEmbed();
  const settle = useMutation(trpc.conflicts.settleAlike.mutationOptions({ onSettled }));
  const alike = alikeOf(items);
  if (alike.length === 0) return null;
  return (
    <ul className="border-hairline border-b px-4 py-1.5 sm:px-5">
      {alike.map(({ streamId, field, label, count }) => (
        <li key={`${streamId} ${field}`} className="flex flex-wrap items-center gap-x-3 gap-y-1.5 py-1.5">
          <span className="min-w-0 flex-1 basis-56 text-sm">{say("differ.alike", { field: label, count })}</span>
          {(["ours", "theirs"] as const).map((take) => (
            <Button key={take} size="sm" disabled={settle.isPending} onClick={() => settle.mutate({ streamId, field, take })}>
              {say("differ.all_from", { name: take === "ours" ? vendorName : name })}
            </Button>
          ))}
        </li>
      ))}
      {settle.error ? (
        <li role="alert" className="py-1.5">
          <StatusLine tone="bad">{sayFault(settle.error, say).text}</StatusLine>
        </li>
      ) : null}
    </ul>
  );
}

/** What both sides have changed: side by side, to choose from. Nothing when there is nothing to decide. */
export function Differences({ connection, vendorName }: { connection: ConnectionView; vendorName: string }) {
  const say = useSay();
  const trpc = useEmbed();
  const cache = useQueryClient();
  const open = connection.streams.reduce((sum, stream) => sum + stream.conflictCount, 0);
  const query = useInfiniteQuery(
    trpc.conflicts.list.infiniteQueryOptions(
      { connectionId: connection.id as never, limit: 20 },
      { enabled: open > 0, getNextPageParam: (last) => last.next ?? undefined },
    ),
  );
  if (open === 0) return null;
  if (query.isPending) return <Skeleton className="h-40 w-full rounded-lg" />;
  if (query.isError) return <ScreenFault error={query.error} retry={() => void query.refetch()} />;
  const items = query.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return null;
  const onSettled = () => {
    void cache.invalidateQueries({ queryKey: trpc.conflicts.list.pathKey() });
    void cache.invalidateQueries({ queryKey: trpc.connections.get.pathKey() });
  };
  const names = { vendorName, name: connection.integrationName };
  return (
    <section aria-label={say("differ.title")} className="@container">
      <h2 className="font-semibold text-base">{say("differ.title")}</h2>
      <p className="mt-0.5 mb-3 max-w-[68ch] text-secondary text-sm">{say("differ.text")}</p>
      <div className="rounded-lg border border-hairline bg-surface">
        <Alike items={items} onSettled={onSettled} {...names} />
        <ul className="divide-y divide-hairline">
          {items.map((conflict) => (
            <Difference key={conflict.id} conflict={conflict} onSettled={onSettled} {...names} />
          ))}
        </ul>
      </div>
      {query.hasNextPage ? (
        <Button className="mt-3" pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {say("differ.more")}
        </Button>
      ) : null}
    </section>
  );
}
