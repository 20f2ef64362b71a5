import { describedSchema } from "./describe";

let text: string | undefined;

/** The JSON Schema of the manifest file, with words and examples, for editors to complete and check by. Built once. */
export function manifestSchemaText(): string {
  text ??= `${JSON.stringify({ ...describedSchema().schema, title: "Inlay connector manifest" }, null, 1)}\n`;
  return text;
}
