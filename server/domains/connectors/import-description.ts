import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { importOpenApi } from "./import-openapi";
import { importWsdl } from "./import-wsdl";
import { type Drafted, DraftFault, faultText, IMPORT_LIMIT_BYTES, type ManifestFault } from "./schema";

const refused = (message: string, line: number | null): AppError => {
  const faults: ManifestFault[] = [{ line, path: "", message }];
  const text = faultText({ line, path: "", message });
  return new AppError("invalid", text, { details: { issues: [{ path: "text", message: text }], faults } });
};

/** Drafts a private connector from a service's own description, a WSDL or an OpenAPI description. Throws `invalid`, with the line. */
export async function importDescription(ctx: Pick<Ctx, "clock">, { text }: { text: string }): Promise<Drafted> {
  if (Buffer.byteLength(text) > IMPORT_LIMIT_BYTES) throw refused(`The file is larger than ${IMPORT_LIMIT_BYTES / 1_000} kB.`, null);
  const lead = /^\s*/.exec(text)?.[0] ?? "";
  const readAt = ctx.clock.now().toISOString().slice(0, 10);
  try {
    if (text.startsWith("<", lead.length)) return { format: "wsdl", ...importWsdl(text.slice(lead.length), readAt) };
    return { format: "openapi", ...importOpenApi(text, readAt) };
  } catch (error) {
    if (error instanceof DraftFault)
      throw refused(
        error.message,
        error.line === null ? null : error.line + (text.startsWith("<", lead.length) ? lead.split("\n").length - 1 : 0),
      );
    throw error;
  }
}
