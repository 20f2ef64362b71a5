import { type Fault, faultOf } from "#components/trpc/fault";
import type { Say } from "#server/words/say";

/** A thrown value as a fault in the customer's language. The server has said its own; one without a request id is a broken connection to it. */
export function sayFault(error: unknown, say: Say): Fault {
  const fault = faultOf(error);
  return fault.requestId === null ? { ...fault, text: say("error.offline") } : fault;
}
