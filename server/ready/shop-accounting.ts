import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { businessContact, contact, invoice, salesOrder } from "./models";
import { quickbooksCustomers, quickbooksInvoices, xeroContacts, xeroInvoices } from "./streams-office";
import { shopifyCustomers, shopifyOrders } from "./streams-shop";

const BOOKS = {
  side: "Accounting",
  name: "Invoices and customers",
  description: "Your invoices with what is still due, and whom they are written to.",
};

export const shopAccounting: ReadyTemplateInput = {
  key: "shop-accounting",
  title: "Shop → accounting",
  useCase: "Orders of the shop as exact amounts with tax and refunds, beside the invoices that the books already hold.",
  audience: "Accounting, invoicing and reconciliation products; marketplaces that pay out sellers.",
  words: ["e-commerce", "bookkeeping", "orders", "invoices", "tax", "reconciliation", "refunds"],
  today:
    "Orders and customers are read from the shop, invoices and customers from the books, amounts as money with their currency. Test orders and bills of suppliers stay out.",
  notIncluded: "Orders are not booked as invoices in the accounting system: that needs a stream in the direction push.",
  models: [salesOrder, contact, invoice, businessContact],
  stands: [
    {
      connector: "shopify",
      side: "Shop",
      name: "Orders for your books",
      description: "Your orders with tax and refunds, and your customers.",
      streams: [shopifyOrders, shopifyCustomers],
    },
    { ...BOOKS, connector: "xero", streams: [xeroInvoices, xeroContacts] },
    { ...BOOKS, connector: "quickbooks", streams: [quickbooksInvoices, quickbooksCustomers] },
  ],
};
