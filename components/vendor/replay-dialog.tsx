"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { count, formatNumber } from "#components/ui/format";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { WebhookEndpointRow } from "#server/trpc/views";

type Only = "all" | "dead";
const WHICH = [
  { value: "all", label: "All that was sent" },
  { value: "dead", label: "Only what was given up" },
] as const;

const NO_SECONDS = 16;
/** A moment as the input has it: local, to the minute. */
const local = (date: Date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, NO_SECONDS);

function found(plan: { matching: number; most: number } | undefined, isValid: boolean): string {
  if (!isValid) return "The beginning must lie before the end.";
  if (!plan) return "Counting…";
  if (plan.matching === 0) return "Nothing was sent in that time.";
  const words = count(plan.matching, "message");
  return plan.matching > plan.most
    ? `${words} lie in that time; at most ${formatNumber(plan.most)} are sent again at once. Choose a shorter time.`
    : `${words} will be sent again, ${plan.matching === 1 ? "under its" : "each under its"} own id, so that your backend can tell.`;
}

/** Sends what an endpoint was told in a span of time again; how much that is stands there before. */
export function ReplayDialog({ row, onClose }: { row: WebhookEndpointRow; onClose: () => void }) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const [from, setFrom] = useState(() => local(new Date(Date.now() - 86_400_000)));
  const [to, setTo] = useState(() => local(new Date(Date.now() + 60_000)));
  const [type, setType] = useState("");
  const [only, setOnly] = useState<Only>("all");
  const isValid = Date.parse(from) < Date.parse(to);
  const range = { id: row.id, from: new Date(from), to: new Date(to), only, ...(type.trim() ? { type: type.trim() } : {}) };
  const plan = useQuery(trpc.webhooks.planReplay.queryOptions(range, { enabled: isValid }));
  const replay = useMutation(
    trpc.webhooks.replayRange.mutationOptions({
      onSuccess: ({ replayed }) => {
        toast.success(`${count(replayed, "message is", "messages are")} being sent again`);
        onClose();
      },
      onError: (error) => toast.error("Nothing was sent again", { description: faultOf(error).detail ?? faultOf(error).text }),
      onSettled: () => void cache.invalidateQueries(trpc.webhooks.pathFilter()),
    }),
  );
  const fits = isValid && plan.data !== undefined && plan.data.matching > 0 && plan.data.matching <= plan.data.most;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Send messages again?"
      action="Send again"
      tone="primary"
      disabled={!fits}
      pending={replay.isPending}
      onConfirm={() => replay.mutate(range)}
    >
      <p className="break-all">
        <code>{row.url}</code>
      </p>
      <div className="grid grid-cols-1 gap-4 py-1 text-foreground sm:grid-cols-2">
        <Field label="From">
          <Input type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} />
        </Field>
        <Field label="To">
          <Input type="datetime-local" value={to} onChange={(event) => setTo(event.target.value)} />
        </Field>
        <Field label="Which">
          <Select<Only> value={only} onChange={setOnly} options={WHICH} />
        </Field>
        <Field label="Event type" optional>
          <Input
            value={type}
            onChange={(event) => setType(event.target.value)}
            placeholder="records.changed"
            spellCheck={false}
            maxLength={100}
          />
        </Field>
      </div>
      <p aria-live="polite">{plan.isError ? faultOf(plan.error).text : found(plan.data, isValid)}</p>
    </ConfirmDialog>
  );
}
