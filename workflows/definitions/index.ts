export { deliverWebhooks } from "./deliver-webhooks";
export { keeper } from "./keeper";
export { readInbox } from "./read-inbox";
export { reconcile } from "./reconcile";
