export { deliverWebhooks } from "./deliver-webhooks";
export { keeper } from "./keeper";
export { performCall } from "./perform-call";
export { readInbox } from "./read-inbox";
export { reconcile } from "./reconcile";
export { rollOutTemplate } from "./roll-out-template";
