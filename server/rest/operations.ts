import type { Operation } from "./operation";
import { connections } from "./operations/connections";
import { customers } from "./operations/customers";
import { embedSessions } from "./operations/embed-sessions";
import { records } from "./operations/records";
import { webhookEndpoints } from "./operations/webhook-endpoints";

/** Every operation of the public API, in the order the documentation shows them. */
export const OPERATIONS: readonly Operation[] = [...embedSessions, ...customers, ...connections, ...records, ...webhookEndpoints];
