import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { analyticsFeed } from "./analytics-feed";
import { crmEmailMarketing } from "./crm-email-marketing";
import { formsCrm } from "./forms-crm";
import { inventoryShops } from "./inventory-shops";
import { leadsCrm } from "./leads-crm";
import { paymentsCrm } from "./payments-crm";
import { projectInvoice } from "./project-invoice";
import { reviewsLoyalty } from "./reviews-loyalty";
import { shopAccounting } from "./shop-accounting";
import { shopShipping } from "./shop-shipping";
import { supportOrders } from "./support-orders";

/** The table of contents: one line a use case, in the order in which they are shown. */
export const READY_TEMPLATES: readonly ReadyTemplateInput[] = [
  crmEmailMarketing,
  shopAccounting,
  paymentsCrm,
  shopShipping,
  inventoryShops,
  supportOrders,
  leadsCrm,
  reviewsLoyalty,
  projectInvoice,
  formsCrm,
  analyticsFeed,
];
