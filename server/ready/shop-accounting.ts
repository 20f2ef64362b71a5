import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { businessContact, contact, invoice, salesOrder } from "./models";
import { outgoingInvoice } from "./models-out";
import { quickbooksCustomers, quickbooksInvoices, quickbooksOutgoing, xeroContacts, xeroInvoices, xeroOutgoing } from "./streams-books";
import { shopifyCustomers, shopifyOrders } from "./streams-shop";

const BOOKS = {
  side: "Accounting",
  name: "Invoices and customers",
  description: "Your invoices with what is still due, whom they are written to, and new ones for what was sold.",
};

export const shopAccounting: ReadyTemplateInput = {
  key: "shop-accounting",
  title: "Shop → accounting",
  useCase: "Orders of the shop as exact amounts with tax and refunds, invoices written for them, and what the books say of those.",
  audience: "Accounting, invoicing and reconciliation products; marketplaces that pay out sellers.",
  words: ["e-commerce", "bookkeeping", "orders", "invoices", "tax", "reconciliation", "refunds"],
  today:
    "Orders and customers are read from the shop, invoices and customers from the books, amounts as money with their currency. Test orders and bills of suppliers stay out. An invoice that your product makes of an order is written into the books once, and changed when yours changes.",
  notIncluded:
    "What an order comes to in the books is not decided here: your product says number, customer, accounts and tax of each invoice. Payments and refunds are not booked.",
  models: [salesOrder, contact, invoice, businessContact, outgoingInvoice],
  stands: [
    {
      connector: "shopify",
      side: "Shop",
      name: "Orders for your books",
      description: "Your orders with tax and refunds, and your customers.",
      streams: [shopifyOrders, shopifyCustomers],
    },
    { ...BOOKS, connector: "xero", streams: [xeroInvoices, xeroContacts, xeroOutgoing] },
    { ...BOOKS, connector: "quickbooks", streams: [quickbooksInvoices, quickbooksCustomers, quickbooksOutgoing] },
  ],
};
