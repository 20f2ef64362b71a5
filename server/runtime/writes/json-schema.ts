import type { Field } from "./check-data";

type Json = Record<string, unknown>;
type Described = Field & { title?: string; help?: string | undefined; example?: unknown };

const TYPES: Record<Field["type"], Json> = {
  string: { type: "string" },
  number: { type: ["number", "string"] },
  boolean: { type: "boolean" },
  datetime: { type: "string", format: "date-time" },
  date: { type: "string", format: "date" },
  array: { type: "array" },
  object: { type: "object" },
};

function leafOf({ type, title, help, values, maxLength, example, createOnly, updateOnly }: Described): Json {
  const when = createOnly
    ? "Given when the record is created, and not changed later."
    : updateOnly
      ? "Given once the record is there, and not when it is created."
      : undefined;
  const description = [help, when].filter((one) => one).join(" ");
  return {
    ...TYPES[type],
    ...(title === undefined ? {} : { title }),
    ...(description === "" ? {} : { description }),
    ...(values ? { enum: values } : {}),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(example === undefined ? {} : { examples: [example] }),
  };
}

/** Fields as JSON Schema (2020-12): dotted paths become nested objects. `open`: further names are taken, too. */
export function jsonSchemaOf(fields: readonly Described[], { open = false } = {}): Json {
  const names = new Map<string, { leaf: Described | null; inner: Described[] }>();
  for (const field of fields) {
    const [first = "", ...rest] = field.path.split(/(?<!\\)\./);
    const name = first.replaceAll("\\.", ".");
    const known = names.get(name) ?? { leaf: null, inner: [] };
    names.set(name, known);
    if (rest.length === 0) known.leaf = field;
    else known.inner.push({ ...field, path: rest.join(".") });
  }
  const properties = Object.fromEntries(
    [...names].map(([name, { leaf, inner }]) => [name, inner.length === 0 && leaf ? leafOf(leaf) : jsonSchemaOf(inner, { open })]),
  );
  const required = [...names].filter(([, { leaf, inner }]) => leaf?.required || inner.some((one) => one.required)).map(([name]) => name);
  return { type: "object", properties, ...(required.length > 0 ? { required } : {}), additionalProperties: open };
}
