import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { contact, salesOrder, ticket } from "./models";
import { buyer } from "./models-out";
import { hubspotContacts, salesforceContacts } from "./streams-crm";
import { hubspotTickets, salesforceCases, zendeskBuyers, zendeskTickets, zendeskUsers } from "./streams-office";
import { shopifyCustomers, shopifyOrders } from "./streams-shop";

const DESK = {
  side: "Support",
  name: "Tickets and who asks",
  description: "Your tickets with state and priority, and the people who ask.",
};

export const supportOrders: ReadyTemplateInput = {
  key: "support-orders",
  title: "Support with order history",
  useCase: "What a person asks and what they have bought, joined by their e-mail address.",
  audience: "Helpdesk, chat and customer success products.",
  words: ["helpdesk", "tickets", "orders", "customer service", "agents", "cases"],
  today:
    "Tickets and people are read from the helpdesk, orders and customers from the shop. People and orders carry an e-mail address in small letters, by which your product joins them. What a person has bought is written in words into the notes that Zendesk shows beside their tickets.",
  notIncluded:
    "The words are your product's: nothing here adds up orders. They replace notes that somebody in the helpdesk has written. HubSpot and Salesforce have no such field by themselves and are not written to; a stream that pushes to a field of yours does it.",
  models: [ticket, contact, salesOrder, buyer],
  stands: [
    { ...DESK, connector: "zendesk", streams: [zendeskTickets, zendeskUsers, zendeskBuyers] },
    { ...DESK, connector: "hubspot", streams: [hubspotTickets, hubspotContacts] },
    { ...DESK, connector: "salesforce", name: "Cases and contacts", streams: [salesforceCases, salesforceContacts] },
    {
      connector: "shopify",
      side: "Shop",
      name: "Order history",
      description: "Your orders and customers, for whoever answers them.",
      streams: [shopifyOrders, shopifyCustomers],
    },
  ],
};
