import { toFields } from "#components/vendor/mapping/field-draft";
import { contentOf } from "#components/vendor/mapping/use-mapping-draft";
import type { MappingContent, MappingEditorView } from "#server/trpc/views";

/**
 * What an earlier version is as a draft of today: without fields that the model has lost since, and without the filter where the stream only
 * writes, which takes none. `unfiltered`: there was one.
 */
export function adopted({ direction, model }: Pick<MappingEditorView, "direction" | "model">, told: MappingContent) {
  const { fields, filter, choices } = contentOf(told, new Set(model.fields.map(({ key }) => key)));
  const kept = direction === "push" ? null : filter;
  return { fields: toFields(fields, model.fields), filter: kept, choices, unfiltered: kept !== filter };
}
