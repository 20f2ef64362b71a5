"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { KeyRound, MoreHorizontal, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { count } from "#components/ui/format";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Calls } from "#server/domains/inbox/get-calls";
import type { InboundEndpoint } from "#server/domains/inbox/list-inbound-endpoints";
import type { Opened } from "./opened-dialog.tsx";
import { SecretFormDialog } from "./secret-form-dialog.tsx";
import { fareWords, proofWords, refusalWords } from "./words";

type Props = { row: InboundEndpoint; scheme: Calls["scheme"]; onOpened: (opened: Opened) => void };

const nameOf = ({ customerName, accountLabel }: InboundEndpoint) => (customerName ? `${customerName} · ${accountLabel}` : "All accounts");

/** How calls at the address fared, newest trouble in words. */
function Fare({ row }: { row: InboundEndpoint }) {
  const proof = proofWords(row);
  return (
    <div className="mt-1 space-y-0.5 text-secondary text-sm">
      <p>
        {fareWords(row)}
        {row.lastAcceptedAt ? (
          <>
            , last accepted <RelativeTime date={row.lastAcceptedAt} />
          </>
        ) : null}
        {" · "}
        <span className={proof.bad ? "text-warning-text" : ""}>{proof.text}</span>
      </p>
      {row.lastRefusedAt ? (
        <p className="text-warning-text">
          Refused <RelativeTime date={row.lastRefusedAt} />: {refusalWords(row.lastRefusal)}.
        </p>
      ) : null}
      {row.unreadable > 0 ? (
        <p className="text-warning-text">
          {count(row.unreadable, "accepted call")} could not be read
          {row.lastUnreadable ? `, the newest because ${row.lastUnreadable}` : ""}.
        </p>
      ) : null}
    </div>
  );
}

/** One address at which the third party calls. */
export function AddressRow({ row, scheme, onOpened }: Props) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const [asking, setAsking] = useState<"close" | "secret" | null>(null);
  const remove = useMutation(
    trpc.inbound.remove.mutationOptions({
      onSuccess: () => toast.success("Address closed"),
      onError: (error) => {
        const fault = faultOf(error);
        toast.error("The address was not closed", { description: fault.detail ?? fault.text });
      },
      onSettled: () => {
        void cache.invalidateQueries(trpc.inbound.pathFilter());
        setAsking(null);
      },
    }),
  );
  const name = nameOf(row);
  return (
    <li className="flex items-start gap-3 px-4 py-3 sm:px-5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="break-words font-medium text-sm">{name}</span>
          {row.automatic ? <Badge tone="info">Kept by us</Badge> : null}
        </p>
        <p className="mt-0.5 truncate text-secondary text-xs">
          <code>{row.addressHint}</code>
        </p>
        <Fare row={row} />
      </div>
      {row.automatic ? null : (
        <Menu
          trigger={
            <Button variant="ghost" size="icon-sm" aria-label={`More for the address of ${name}`}>
              <MoreHorizontal aria-hidden="true" />
            </Button>
          }
        >
          {row.proof === "endpoint" ? (
            <MenuItem onSelect={() => setAsking("secret")}>
              <KeyRound aria-hidden="true" />
              {row.secretSet ? "Replace the secret" : "Set the secret"}
            </MenuItem>
          ) : null}
          <MenuItem danger onSelect={() => setAsking("close")}>
            <Trash2 aria-hidden="true" />
            Close address
          </MenuItem>
        </Menu>
      )}
      <SecretFormDialog
        inboundId={row.id}
        generates={scheme?.generates ?? false}
        open={asking === "secret"}
        onClose={() => setAsking(null)}
        onOpened={onOpened}
      />
      <ConfirmDialog
        open={asking === "close"}
        onOpenChange={(open) => !open && setAsking(null)}
        title={`Close the address of ${name}?`}
        action="Close address"
        pending={remove.isPending}
        onConfirm={() => remove.mutate({ inboundId: row.id })}
      >
        <p>Calls to it are answered as if it had never been. It cannot be opened again: a new address is another one.</p>
        <p>{scheme?.brought ? "Records that came stay." : "Nothing is lost: changes are still found on schedule."}</p>
      </ConfirmDialog>
    </li>
  );
}
