export { deliverWebhooks } from "./deliver-webhooks";
export { keeper } from "./keeper";
export { reconcile } from "./reconcile";
