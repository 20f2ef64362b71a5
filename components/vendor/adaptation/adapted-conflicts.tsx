"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { ruleWords } from "#components/vendor/adaptation/adapted-field.tsx";
import type { Adapted, Adapting } from "#components/vendor/adaptation/use-adaptations";
import type { FieldMapping } from "#server/mapping/schema";

type Conflict = Adapted["overrides"]["conflicts"][number];
type Keep = "customer" | "template";
type ConflictsProps = { stream: Adapted; titles: ReadonlyMap<string, string>; customerName: string; adapting: Adapting };

function Side({
  title,
  field,
  titles,
  label,
  action,
  onTake,
}: {
  title: string;
  field: FieldMapping | null;
  titles: ReadonlyMap<string, string>;
  label: string;
  action: string;
  onTake: () => void;
}) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5 rounded-md border border-hairline bg-surface px-3.5 py-3">
      <h4 className="text-secondary text-xs">{title}</h4>
      <p className="break-words text-sm">{ruleWords(field, titles)}</p>
      <div className="mt-auto pt-1">
        <Button size="sm" aria-label={label} onClick={onTake}>
          {action}
        </Button>
      </div>
    </div>
  );
}

/** Fields that a new version of the template and the customer have both changed: decided for the customer, after a question. */
export function AdaptedConflicts({ stream, titles, customerName, adapting }: ConflictsProps) {
  const [asked, setAsked] = useState<{ conflict: Conflict; keep: Keep } | null>(null);
  const { conflicts, n } = stream.overrides;
  const nameOf = (target: string) => stream.model.fields.find(({ key }) => key === target)?.name ?? target;
  if (conflicts.length === 0) return null;
  const name = asked ? nameOf(asked.conflict.target) : "";
  const comes = asked ? ruleWords(asked.conflict[asked.keep], titles) : "";
  return (
    <section aria-label="Changed by the template and the customer" className="rounded-lg border border-hairline bg-warning-soft">
      <ul className="divide-y divide-hairline">
        {conflicts.map((conflict) => {
          const { target, takenBy } = conflict;
          const side = (keep: Keep, title: string, action: string) => (
            <Side
              {...{ title, titles, action }}
              field={conflict[keep]}
              label={`${nameOf(target)}: ${action.toLowerCase()}`}
              onTake={() => setAsked({ conflict, keep })}
            />
          );
          return (
            <li key={target} className="px-4 py-3.5 sm:px-5">
              <p className="text-sm">
                <strong className="font-medium">
                  {takenBy === undefined
                    ? `${nameOf(target)} was changed by the template and by ${customerName}.`
                    : `${nameOf(takenBy)} of the template is now written where ${nameOf(target)} of ${customerName} was.`}
                </strong>{" "}
                <span className="text-secondary">
                  {takenBy === undefined
                    ? "Theirs stays in force until somebody decides: they in the marketplace, or you here."
                    : "Theirs is not written there any more, until it gets another place: they decide in the marketplace, or you here."}
                </span>
              </p>
              <div className="mt-2.5 grid gap-3 sm:grid-cols-2">
                {side("customer", `What ${customerName} has`, "Keep theirs")}
                {side("template", "New in the template", "Take the template’s")}
              </div>
            </li>
          );
        })}
      </ul>
      <ConfirmDialog
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        title={
          asked?.keep === "customer" ? `Keep what ${customerName} has for ${name}?` : `Take the template’s ${name} for ${customerName}?`
        }
        action={asked?.keep === "customer" ? "Keep theirs" : "Take the template’s"}
        tone="primary"
        pending={adapting.settle.isPending}
        onConfirm={() =>
          asked &&
          adapting.settle.mutate(
            { streamId: stream.streamId, n, target: asked.conflict.target, keep: asked.keep },
            { onSettled: () => setAsked(null) },
          )
        }
      >
        <p>
          {name} is then: {comes}.
        </p>
        <p>Their history says that your team decided, and it can be gone back from.</p>
      </ConfirmDialog>
    </section>
  );
}
