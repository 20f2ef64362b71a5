import { AppError } from "#server/lib/errors";
import type { SeenType, SourceField } from "#server/lib/source-field";
import type { Describe, Manifest } from "./manifest";
import { ownRequest } from "./paging/own-object";
import { plainRequest } from "./paging/request";
import { at, textAt } from "./paths";
import { specOf } from "./read-plan";
import type { Send } from "./send";

const MAX_FIELDS = 5_000;

/** The fields every account has, as the manifest declares them. */
export const declaredFields = (manifest: Manifest, object: string): SourceField[] =>
  specOf(manifest, object).fields.map(({ path, type, title }) => ({ path, type, title }));

const is = (field: unknown, sign: Describe["custom"]): boolean => {
  if (!sign) return false;
  const found = at(field, sign.path);
  return sign.equals === undefined ? found === true : found === sign.equals;
};

function valuesOf(field: unknown, { values }: Describe): string[] | undefined {
  if (!values) return undefined;
  const list = at(field, values.list);
  if (!Array.isArray(list)) return undefined;
  const found = list.slice(0, 1_000).flatMap((one) => textAt(one, values.value) ?? []);
  return found.length > 0 ? found : undefined;
}

function fieldOf(field: unknown, describe: Describe): SourceField | null {
  const name = textAt(field, describe.name);
  if (name === null || name.length > 200) return null;
  const type: SeenType = describe.types[String(describe.type === undefined ? "" : at(field, describe.type))] ?? "string";
  const values = valuesOf(field, describe);
  return {
    path: describe.prefix + name,
    title: (describe.title === undefined ? null : textAt(field, describe.title)) ?? name,
    type,
    ...(values ? { values } : {}),
    ...(describe.required === undefined ? {} : { required: at(field, describe.required) === true }),
    ...(is(field, describe.custom) ? { custom: true } : {}),
  };
}

/**
 * `complete` = the source itself said so. `prefix` = where: a field right under it that is not among these is none any more, whatever old
 * records hold. Not given when the source described more than we take.
 */
export type Described = { fields: SourceField[]; complete: boolean; prefix?: string };

/**
 * The fields an account's records have, its own among them: asked of the source where the manifest says how, else those that
 * are declared. Throws what `send` throws, and `provider_invalid_response`.
 */
export async function describeObject(send: Send, manifest: Manifest, object: string, config: Record<string, string>): Promise<Described> {
  const { describe } = specOf(manifest, object);
  const declared = declaredFields(manifest, object);
  if (!describe) return { fields: declared, complete: false };
  const { protocol } = manifest.http;
  const reply = await send(plainRequest(ownRequest(describe.request, config, protocol), protocol));
  const list = at(reply.json, describe.fields);
  if (!Array.isArray(list))
    throw new AppError("provider_invalid_response", `${manifest.name} sent no list of fields at "${describe.fields}".`);
  const described = list.slice(0, MAX_FIELDS).flatMap((one) => fieldOf(one, describe) ?? []);
  const known = new Set(described.map((field) => field.path));
  // What stands around the fields (an id, stamps) is declared and not described.
  return {
    fields: [...declared.filter((field) => !known.has(field.path) && !field.path.startsWith(describe.prefix || "\0")), ...described],
    complete: true,
    ...(list.length > MAX_FIELDS ? {} : { prefix: describe.prefix }),
  };
}
