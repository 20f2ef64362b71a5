import { Resolver } from "node:dns/promises";
import { AppError } from "#server/lib/errors";

/** The texts of a name's TXT records, none when it has none. */
export type LookUpTxt = (name: string) => Promise<string[]>;

const NOTHING = new Set(["ENOTFOUND", "ENODATA"]);

/** Asks the machine's own name servers. `provider_unavailable` when they do not answer within some seconds. */
export const lookUpTxt: LookUpTxt = async (name) => {
  try {
    const records = await new Resolver({ timeout: 3_000, tries: 2 }).resolveTxt(name);
    return records.map((parts) => parts.join(""));
  } catch (error) {
    if (NOTHING.has(String((error as { code?: unknown }).code))) return [];
    throw new AppError("provider_unavailable", `The name servers do not answer for ${name}. Try again in a moment.`, { cause: error });
  }
};
