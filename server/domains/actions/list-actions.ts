import type { Ctx } from "#server/lib/context";
import type { Field } from "#server/runtime/writes/check-data";
import { jsonSchemaOf } from "#server/runtime/writes/json-schema";
import { OPERATIONS, type Operation } from "#server/runtime/writes/plan";
import { placeOf } from "./internal";

type Json = Record<string, unknown>;
export type ActionView = {
  key: string;
  title: string;
  description: string;
  kind: "lookup" | "action";
  input: Json;
  output: { path: string; type: string; title: string }[];
  example: { input: Json };
};
export type WritableView = { object: string; title: string; operations: Operation[]; data: Json };

/** What can be asked of, and written through, a connection: with JSON Schemas of what it takes. */
export async function listActions(ctx: Ctx, input: { connectionId: string }): Promise<{ actions: ActionView[]; objects: WritableView[] }> {
  const { manifest } = await placeOf(ctx, input.connectionId);
  const actions = Object.entries(manifest.actions).map(([key, action]) => ({
    key,
    title: action.title,
    description: action.description,
    kind: action.kind,
    input: jsonSchemaOf(action.input.map((field) => ({ ...field, path: field.key }))),
    output: action.output,
    example: { input: action.sample.input },
  }));
  const objects = Object.entries(manifest.objects).flatMap(([object, { title, writes }]) => {
    if (!writes) return [];
    const fields: (Field & { title: string })[] = writes.fields;
    const operations = OPERATIONS.filter((operation) => writes[operation]);
    return [{ object, title, operations, data: jsonSchemaOf(fields, { open: writes.open }) }];
  });
  return { actions, objects };
}
