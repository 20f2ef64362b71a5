import {
  cents,
  computed,
  country,
  email,
  fixed,
  free,
  from,
  hidden,
  money,
  needed,
  number,
  optional,
  phone,
  reference,
  soft,
  stream,
  text,
  when,
  worded,
} from "./fields";

/** What shops and payment services give. */

const PAYMENT = {
  PAID: "paid",
  PARTIALLY_REFUNDED: "paid",
  PARTIALLY_PAID: "partly_paid",
  PENDING: "pending",
  AUTHORIZED: "pending",
  REFUNDED: "refunded",
  VOIDED: "void",
  EXPIRED: "void",
};
const DELIVERY = {
  UNFULFILLED: "open",
  OPEN: "open",
  IN_PROGRESS: "open",
  SCHEDULED: "open",
  PENDING_FULFILLMENT: "open",
  PARTIALLY_FULFILLED: "partly_sent",
  FULFILLED: "sent",
};
const CURRENCY = "currentTotalPriceSet.shopMoney.currencyCode";
const lines = [
  from("lines[].sku", "lineItems.nodes[].sku"),
  from("lines[].title", "lineItems.nodes[].title"),
  from("lines[].quantity", "lineItems.nodes[].currentQuantity"),
  computed("linesComplete", "!lineItems.pageInfo.hasNextPage"),
];

export const shopifyOrders = stream({
  ...{ key: "orders", object: "order", model: "sales_order", label: "Orders" },
  summary: "Each order that is not a test, cancelled ones too, with lines, tax and what was paid back.",
  everyMinutes: 5,
  fields: [
    needed(text("number", "name")),
    needed(money("total", "currentTotalPriceSet.shopMoney.amount", CURRENCY)),
    money("net", "currentSubtotalPriceSet.shopMoney.amount", CURRENCY),
    money("tax", "currentTotalTaxSet.shopMoney.amount", CURRENCY),
    money("refunded", "totalRefundedSet.shopMoney.amount", CURRENCY),
    worded("payment", "displayFinancialStatus", PAYMENT),
    worded("delivery", "displayFulfillmentStatus", DELIVERY, "other"),
    email("customerEmail", "email"),
    reference("customer", "customer.id"),
    text("country", "shippingAddress.countryCodeV2"),
    ...lines,
    when("placedAt", "processedAt"),
    when("cancelledAt", "cancelledAt"),
    when("updatedAt", "updatedAt"),
  ],
  filter: "test == false",
  choices: { ...optional("customerEmail", "country"), ...hidden("linesComplete", "updatedAt") },
});

export const shopifyCustomers = stream({
  ...{ key: "customers", object: "customer", model: "contact", label: "Customers" },
  summary: "Each customer, with place and whether they are subscribed.",
  fields: [
    text("firstName", "firstName"),
    text("lastName", "lastName"),
    text("fullName", "displayName"),
    email("email", "defaultEmailAddress.emailAddress"),
    phone("phone", "defaultPhoneNumber.phoneNumber"),
    text("city", "defaultAddress.city"),
    text("country", "defaultAddress.countryCodeV2"),
    worded("mayEmail", "defaultEmailAddress.marketingState", { SUBSCRIBED: true }, false),
    when("createdAt", "createdAt"),
    when("updatedAt", "updatedAt"),
  ],
  choices: { ...optional("phone", "city", "country", "mayEmail"), ...hidden("createdAt", "updatedAt") },
});

/** Orders that go out of the filter once they are sent or cancelled: their records are removed then. */
export const shopifyOrdersToSend = stream({
  ...{ key: "orders_to_send", object: "order", model: "shipping_order", label: "Orders to send" },
  summary: "Paid orders with an address that are neither sent, cancelled nor a test. What is sent leaves the list.",
  fields: [
    needed(text("number", "name")),
    needed(text("recipient", "shippingAddress.name")),
    needed(text("street", "shippingAddress.address1")),
    needed(text("city", "shippingAddress.city")),
    text("postalCode", "shippingAddress.zip"),
    needed(text("country", "shippingAddress.countryCodeV2")),
    phone("phone", "phone"),
    email("email", "email"),
    text("note", "note"),
    ...lines,
    when("placedAt", "processedAt"),
  ],
  filter:
    'test == false && shippingAddress != null && displayFinancialStatus in ["PAID", "PARTIALLY_REFUNDED"] && displayFulfillmentStatus in ["UNFULFILLED", "PARTIALLY_FULFILLED", "OPEN", "IN_PROGRESS"] && cancelledAt == null',
  choices: { ...optional("phone", "email", "note"), ...hidden("linesComplete") },
});

/** Pieces that no shop offers, whatever it says to have. */
export const RESERVE = 2;
const AT_HAND = 'quantities.filter(q, q.name == "available")[0].quantity';

export const shopifyStock = stream({
  ...{ key: "stock", object: "inventory_level", model: "stock_level", label: "Stock" },
  summary: `What each place has of each article, less ${RESERVE} that are kept back, never below zero.`,
  everyMinutes: 1,
  fields: [
    needed(text("sku", "item.sku")),
    reference("place", "location.id"),
    needed(from("onHand", "quantities", { type: "find", path: "name", equals: "available", get: "quantity" }, { type: "number" })),
    needed(fixed("reserve", RESERVE)),
    needed(computed("sellable", `max([0, ${AT_HAND} - ${RESERVE}])`)),
    when("updatedAt", "updatedAt"),
  ],
  filter: 'isActive == true && item.sku != null && item.sku != ""',
  choices: hidden("updatedAt"),
});

