import type { LinkScope } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

/** All that a session opened by a link may ask. What else there is of the customer's is not its business. */
const OPEN = new Set(["session.bootstrap", "marketplace.get", "connect.begin", "connect.status", "connect.finalize", "connect.submitKey"]);
const CONNECTS = new Set(["connect.begin", "connect.submitKey"]);

const own = (input: unknown, key: string): unknown =>
  typeof input === "object" && input !== null && Object.hasOwn(input, key) ? (input as Record<string, unknown>)[key] : undefined;

/** Throws unless the link is for this call: the one integration, the one connection if there is one, and not used yet. */
export function checkLink(link: LinkScope, path: string, input: unknown): void {
  if (!OPEN.has(path)) throw new AppError("forbidden", "This link connects one account and does nothing else.");
  if (CONNECTS.has(path) && link.isDone) throw new AppError("forbidden", "This link has connected its account already.");
  const integrationId = own(input, "integrationId");
  const connectionId = own(input, "connectionId");
  if ((integrationId !== undefined && integrationId !== link.integrationId) || (connectionId ?? link.connectionId) !== link.connectionId)
    throw new AppError("not_found", "This link is for something else.");
}
