"use client";

import Link from "next/link";
import { memo, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { count } from "#components/ui/format";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { type ModelVersion, ModelVersionDialog } from "#components/vendor/models/model-version-dialog.tsx";
import type { ModelDetail } from "#server/domains/models/get-model";
import { compareModels } from "#server/mapping/model-changes";

/** What a version brought against the one before, in a line. */
function changeWords(now: ModelVersion, before: ModelVersion | undefined): string {
  if (!before) return now.version === 1 ? "Created" : "Changed";
  const changes = compareModels(before.fields, now.fields);
  const [first, ...more] = changes;
  if (!first) return now.name === before.name ? "Description changed" : `Renamed from “${before.name}”`;
  return `${first.field} ${first.message.split(";")[0]}${more.length > 0 ? `, and ${count(more.length, "more change", "more changes")}` : ""}`;
}

function History({ model, onAdopt }: AsideProps) {
  const [open, setOpen] = useState<number | null>(null);
  const current: ModelVersion = { ...model, createdBy: model.updatedBy, createdAt: model.updatedAt };
  const versions = [current, ...model.history];
  return (
    <Card className="min-w-0">
      <CardHeader title="Versions" />
      <ol className="divide-y divide-hairline">
        {versions.map((version, index) => (
          <li key={version.version}>
            <button
              type="button"
              aria-haspopup="dialog"
              onClick={() => setOpen(index)}
              className="block w-full px-4 py-2 text-start text-sm hover:bg-hover focus-visible:outline-offset-[-2px] sm:px-5"
            >
              <span className="flex items-center gap-2">
                <span className="font-medium tabular-nums">Version {version.version}</span>
                {index === 0 ? <Badge tone="success">Current</Badge> : null}
                <span className="ms-auto min-w-0 truncate text-secondary text-xs">
                  {version.createdBy ? `${version.createdBy}, ` : ""}
                  <RelativeTime date={version.createdAt} />
                </span>
              </span>
              <span className="mt-0.5 block break-words text-secondary text-xs">{changeWords(version, versions[index + 1])}</span>
            </button>
          </li>
        ))}
      </ol>
      <ModelVersionDialog versions={versions} open={open} onClose={() => setOpen(null)} onAdopt={onAdopt} />
    </Card>
  );
}

type AsideProps = {
  model: ModelDetail;
  /** Puts a version into the editor; null where the viewer may not. */
  onAdopt: ((version: Pick<ModelDetail, "name" | "fields">) => void) | null;
};

/** Who fills the model, and what it was before. Not drawn anew while fields are typed. */
export const ModelAside = memo(function ModelAside({ model, onAdopt }: AsideProps) {
  return (
    <div className="grid items-start gap-6 lg:grid-cols-2">
      <Card className="min-w-0">
        <CardHeader title="Filled by" />
        {model.usedBy.length === 0 ? (
          <p className="px-4 py-3 text-secondary text-sm sm:px-5">
            No template yet. Offer an object of an integration and choose this model.
          </p>
        ) : (
          <ul className="divide-y divide-hairline">
            {model.usedBy.map(({ templateId, template, stream }) => (
              <li key={`${templateId} ${stream}`} className="flex min-h-10 items-center gap-2 px-4 py-1.5 text-sm sm:px-5">
                <Link href={`/templates/${templateId}`} className="truncate font-medium hover:underline">
                  {template}
                </Link>
                <span className="ms-auto truncate text-secondary">{stream}</span>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <History model={model} onAdopt={onAdopt} />
    </div>
  );
});
