import { manifestShape } from "./shape";

let text: string | undefined;

/** The JSON Schema of the manifest file, for editors to complete and check by. Built once. */
export function manifestSchemaText(): string {
  text ??= `${JSON.stringify({ ...manifestShape(), title: "Inlay connector manifest" }, null, 1)}\n`;
  return text;
}
