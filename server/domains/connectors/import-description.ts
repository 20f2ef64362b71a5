import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { importWsdl } from "./import-wsdl";
import { WsdlFault } from "./read-wsdl";
import { faultText, IMPORT_LIMIT_BYTES, type ManifestFault } from "./schema";

/** A manifest as YAML to go on with, and what is to be looked at in it. Nothing is kept. */
export type Drafted = { format: "wsdl"; source: string; notes: string[] };

const refused = (message: string, line: number | null): AppError => {
  const faults: ManifestFault[] = [{ line, path: "", message }];
  const text = faultText({ line, path: "", message });
  return new AppError("invalid", text, { details: { issues: [{ path: "text", message: text }], faults } });
};

/** Drafts a private connector from a service's own description, a WSDL. Throws `invalid`, with the line. */
export async function importDescription(ctx: Pick<Ctx, "clock">, { text }: { text: string }): Promise<Drafted> {
  if (Buffer.byteLength(text) > IMPORT_LIMIT_BYTES) throw refused(`The file is larger than ${IMPORT_LIMIT_BYTES / 1_000} kB.`, null);
  if (!text.trimStart().startsWith("<")) throw refused("This is no WSDL: it does not begin with an element.", 1);
  try {
    return { format: "wsdl", ...importWsdl(text.trimStart(), ctx.clock.now().toISOString().slice(0, 10)) };
  } catch (error) {
    if (error instanceof WsdlFault) throw refused(error.message, error.line);
    throw error;
  }
}