export const shopifyPlaces = stream({
  ...{ key: "places", object: "location", model: "stock_place", label: "Places" },
  summary: "The shops and warehouses that hold stock.",
  everyMinutes: 60,
  fields: [needed(text("name", "name")), text("city", "address.city"), text("country", "address.countryCode"), from("active", "isActive")],
  choices: optional("city", "country"),
});

const SPENT = "double(amountSpent.amount)";

export const shopifyMembers = stream({
  ...{ key: "members", object: "customer", model: "loyalty_member", label: "Customers and their tier" },
  summary: "Customers who have bought, with a tier: silver from 100, gold from 500 of the shop's currency.",
  everyMinutes: 15,
  fields: [
    text("name", "displayName"),
    email("email", "defaultEmailAddress.emailAddress"),
    needed(number("orders", "numberOfOrders")),
    needed(money("spent", "amountSpent.amount", "amountSpent.currencyCode")),
    needed(computed("tier", `${SPENT} >= 500 ? "gold" : ${SPENT} >= 100 ? "silver" : "bronze"`)),
    worded("mayEmail", "defaultEmailAddress.marketingState", { SUBSCRIBED: true }, false),
    when("since", "createdAt"),
    when("updatedAt", "updatedAt"),
  ],
  filter: "double(numberOfOrders) >= 1",
  choices: { ...optional("mayEmail"), ...hidden("updatedAt") },
});

export const shopifyOrderEvents = stream({
  ...{ key: "order_events", object: "order", model: "analytics_event", label: "Orders placed" },
  summary: "One event for each order that is not a test: when, how much, to where.",
  everyMinutes: 60,
  fields: [
    needed(fixed("name", "order_placed")),
    needed(when("happenedAt", "processedAt")),
    from("person", "email", { type: "email" }, { type: "hash" }),
    money("value", "currentTotalPriceSet.shopMoney.amount", CURRENCY),
    text("country", "shippingAddress.countryCodeV2"),
    text("detail", "displayFinancialStatus"),
  ],
  filter: "test == false",
  choices: optional("person", "country"),
});

export const stripeCharges = stream({
  ...{ key: "payments", object: "charge", model: "payment", label: "Payments" },
  summary: "Each charge with its amount, what was paid back and how it ended.",
  fields: [
    needed(cents("amount", "amount", "currency")),
    cents("refunded", "amount_refunded", "currency"),
    needed(computed("state", 'refunded ? "refunded" : status')),
    reference("contact", "customer"),
    text("description", "description"),
    when("paidAt", "created"),
  ],
  choices: { ...optional("description"), ...free("payerEmail", "payerName") },
});

export const stripeCustomers = stream({
  ...{ key: "customers", object: "customer", model: "contact", label: "Customers" },
  summary: "Each customer with name, e-mail, phone and place.",
  fields: [
    text("fullName", "name"),
    email("email", "email"),
    phone("phone", "phone"),
    text("city", "address.city"),
    country("country", "address.country"),
    when("createdAt", "created"),
  ],
  choices: { ...optional("phone", "city", "country"), ...free("company", "firstName", "lastName"), ...hidden("createdAt") },
});

export const stripeChargeEvents = stream({
  ...{ key: "payment_events", object: "charge", model: "analytics_event", label: "Payments made" },
  summary: "One event for each charge: payment_succeeded or payment_failed, when and how much.",
  everyMinutes: 60,
  fields: [
    needed(computed("name", 'paid ? "payment_succeeded" : "payment_failed"')),
    needed(when("happenedAt", "created")),
    text("person", "customer"),
    cents("value", "amount", "currency"),
    text("detail", "failure_message"),
  ],
  choices: optional("person", "detail"),
});

const INFO = "transaction_info";

export const paypalTransactions = stream({
  ...{ key: "payments", object: "transaction", model: "payment", label: "Payments" },
  summary: "Money that came in: transactions with an event code T00 and a positive amount. Transfers and fees are left out.",
  everyMinutes: 15,
  fields: [
    needed(money("amount", `${INFO}.transaction_amount.value`, `${INFO}.transaction_amount.currency_code`)),
    soft(
      computed("fee", `abs(double(${INFO}.fee_amount.value))`, { type: "money", currencyFrom: `${INFO}.transaction_amount.currency_code` }),
    ),
    needed(worded("state", `${INFO}.transaction_status`, { S: "succeeded", P: "pending", D: "failed", V: "refunded" })),
    email("payerEmail", "payer_info.email_address"),
    text("payerName", "payer_info.payer_name.alternate_full_name"),
    text("description", `${INFO}.transaction_subject`),
    when("paidAt", `${INFO}.transaction_initiation_date`),
  ],
  filter: `${INFO}.transaction_event_code.startsWith("T00") && double(${INFO}.transaction_amount.value) > 0`,
  choices: optional("fee", "description"),
});
