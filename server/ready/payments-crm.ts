import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { contact, payment } from "./models";
import { payer } from "./models-out";
import { hubspotPayers } from "./streams-crm";
import { paypalTransactions, stripeCharges, stripeCustomers } from "./streams-shop";

export const paymentsCrm: ReadyTemplateInput = {
  key: "payments-crm",
  title: "Payments → CRM",
  useCase: "Who has paid, how much, and whose payment failed, beside the contact it belongs to.",
  audience: "CRM, customer success and billing products whose users ask whether somebody has paid.",
  words: ["billing", "charges", "failed payments", "revenue", "customers"],
  today:
    "Payments are read with exact amounts, refunds and state; with customers where the service has a list of them. Where it has none, a payment carries the payer's name and e-mail. The last payment of each payer is written into HubSpot, into fields of the contact that customers name.",
  notIncluded:
    "Single payments are not written into the CRM, and a payment does not get there by itself: your product says of each payer when they last paid. Other CRM systems than HubSpot have no stand here.",
  models: [payment, contact, payer],
  stands: [
    {
      connector: "stripe",
      side: "Payments",
      name: "Payments and customers",
      description: "Your payments with refunds, and who made them.",
      streams: [stripeCharges, stripeCustomers],
    },
    {
      connector: "paypal",
      side: "Payments",
      name: "Payments",
      description: "Money that came in, with fee, payer and state.",
      streams: [paypalTransactions],
    },
    {
      connector: "hubspot",
      side: "CRM",
      name: "Who has paid",
      description: "When each of your contacts last paid, in a field that you name.",
      streams: [hubspotPayers],
    },
  ],
};
