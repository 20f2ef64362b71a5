import { type ModelField, ModelFields } from "../models/schema";
import type { ReadyModel } from "./ready-schema";

/** A model of the vendor's as it is; null when there is none of that key. */
export type KnownModel = { fields: ModelField[]; version: number; name: string; description: string; archived: boolean } | null;

export type ModelClash = { field: string; message: string };

/** What taking a ready template over does to one model. */
export type ModelPlan = {
  /** As the ready template calls it. */
  key: string;
  /** As the vendor does. */
  target: string;
  name: string;
  description: string;
  /** `creates`: there is none yet. `fits`: nothing changes. `adds`: fields or values come to it. `clashes`: it cannot be so. */
  state: "creates" | "fits" | "adds" | "clashes";
  /** All fields that a new model gets, or those that come to one there is. */
  added: ModelField[];
  /** Values that come to choices of the model. */
  values: { field: string; added: string[] }[];
  clashes: ModelClash[];
  /** Fields that the model needs and the template does not fill. */
  open: string[];
  /** All of it afterwards. */
  fields: ModelField[];
};

type Type = ModelField["type"];
/** Types whose values are text, and so fit a text field as they are. */
const TEXTS: ReadonlySet<Type> = new Set<Type>(["string", "enum", "reference", "date", "datetime", "decimal"]);

const goesInto = (ready: ModelField, known: ModelField) => known.type === ready.type || (known.type === "string" && TEXTS.has(ready.type));

const clashOf = (ready: ModelField, known: ModelField): ModelClash => ({
  field: ready.key,
  message: `is ${known.type} in your model and ${ready.type} here. Take another model for it, or change the field's type to ${ready.type}.`,
});

/** A field that comes to a model there is must not be required: other mappings of it do not fill it. */
const asAddition = (field: ModelField): ModelField => ({ ...field, required: false });

function merged(wanted: readonly ModelField[], known: ModelField[]) {
  const byKey = new Map(known.map((field) => [field.key, field]));
  const added: ModelField[] = [];
  const values: ModelPlan["values"] = [];
  const clashes: ModelClash[] = [];
  const changed = new Map<string, ModelField>();
  for (const field of wanted) {
    const mine = byKey.get(field.key);
    if (!mine) added.push(asAddition(field));
    else if (!goesInto(field, mine)) clashes.push(clashOf(field, mine));
    else if (mine.type === "enum") {
      const more = (field.values ?? []).filter((value) => !(mine.values ?? []).includes(value));
      if (more.length === 0) continue;
      values.push({ field: field.key, added: more });
      changed.set(field.key, { ...mine, values: [...(mine.values ?? []), ...more] });
    }
  }
  const fields = [...known.map((field) => changed.get(field.key) ?? field), ...added];
  return { added, values, clashes, fields };
}

/** Places that exclude each other: `lines` is a list of texts there, and `lines[].sku` is wanted. */
function placeClashes(fields: ModelField[], added: ModelField[]): ModelClash[] {
  const parsed = ModelFields.safeParse(fields);
  if (parsed.success) return [];
  return parsed.error.issues.slice(0, 5).map(({ path, message }) => {
    const field = fields[typeof path[0] === "number" ? path[0] : -1]?.key ?? added[0]?.key ?? "fields";
    return { field, message: `${message} (in your model). Take another model for it.` };
  });
}

/** What the streams do with a model's fields: `filled` by each of them, `used` by any, be it that customers may fill it. */
export type FieldUse = { filled: ReadonlySet<string>; used: ReadonlySet<string> };

/** What one model becomes. Pure. A new one gets all its fields; one there is gets only those that are used, and nothing of it changes. */
export function planModel(ready: ReadyModel, target: string, known: KnownModel, { filled, used }: FieldUse): ModelPlan {
  const { name, description } = known ?? ready;
  const base = { key: ready.key, target, name, description };
  if (known === null) return { ...base, state: "creates", added: ready.fields, values: [], clashes: [], open: [], fields: ready.fields };
  const { added, values, clashes, fields } = merged(
    ready.fields.filter(({ key }) => used.has(key)),
    known.fields,
  );
  const open = known.fields.filter(({ key, required }) => required && !filled.has(key)).map(({ name }) => name);
  const away = known.archived ? [{ field: target, message: "is archived. Take it out of the archive, or take another model." }] : [];
  const all = [...away, ...clashes, ...placeClashes(fields, added)];
  const state = all.length > 0 ? "clashes" : added.length > 0 || values.length > 0 ? "adds" : "fits";
  return { ...base, state, added, values, clashes: all, open, fields };
}
