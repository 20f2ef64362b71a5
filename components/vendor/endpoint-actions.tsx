"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { History, KeyRound, MoreHorizontal, Power, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { count } from "#components/ui/format";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { ReplayDialog } from "#components/vendor/replay-dialog.tsx";
import type { WebhookEndpointRow } from "#server/trpc/views";

type Asking = "remove" | "rotate" | "disable" | "replay" | null;

function useEndpointActions(row: WebhookEndpointRow, onSecret: (secret: string) => void, done: () => void) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const options = (title: string) => ({
    onError: (error: unknown) => {
      const fault = faultOf(error);
      toast.error(title, { description: fault.detail ?? fault.text });
    },
    onSettled: () => {
      void cache.invalidateQueries(trpc.webhooks.pathFilter());
      done();
    },
  });
  const remove = useMutation(
    trpc.webhooks.remove.mutationOptions({
      ...options("The endpoint was not removed"),
      onSuccess: () => toast.success("Endpoint removed"),
    }),
  );
  const rotate = useMutation(
    trpc.webhooks.rotate.mutationOptions({ ...options("The secret was not replaced"), onSuccess: ({ secret }) => onSecret(secret) }),
  );
  const status = useMutation(
    trpc.webhooks.setStatus.mutationOptions({
      ...options("The endpoint was not switched"),
      onSuccess: (_, { status }) =>
        status === "active"
          ? toast.success("Endpoint switched on", { description: "It is told once of all that changed meanwhile." })
          : toast.success("Endpoint switched off"),
    }),
  );
  const replay = useMutation(
    trpc.webhooks.replayFailed.mutationOptions({
      ...options("Nothing was sent again"),
      onSuccess: ({ replayed }) => toast.success(`${count(replayed, "delivery is", "deliveries are")} being sent again`),
    }),
  );
  return { remove, rotate, status, replay, id: row.id };
}

type EndpointActionsProps = { row: WebhookEndpointRow; onSecret: (secret: string) => void };

/** What can be done to an endpoint: the one thing it needs as a button, all else in the menu. */
export function EndpointActions({ row, onSecret }: EndpointActionsProps) {
  const [asking, setAsking] = useState<Asking>(null);
  const { remove, rotate, status, replay, id } = useEndpointActions(row, onSecret, () => setAsking(null));
  const off = row.status === "disabled";
  return (
    <span className="inline-flex items-center gap-1">
      {off ? (
        <Button
          size="sm"
          pending={status.isPending}
          onClick={() => status.mutate({ id, status: "active" })}
          aria-label={`Switch on ${row.url}`}
        >
          Switch on
        </Button>
      ) : null}
      <Menu
        trigger={
          <Button variant="ghost" size="icon-sm" aria-label={`More for ${row.url}`}>
            <MoreHorizontal aria-hidden="true" />
          </Button>
        }
      >
        {row.dead > 0 && !off ? (
          <MenuItem onSelect={() => replay.mutate({ id })}>
            <RotateCcw aria-hidden="true" />
            Send the {row.dead === 1 ? "one" : row.dead} given up again
          </MenuItem>
        ) : null}
        {off ? null : (
          <MenuItem onSelect={() => setAsking("replay")}>
            <History aria-hidden="true" />
            Send a span of time again
          </MenuItem>
        )}
        <MenuItem onSelect={() => setAsking("rotate")}>
          <KeyRound aria-hidden="true" />
          Replace the secret
        </MenuItem>
        {off ? null : (
          <MenuItem onSelect={() => setAsking("disable")}>
            <Power aria-hidden="true" />
            Switch off
          </MenuItem>
        )}
        <MenuItem danger onSelect={() => setAsking("remove")}>
          <Trash2 aria-hidden="true" />
          Remove endpoint
        </MenuItem>
      </Menu>
      {asking === "replay" ? <ReplayDialog row={row} onClose={() => setAsking(null)} /> : null}
      <ConfirmDialog
        open={asking === "remove"}
        onOpenChange={(open) => !open && setAsking(null)}
        title="Remove this endpoint?"
        action="Remove endpoint"
        pending={remove.isPending}
        onConfirm={() => remove.mutate({ id })}
      >
        <p className="break-all">
          <code>{row.url}</code>
        </p>
        <p>It gets no more messages, and its delivery log is deleted. Changes can still be read from the feed.</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === "rotate"}
        onOpenChange={(open) => !open && setAsking(null)}
        title="Replace the signing secret?"
        action="Replace the secret"
        tone="primary"
        pending={rotate.isPending}
        onConfirm={() => rotate.mutate({ id, overlapHours: 24 })}
      >
        <p>
          You are shown a new secret. For 24 hours every message is signed with both, so your backend can change over without losing one.
        </p>
        <p>If the old one has leaked, end it at once through the API: rotate-secret with overlapHours 0.</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === "disable"}
        onOpenChange={(open) => !open && setAsking(null)}
        title="Switch this endpoint off?"
        action="Switch off"
        pending={status.isPending}
        onConfirm={() => status.mutate({ id, status: "disabled" })}
      >
        <p>It gets no messages until it is switched on; then it is told once of all that changed meanwhile. Nothing is lost.</p>
      </ConfirmDialog>
    </span>
  );
}
