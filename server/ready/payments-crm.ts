import type { ReadyTemplateInput } from "#server/domains/templates/ready-schema";
import { contact, payment } from "./models";
import { paypalTransactions, stripeCharges, stripeCustomers } from "./streams-shop";

export const paymentsCrm: ReadyTemplateInput = {
  key: "payments-crm",
  title: "Payments → CRM",
  useCase: "Who has paid, how much, and whose payment failed, beside the contact it belongs to.",
  audience: "CRM, customer success and billing products whose users ask whether somebody has paid.",
  words: ["billing", "charges", "failed payments", "revenue", "customers"],
  today:
    "Payments are read with exact amounts, refunds and state; with customers where the service has a list of them. Where it has none, a payment carries the payer's name and e-mail.",
  notIncluded:
    "Nothing is written into a CRM that is another connector: your product holds the payments. Writing them onwards needs a stream in the direction push.",
  models: [payment, contact],
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
  ],
};
