import type { FieldMapping } from "#server/mapping/schema";

type Patch = Record<string, unknown>;

/** What sets records apart from each other, by connector and object, row by row: the recorded ones are all alike. */
export const VARIED: Record<string, readonly Patch[]> = {
  "hubspot/contact": [
    {},
    { "properties.email": null },
    { "properties.email": " Ada.O@Northwind.Example ", "properties.lifecyclestage": "lead" },
    { "properties.lifecyclestage": "salesqualifiedlead", "properties.country": "Atlantis" },
    { "properties.firstname": null, "properties.lifecyclestage": "marketingqualifiedlead" },
    { "properties.lifecyclestage": "subscriber" },
  ],
  "sandbox-crm/contact": [{}, { "properties.email": null }, { "custom.signup_source": "import" }, { "properties.lastname": null }],
  "salesforce/contact": [{}, { Email: null }, { HasOptedOutOfEmail: true }, { Phone: "+44 20 7946 0099" }],
  "salesforce/lead": [{}, { IsConverted: true }, { Status: "Closed - Not Converted" }, { Status: "Nurturing" }],
  "salesforce-soap/lead": [{}, { Status: "Working - Contacted" }],
  "salesforce/opportunity": [{}, { IsWon: true }, { IsWon: true, Amount: 99.5 }],
  "salesforce/case": [{}, { IsClosed: true }, { Subject: null }, { Priority: "Urgent" }],
  "pipedrive/person": [{ marketing_status: "subscribed" }, { marketing_status: "unsubscribed" }, { emails: [] }],
  "pipedrive/lead": [{}, { is_archived: true }, { was_seen: true }, { value: null }],
  "pipedrive/deal": [
    {},
    { status: "won", won_time: "2026-11-01T10:00:00Z" },
    { status: "won", value: 12.5, currency: "USD" },
    { status: "lost" },
  ],
  "hubspot/deal": [
    {},
    { "properties.dealstage": "closedwon" },
    { "properties.dealstage": "closedwon", "properties.deal_currency_code": null },
  ],
  "hubspot/ticket": [
    {},
    { "properties.hs_pipeline_stage": "4" },
    { "properties.hs_pipeline_stage": "2" },
    { "properties.hs_pipeline_stage": "998877" },
  ],
  "zendesk/ticket": [{}, { status: "pending" }, { status: "closed" }, { subject: null, priority: null }],
  "zendesk/user": [{}, { role: "agent" }, { email: null }],
  "klaviyo/list": [{}, { "attributes.opt_in_process": "single_opt_in" }],
  "shopify/order": [
    { test: false },
    {},
    { test: false, cancelledAt: "2026-10-10T09:00:00Z", displayFinancialStatus: "REFUNDED", "totalRefundedSet.shopMoney.amount": "24.00" },
    { test: false, displayFulfillmentStatus: "FULFILLED" },
    { test: false, shippingAddress: null },
    {
      test: false,
      displayFulfillmentStatus: "PARTIALLY_FULFILLED",
      displayFinancialStatus: "PARTIALLY_REFUNDED",
      "lineItems.pageInfo.hasNextPage": true,
    },
    { test: false, displayFinancialStatus: "PENDING", email: null },
  ],
  "shopify/customer": [
    {},
    { "amountSpent.amount": "500.00", "defaultEmailAddress.marketingState": "UNSUBSCRIBED" },
    { "amountSpent.amount": "100.00" },
    { numberOfOrders: "0", "amountSpent.amount": "0.0" },
    { defaultEmailAddress: null },
  ],
  "shopify/inventory_level": [
    {},
    { "quantities.0.quantity": 1 },
    { "quantities.0.quantity": -3 },
    { isActive: false },
    { "item.sku": null },
  ],
  "shopify/location": [{}, { isActive: false }],
  "stripe/charge": [
    {},
    { refunded: true, amount_refunded: 2_400 },
    { status: "failed", paid: false, failure_message: "Declined" },
    { currency: "usd", amount: 5 },
  ],
  "paypal/transaction": [
    {},
    { "transaction_info.transaction_status": "P" },
    { "transaction_info.transaction_amount.value": "-10.00" },
    { "transaction_info.transaction_event_code": "T0400" },
    { "transaction_info.fee_amount": null },
  ],
  "xero/invoice": [{}, { Type: "ACCPAY" }, { Status: "PAID", AmountDue: 0 }, { Status: "DRAFT", DueDate: null }],
  "xero/contact": [{}, { IsCustomer: false }, { Addresses: [] }],
  "xero/item": [{}, { IsTrackedAsInventory: true, QuantityOnHand: 10 }, { IsTrackedAsInventory: true, QuantityOnHand: 1 }],
  "quickbooks/invoice": [{}, { Balance: 0 }, { TotalAmt: 0, Balance: 0, PrivateNote: "Voided - wrong customer" }],
  "quickbooks/item": [
    {},
    { TrackQtyOnHand: true, QtyOnHand: 9 },
    { TrackQtyOnHand: true, QtyOnHand: -1 },
    { TrackQtyOnHand: true, QtyOnHand: 5, Active: false },
  ],
};

/** The same for what a connector of any system reads, by stream: the record that is expected, and changes to it. */
export const EXPECTED_VARIED: Record<string, readonly Patch[]> = {
  shipments: [{}, { status: "delivered", delivered_at: "2026-10-11T09:00:00Z" }, { status: "something_new", tracking_url: null }],
  stock: [{}, { quantity: 1 }, { quantity: -4 }, { quantity: "30" }],
  reviews: [{}, { rating: 0 }, { published_at: null }, { rating: "3", verified_buyer: false }],
  time: [{}, { billable: false }, { rate: "0" }, { hours: 0.5, rate: 100, currency: "eur" }],
  answers: [{}, { "answers.email": "nobody" }, { "answers.first_name": null }],
  events: [{}, { value: null, currency: null }, { user: null, event: "signed_in" }],
};

/** What customers answer where a template makes them choose, by use case, connector and stream. */
export const CHOSEN: Record<string, Record<string, Record<string, FieldMapping>>> = {
  "crm-email-marketing/hubspot": { contacts: { mayEmail: chosen("mayEmail", "properties.lifecyclestage", "customer") } },
  "crm-email-marketing/sandbox-crm": { contacts: { mayEmail: chosen("mayEmail", "custom.signup_source", "web") } },
  "payments-crm/hubspot": { payers: { lastPaidOn: taken("lastPaidOn", "properties.last_paid") } },
  "project-invoice/salesforce": {
    won_deals: { value: { ...taken("value", "Amount"), transforms: [{ type: "money", currency: "EUR" }] } },
  },
  "forms-crm/google-sheets": { answers: { email: taken("email", "cells.Email"), name: taken("name", "cells.Name") } },
};

function taken(target: string, from: string): FieldMapping {
  return { target, from, transforms: [], required: false, onError: "null" };
}
/** Yes where a field of the account's own has this value. */
function chosen(target: string, from: string, yes: string): FieldMapping {
  return { ...taken(target, from), transforms: [{ type: "map", values: { [yes]: true }, otherwise: "empty" }], default: false };
}
