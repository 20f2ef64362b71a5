"use client";

import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { count, formatExact } from "#components/ui/format";
import { Select } from "#components/ui/select.tsx";
import { FIELD_TYPE_WORDS, TypeIcon } from "#components/vendor/field-type.tsx";
import type { ModelField } from "#server/domains/models/schema";
import { compareModels, type ModelChange } from "#server/mapping/model-changes";

export type ModelVersion = { version: number; fields: ModelField[]; name: string; createdBy: string; createdAt: Date };

const NOTHING = "-";

/** What differs, field by field. */
function Differences({ before, after }: { before: ModelVersion; after: ModelVersion }) {
  const changes = compareModels(before.fields, after.fields);
  const renamed = before.name === after.name ? null : `Called “${before.name}” before.`;
  if (changes.length === 0) return <p className="text-secondary text-sm">{renamed ?? "Their fields are the same."}</p>;
  return (
    <>
      {renamed ? <p className="mb-2 text-secondary text-sm">{renamed}</p> : null}
      <ul className="divide-y divide-hairline rounded-md border border-hairline">
        {changes.map((change: ModelChange) => (
          <li key={change.field + change.kind} className="flex items-start gap-2 px-3 py-2 text-sm">
            <span className="min-w-0 flex-1 break-words">
              <code className="font-medium">{change.field}</code> {change.message}.
            </span>
            {change.breaking ? <Badge tone="warning">Breaking</Badge> : null}
          </li>
        ))}
      </ul>
    </>
  );
}

function Fields({ fields }: { fields: readonly ModelField[] }) {
  return (
    <details className="mt-4">
      <summary className="cursor-pointer rounded-sm font-medium text-sm">All {count(fields.length, "field")} of it</summary>
      <ul className="mt-2 max-h-72 divide-y divide-hairline overflow-y-auto rounded-md border border-hairline">
        {fields.map(({ key, name, type, required }) => (
          <li
            key={key}
            className="flex items-center gap-2 px-3 py-1.5 text-sm [contain-intrinsic-size:auto_33px] [content-visibility:auto]"
          >
            <TypeIcon type={type} />
            <span className="min-w-0 flex-1 truncate">
              {name} <code className="text-subtle">{key}</code>
            </span>
            <span className="shrink-0 text-secondary text-xs">
              {FIELD_TYPE_WORDS[type]}
              {required ? ", required" : ""}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

type DialogProps = {
  /** Newest first; the first is the current one. */
  versions: readonly ModelVersion[];
  /** Which is open, by its place. */
  open: number | null;
  onClose: () => void;
  onAdopt: ((version: ModelVersion) => void) | null;
};

/** A version of a model: what it says, against any other, and the way back to it. */
export function ModelVersionDialog({ versions, open, onClose, onAdopt }: DialogProps) {
  const [against, setAgainst] = useState<string | null>(null);
  const shown = open === null ? undefined : versions[open];
  if (open === null || !shown) return null;
  const older = versions[open + 1];
  const usual = older ? String(older.version) : open > 0 ? String(versions[0]?.version) : NOTHING;
  const chosen = against !== null && against !== String(shown.version) ? against : usual;
  const other = versions.find(({ version }) => String(version) === chosen);
  const others = versions.filter(({ version }) => version !== shown.version);
  const close = () => {
    setAgainst(null);
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && close()}
      title={`Version ${shown.version} of ${shown.name}`}
      description={`${shown.createdBy ? `${shown.createdBy}, ` : ""}${formatExact(shown.createdAt)}`}
      className="max-w-[620px]"
      footer={
        open > 0 && onAdopt ? (
          <>
            <Button onClick={close}>Close</Button>
            <Button
              variant="primary"
              onClick={() => {
                onAdopt(shown);
                close();
              }}
            >
              Put it into the editor
            </Button>
          </>
        ) : null
      }
    >
      {others.length > 0 && other ? (
        <>
          <div className="mb-3 flex flex-wrap items-center gap-2 text-sm">
            <span>What it changed against</span>
            <Select
              aria-label="Compare with"
              className="w-auto"
              value={chosen}
              options={others.map(({ version }, at) => ({
                value: String(version),
                label: `version ${version}${at === 0 && open > 0 ? ", the current one" : ""}`,
              }))}
              onChange={setAgainst}
            />
          </div>
          <Differences before={other} after={shown} />
        </>
      ) : (
        <p className="text-secondary text-sm">It is the first one that is kept.</p>
      )}
      <Fields fields={shown.fields} />
      {open > 0 && onAdopt ? (
        <p className="mt-4 text-secondary text-xs">
          In the editor nothing is saved yet: saving it says what would break, and for whom, and makes a new version.
        </p>
      ) : null}
    </Dialog>
  );
}
