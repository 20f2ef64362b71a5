"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { count } from "#components/ui/format";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Clipped, Table, TBody, TD, TH, THead, TR } from "#components/ui/table.tsx";
import { FaultState } from "#components/vendor/fault-state.tsx";
import { LoadMore } from "#components/vendor/load-more.tsx";
import { OwnValueDialog } from "#components/vendor/writes/own-value-dialog.tsx";
import type { ConflictFieldView, ConflictView } from "#server/domains/conflicts/schema";
import type { CustomerId } from "#server/lib/ids";

type Props = { customerId: CustomerId; streams: { id: string; label: string; conflictCount: number }[] };

const shown = (value: unknown) =>
  value === null || value === undefined || value === "" ? null : typeof value === "object" ? JSON.stringify(value) : String(value);

function Value({ value }: { value: unknown }) {
  const text = shown(value);
  return text === null ? <span className="text-subtle">empty</span> : <Clipped className="max-w-[28ch]">{text}</Clipped>;
}

function useSettle() {
  const trpc = useVendor();
  const cache = useQueryClient();
  const options = {
    onError(error: unknown) {
      const fault = faultOf(error);
      toast.error("Not settled", { description: fault.detail ?? fault.text });
    },
    onSettled() {
      void cache.invalidateQueries(trpc.conflicts.pathFilter());
      void cache.invalidateQueries(trpc.customers.pathFilter());
    },
  };
  const one = useMutation(trpc.conflicts.settle.mutationOptions(options));
  const alike = useMutation(
    trpc.conflicts.settleAlike.mutationOptions({
      ...options,
      onSuccess: ({ conflicts }) => toast.success(`${count(conflicts, "record")} settled`),
    }),
  );
  return { one, alike, busy: one.isPending || alike.isPending };
}

/** Fields that both sides have changed, both values side by side. The customer sees the same. */
export function ConflictList({ customerId, streams }: Props) {
  const trpc = useVendor();
  const { one, alike, busy } = useSettle();
  const [own, setOwn] = useState<{ conflict: ConflictView; field: ConflictFieldView } | null>(null);
  const open = streams.some(({ conflictCount }) => conflictCount > 0);
  const query = useInfiniteQuery(
    trpc.conflicts.list.infiniteQueryOptions({ customerId }, { enabled: open, getNextPageParam: (page) => page.next ?? undefined }),
  );
  if (!open) return null;
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card>
      <CardHeader
        title="Changed on both sides"
        description="Both keep what they have until somebody decides: the customer in the marketplace, or you here. What is chosen is then in both."
      />
      {query.isError ? <FaultState error={query.error} onRetry={() => void query.refetch()} /> : null}
      <Table label="Conflicts">
        <THead>
          <tr>
            <TH>Record</TH>
            <TH>Field</TH>
            <TH wide>Before</TH>
            <TH>With you</TH>
            <TH>At the third party</TH>
            <TH>
              <span className="sr-only">What counts</span>
            </TH>
          </tr>
        </THead>
        <TBody>
          {query.isPending ? <SkeletonRows columns={6} rows={3} /> : null}
          {items.flatMap((conflict) =>
            conflict.fields.map((field) => (
              <TR key={`${conflict.id} ${field.field}`}>
                <TD>
                  <Clipped className="max-w-[26ch]">{conflict.what || conflict.ownId}</Clipped>
                </TD>
                <TD>{field.name}</TD>
                <TD wide className="text-secondary">
                  <Value value={field.base} />
                </TD>
                {(["ours", "theirs"] as const).map((side) => (
                  <TD key={side}>
                    <span className="flex flex-wrap items-center gap-2">
                      <Value value={field[side]} />
                      <Button
                        size="sm"
                        disabled={busy}
                        aria-label={`${field.name} of ${conflict.what || conflict.ownId}: use ${side === "ours" ? "yours" : "theirs"}`}
                        onClick={() => one.mutate({ conflictId: conflict.id, choices: { [field.field]: { take: side } } })}
                      >
                        Use
                      </Button>
                    </span>
                  </TD>
                ))}
                <TD>
                  <Menu
                    align="end"
                    trigger={
                      <Button
                        size="sm"
                        variant="ghost"
                        disabled={busy}
                        aria-label={`${field.name} of ${conflict.what || conflict.ownId}: other ways`}
                      >
                        Others…
                      </Button>
                    }
                  >
                    <MenuItem onSelect={() => setOwn({ conflict, field })}>Another value…</MenuItem>
                    {(["ours", "theirs"] as const).map((take) => (
                      <MenuItem key={take} onSelect={() => alike.mutate({ streamId: conflict.streamId, field: field.field, take })}>
                        {`${field.name} in all records: use ${take === "ours" ? "yours" : "theirs"}`}
                      </MenuItem>
                    ))}
                  </Menu>
                </TD>
              </TR>
            )),
          )}
        </TBody>
      </Table>
      {own ? (
        <OwnValueDialog
          field={own.field}
          what={own.conflict.what || own.conflict.ownId}
          pending={one.isPending}
          onClose={() => setOwn(null)}
          onSettle={(value) =>
            one.mutate({ conflictId: own.conflict.id, choices: { [own.field.field]: { value } } }, { onSuccess: () => setOwn(null) })
          }
        />
      ) : null}
      {query.isPending ? null : <LoadMore query={query} shown={`${count(items.length, "record")} shown`} />}
    </Card>
  );
}
