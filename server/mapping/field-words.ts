import { sayIn } from "#server/words/messages";
import { sayEmpty, sayOrigin, saySteps } from "./say-field";
import type { FieldMapping } from "./schema";

/** {@link sayOrigin} for the vendor's team. On the server: the messages do not belong into a page. */
export function originWords(field: FieldMapping, titles: ReadonlyMap<string, string>): string {
  const { from, expression } = field;
  if (expression !== undefined) return sayIn("en")("origin.computed", { expression: expression.slice(0, 200) });
  return from !== undefined && !titles.has(from) ? from : sayOrigin(field, titles, sayIn("en"));
}

/** {@link saySteps} for the vendor's team. */
export const stepWords = (field: FieldMapping): string => saySteps(field, new Map(), sayIn("en"));

/** {@link sayEmpty} for the vendor's team. */
export const emptyWords = (field: FieldMapping, isRequired: boolean): string => sayEmpty(field, isRequired, sayIn("en"));
