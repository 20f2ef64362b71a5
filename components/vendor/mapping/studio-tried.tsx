"use client";

import { DryRunCard } from "#components/vendor/mapping/dry-run-card.tsx";
import { MappingHistory } from "#components/vendor/mapping/mapping-history.tsx";
import { useAdopting } from "#components/vendor/mapping/use-adopting";
import type { useMappingDraft } from "#components/vendor/mapping/use-mapping-draft";
import type { Storing } from "#components/vendor/mapping/use-storing";
import type { CustomerPreview } from "#server/domains/mappings/preview-customer";
import type { MappingEditorView } from "#server/trpc/views";

type TriedProps = {
  view: MappingEditorView;
  of: { templateId: string; streamKey: string };
  customer: CustomerPreview | null;
  connectionId: string | null;
  draft: ReturnType<typeof useMappingDraft>;
  storing: Storing;
  samples: MappingEditorView["samples"];
  may: boolean;
};

/** Under the preview: what would become of all of a customer's records, and what was published before. */
export function Tried({ view, of, draft, storing, customer, connectionId, samples, may }: TriedProps) {
  const adopt = useAdopting(view, of, storing.restart);
  return (
    <>
      {customer && connectionId !== null ? (
        <DryRunCard
          key={connectionId}
          {...of}
          connectionId={connectionId}
          customerName={customer.customerName}
          integrationName={view.integrationName}
          writes={view.direction !== "pull"}
          content={draft.content}
          model={draft.model}
          fields={storing.fields}
          disabled={!may}
        />
      ) : null}
      <MappingHistory
        {...of}
        model={draft.model}
        samples={samples}
        published={draft.published}
        inUse={view.published?.version ?? null}
        onAdopt={may ? adopt : null}
        replaces={draft.dirty || view.draft ? "It takes the place of the draft there is." : null}
      />
    </>
  );
}
