import type { FieldChoices } from "#server/mapping/overrides";
import type { FieldMapping } from "#server/mapping/schema";
import { toFill } from "#server/mapping/unfilled";
import type { Manifest } from "#server/runtime/manifest";
import { checkFields } from "../mappings/internal";
import type { ModelField } from "../models/schema";
import { checkDirection } from "./check-direction";
import { refuse } from "./internal";
import type { TemplateStream } from "./schema";

type Checked = {
  stream: Pick<TemplateStream, "object" | "model" | "direction" | "match" | "owners" | "deletes">;
  fields: unknown;
  model: { fields: ModelField[]; archivedAt: Date | null } | undefined;
  /** Null where the connector is only announced. */
  manifest: Manifest | null;
  /** Whether all that the model requires has to be filled, by the template or by who has to choose. */
  complete: boolean;
  choices?: FieldChoices | undefined;
};

/** What is published has to work from the first record on. */
function checkComplete(open: readonly ModelField[]): void {
  if (open.length === 0) return;
  const names = open.slice(0, 5).map(({ name }) => name);
  throw refuse("fields", `${names.join(", ")}: required by the model. Choose where ${open.length === 1 ? "it comes" : "they come"} from.`);
}

/** Proves that a stream can work with this mapping into this model; `invalid` says what cannot. Returns the fields as they are kept. */
export async function checkStream({ stream, fields: wanted, model, manifest, complete, choices = {} }: Checked): Promise<FieldMapping[]> {
  if (!model || model.archivedAt) throw refuse("model", `There is no model "${stream.model}". Create it, or choose another.`);
  const fields = await checkFields(wanted, model.fields);
  if (complete) checkComplete(toFill(fields, model.fields, { direction: stream.direction ?? "pull", choices }));
  if (manifest) checkDirection(manifest, stream, fields);
  return fields;
}
