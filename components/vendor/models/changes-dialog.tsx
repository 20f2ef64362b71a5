"use client";

import { TriangleAlert } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { count } from "#components/ui/format";
import type { ModelImpact } from "#server/domains/models/model-impact";

/** So many are named at once. */
const FEW = 3;

function reachWords({ templates, customers, records, overrides }: ModelImpact): string {
  if (templates.length === 0 && customers === 0) return "Nobody uses it.";
  const own = overrides > 0 ? `; ${count(overrides, "customer has", "customers have")} mapped it themselves` : "";
  const where =
    templates.length > 0 ? `${templates.slice(0, 3).join(", ")}${templates.length > 3 ? ` and ${templates.length - 3} more` : ""}: ` : "";
  return `${where}${customers > 0 ? `${count(customers, "customer")}, ${count(records, "record")}` : "nobody runs it yet"}${own}.`;
}

/** Who they are: all of them where there are few, and whoever wants to see more opens it. */
function Affected({ names, customers }: ModelImpact) {
  if (names.length === 0) return null;
  const shown = names.slice(0, FEW);
  const rest = names.slice(FEW);
  const unnamed = customers - names.length;
  return (
    <div className="mt-0.5 break-words text-secondary text-xs">
      Affected: <bdi>{shown.join(", ")}</bdi>
      {rest.length === 0 ? (
        "."
      ) : (
        <details className="inline">
          <summary className="ms-1 inline cursor-pointer underline decoration-dotted underline-offset-2">
            and {count(customers - shown.length, "more customer")}
          </summary>
          <bdi className="block">
            {rest.join(", ")}
            {unnamed > 0 ? ` and ${count(unnamed, "other")}` : ""}.
          </bdi>
        </details>
      )}
    </div>
  );
}

type ChangesProps = { changes: readonly ModelImpact[]; onClose: () => void; onSave: () => void; pending: boolean; version: number };

/** What a breaking change takes away, and from whom, before it is saved. */
export function ChangesDialog({ changes, onClose, onSave, pending, version }: ChangesProps) {
  const breaking = changes.filter((change) => change.breaking);
  const rest = changes.length - breaking.length;
  const reached = breaking.some(({ customers }) => customers > 0);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Save version ${version} with ${count(breaking.length, "breaking change")}?`}
      description={
        reached
          ? "Records that are stored are mapped anew at once; what no longer fits is held back until its mapping is corrected."
          : "No customer is affected now."
      }
      className="max-w-[560px]"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant={reached ? "danger" : "primary"} pending={pending} onClick={onSave}>
            Save version {version}
          </Button>
        </>
      }
    >
      <ul className="divide-y divide-hairline rounded-md border border-hairline">
        {breaking.map((change) => (
          <li key={change.field + change.kind} className="flex items-start gap-2.5 px-3 py-2.5 text-sm">
            <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 stroke-[1.75] text-warning-text" />
            <div className="min-w-0">
              <p className="break-words">
                <code className="font-medium">{change.field}</code> {change.message}.
              </p>
              <p className="mt-0.5 break-words text-secondary text-xs">{reachWords(change)}</p>
              <Affected {...change} />
            </div>
          </li>
        ))}
      </ul>
      {rest > 0 ? (
        <p className="mt-3 text-secondary text-sm">
          Besides, {count(rest, "change")} that {rest === 1 ? "breaks" : "break"} nothing.
        </p>
      ) : null}
    </Dialog>
  );
}
