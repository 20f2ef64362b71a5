"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Bell, MoreHorizontal, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { faultOf } from "#components/trpc/fault";
import { useVendor } from "#components/trpc/vendor-provider.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { count, formatNumber } from "#components/ui/format";
import { Input } from "#components/ui/input.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { Select } from "#components/ui/select.tsx";
import type { ConsumerRow } from "#server/trpc/views/feed";

type Asking = "move" | "alert" | "remove" | null;

type DialogProps = { row: ConsumerRow; latest: number; oldest: number; onClose: () => void };

function useConsumer(done: () => void) {
  const trpc = useVendor();
  const cache = useQueryClient();
  const options = (failed: string, worked: string) => ({
    onSuccess: () => {
      toast.success(worked);
      done();
    },
    onError: (error: unknown) => toast.error(failed, { description: faultOf(error).detail ?? faultOf(error).text }),
    onSettled: () => void cache.invalidateQueries(trpc.consumers.pathFilter()),
  });
  return {
    move: useMutation(trpc.consumers.put.mutationOptions(options("The consumer was not moved", "Moved"))),
    alert: useMutation(trpc.consumers.put.mutationOptions(options("The alert was not changed", "Alert changed"))),
    remove: useMutation(trpc.consumers.remove.mutationOptions(options("The consumer was not removed", "Consumer removed"))),
  };
}

const WHERE = [
  { value: "oldest", label: "The oldest change there is" },
  { value: "since", label: "A moment" },
  { value: "position", label: "A position" },
  { value: "latest", label: "The newest: skip what waits" },
] as const;
type Where = (typeof WHERE)[number]["value"];

/** Where it is moved to, or null while that is not said. */
function targetOf(where: Where, text: string, { latest, oldest }: { latest: number; oldest: number }) {
  if (where === "oldest") return { position: oldest };
  if (where === "latest") return { position: latest };
  if (where === "since") return Number.isNaN(Date.parse(text)) ? null : { since: new Date(text) };
  const position = Number(text);
  return /^\d+$/.test(text) && position >= oldest && position <= latest ? { position } : null;
}

const AGAIN = "Your backend must take what it knows already a second time.";

function effectOf(target: ReturnType<typeof targetOf>, row: ConsumerRow): string {
  if (target === null) return `It is then given everything behind that point, again if need be. ${AGAIN}`;
  if (!("position" in target) || target.position === undefined)
    return `It is given everything written since then, again if it had it. ${AGAIN}`;
  const changes = count(Math.abs(target.position - row.position), "change");
  if (target.position === row.position) return "It stands there already.";
  return target.position < row.position ? `It is given ${changes} again. ${AGAIN}` : `It skips ${changes}, and is never given them.`;
}

function MoveDialog({ row, latest, oldest, onClose }: DialogProps) {
  const { move } = useConsumer(onClose);
  const [where, setWhere] = useState<Where>("oldest");
  const [text, setText] = useState("");
  const target = targetOf(where, text.trim(), { latest, oldest });
  const stands = target !== null && "position" in target && target.position === row.position;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Move "${row.name}"?`}
      action="Move consumer"
      tone="primary"
      disabled={target === null || stands}
      pending={move.isPending}
      onConfirm={() => target && move.mutate({ name: row.name, ...target })}
    >
      <div className="flex flex-col gap-4 pb-1 text-foreground">
        <Field label="It goes on from">
          <Select<Where>
            value={where}
            options={WHERE}
            onChange={(next) => {
              setWhere(next);
              setText("");
            }}
          />
        </Field>
        {where === "since" ? (
          <Field label="Moment" hint="In your own time zone. Changes are kept for 90 days.">
            <Input type="datetime-local" value={text} onChange={(event) => setText(event.target.value)} />
          </Field>
        ) : null}
        {where === "position" ? (
          <Field
            label="Position"
            hint={`From ${formatNumber(oldest)} to ${formatNumber(latest)}; it stands at ${formatNumber(row.position)}.`}
          >
            <Input inputMode="numeric" value={text} onChange={(event) => setText(event.target.value)} />
          </Field>
        ) : null}
      </div>
      <p aria-live="polite">{effectOf(target, row)}</p>
      <p>
        A reader at work is refused its next page (<code>conflict</code>) and goes on by asking without <code>after</code>.
      </p>
    </ConfirmDialog>
  );
}

function AlertDialog({ row, onClose }: DialogProps) {
  const { alert } = useConsumer(onClose);
  const [text, setText] = useState(String(row.alertAfterMinutes));
  const minutes = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  const fits = minutes >= 1 && minutes <= 43_200;
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`When is "${row.name}" behind?`}
      action="Save"
      tone="primary"
      disabled={!fits}
      pending={alert.isPending}
      onConfirm={() => alert.mutate({ name: row.name, alertAfterMinutes: minutes })}
    >
      <Field
        className="text-foreground"
        label="Minutes its oldest change may wait"
        hint="A reader that works at night needs a day: 1,440."
        error={fits ? null : "From 1 minute to 30 days (43,200)."}
      >
        <Input inputMode="numeric" autoFocus value={text} onChange={(event) => setText(event.target.value)} />
      </Field>
    </ConfirmDialog>
  );
}

function RemoveDialog({ row, onClose }: DialogProps) {
  const { remove } = useConsumer(onClose);
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Remove "${row.name}"?`}
      action="Remove consumer"
      pending={remove.isPending}
      onConfirm={() => remove.mutate({ name: row.name })}
    >
      <p>Its place is forgotten. The feed itself stays as it is.</p>
      <p>If it reads on under this name, it appears again and begins where it asks.</p>
    </ConfirmDialog>
  );
}

const DIALOGS = { move: MoveDialog, alert: AlertDialog, remove: RemoveDialog };

/** What can be done to a consumer. */
export function ConsumerActions({ row, latest, oldest }: Omit<DialogProps, "onClose">) {
  const [asking, setAsking] = useState<Asking>(null);
  const Asked = asking === null ? null : DIALOGS[asking];
  return (
    <>
      <Menu
        trigger={
          <Button variant="ghost" size="icon-sm" aria-label={`More for ${row.name}`}>
            <MoreHorizontal aria-hidden="true" />
          </Button>
        }
      >
        <MenuItem onSelect={() => setAsking("move")}>
          <RotateCcw aria-hidden="true" />
          Move to another point
        </MenuItem>
        <MenuItem onSelect={() => setAsking("alert")}>
          <Bell aria-hidden="true" />
          When it counts as behind
        </MenuItem>
        <MenuItem danger onSelect={() => setAsking("remove")}>
          <Trash2 aria-hidden="true" />
          Remove consumer
        </MenuItem>
      </Menu>
      {Asked ? <Asked row={row} latest={latest} oldest={oldest} onClose={() => setAsking(null)} /> : null}
    </>
  );
}
