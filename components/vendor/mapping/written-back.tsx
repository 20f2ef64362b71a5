import { WaysNote } from "#components/vendor/templates/ways-note.tsx";
import type { Ways } from "#server/mapping/ways-back";
import type { MappingEditorView } from "#server/trpc/views";

/** Of a stream that writes: how many fields go back, which do not and why, and what a new record would lack. */
export function WrittenBack({
  ways,
  view,
}: {
  ways: Ways | null;
  view: Pick<MappingEditorView, "direction" | "integrationName" | "model">;
}) {
  if (!ways) return null;
  return (
    <div className="border-hairline border-b px-4 py-3 sm:px-5">
      <WaysNote
        ways={ways}
        direction={view.direction}
        name={view.integrationName}
        nameOf={(key) => view.model.fields.find((field) => field.key === key)?.name ?? key}
      />
    </div>
  );
}
