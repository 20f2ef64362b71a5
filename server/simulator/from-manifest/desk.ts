import { fillIn } from "./account";
import type { Call, Said } from "./role";

/** Filled into templates, by name. */
export type Texts = Record<string, string>;
/** What a desk says: a tree, or a text of its own. */
export type Spoken = Said & { text?: string };

/** Whether an address is the template's. */
export const isAt = (call: Call, template: string, values: Texts): boolean => {
  const url = new URL(fillIn(template, values));
  return url.host === call.url.host && url.pathname === call.url.pathname;
};

export const no = (status: number, code: string, why: string): Said => ({ status, tree: { error: code, error_description: why } });
