import { createHmac } from "node:crypto";

/**
 * The token of the first-run set-up link: nobody without the installation's secret can know it, and nothing has to be
 * stored. It opens nothing once there is a vendor.
 */
export function setupToken(authSecret: string): string {
  return createHmac("sha256", authSecret).update("inlay: first-run set-up").digest("base64url");
}
