import { among, amount, id, listOf, mail, moment, type Reader, readerOf, sha, stock, type Truth, textOf } from "./oracle";

const shopMoney = (at: Reader, set: string) => amount(at(`${set}.shopMoney.amount`), at("currentTotalPriceSet.shopMoney.currencyCode"));
const lines = (at: Reader) => ({
  lines: listOf(at("lineItems.nodes")).map((line) => {
    const of = readerOf(line);
    return { sku: of("sku"), title: of("title"), quantity: of("currentQuantity") };
  }),
  linesComplete: at("lineItems.pageInfo.hasNextPage") === false,
});
const PAID: Record<string, string> = { PAID: "paid", PARTIALLY_REFUNDED: "paid", PENDING: "pending", REFUNDED: "refunded", VOIDED: "void" };
const SENT: Record<string, string> = { UNFULFILLED: "open", IN_PROGRESS: "open", PARTIALLY_FULFILLED: "partly_sent", FULFILLED: "sent" };
const atHand = (at: Reader) =>
  Number(
    listOf(at("quantities"))
      .map(readerOf)
      .find((of) => of("name") === "available")?.("quantity"),
  );

export const SHOP: Record<string, Truth> = {
  "shopify/orders": {
    takes: (at) => at("test") === false,
    gives: (at) => ({
      ...{ number: at("name"), total: shopMoney(at, "currentTotalPriceSet"), net: shopMoney(at, "currentSubtotalPriceSet") },
      ...{ tax: shopMoney(at, "currentTotalTaxSet"), refunded: shopMoney(at, "totalRefundedSet") },
      ...{ payment: PAID[String(at("displayFinancialStatus"))] ?? null, delivery: SENT[String(at("displayFulfillmentStatus"))] ?? "other" },
      ...{ customerEmail: mail(at("email")), customer: id(at("customer.id")), country: at("shippingAddress.countryCodeV2"), ...lines(at) },
      ...{ placedAt: moment(at("processedAt")), cancelledAt: moment(at("cancelledAt")), updatedAt: moment(at("updatedAt")) },
    }),
  },
  "shopify/customers": {
    gives: (at) => ({
      ...{ firstName: textOf(at("firstName")), lastName: textOf(at("lastName")), fullName: textOf(at("displayName")) },
      ...{ email: mail(at("defaultEmailAddress.emailAddress")), phone: textOf(at("defaultPhoneNumber.phoneNumber")) },
      ...{ city: textOf(at("defaultAddress.city")), country: at("defaultAddress.countryCodeV2") },
      ...{
        mayEmail: at("defaultEmailAddress.marketingState") === "SUBSCRIBED",
        createdAt: moment(at("createdAt")),
        updatedAt: moment(at("updatedAt")),
      },
    }),
  },
  "shopify/orders_to_send": {
    takes: (at) =>
      at("test") === false &&
      at("shippingAddress") !== null &&
      among(at("displayFinancialStatus"), "PAID", "PARTIALLY_REFUNDED") &&
      among(at("displayFulfillmentStatus"), "UNFULFILLED", "PARTIALLY_FULFILLED", "IN_PROGRESS") &&
      at("cancelledAt") === null,
    gives: (at) => ({
      ...{
        number: at("name"),
        recipient: at("shippingAddress.name"),
        street: at("shippingAddress.address1"),
        city: at("shippingAddress.city"),
      },
      ...{
        postalCode: at("shippingAddress.zip"),
        country: at("shippingAddress.countryCodeV2"),
        phone: textOf(at("phone")),
        email: mail(at("email")),
      },
      ...{ note: textOf(at("note")), ...lines(at), placedAt: moment(at("processedAt")) },
    }),
  },
  "shopify/stock": {
    takes: (at) => at("isActive") === true && textOf(at("item.sku")) !== null,
    gives: (at) => ({ sku: at("item.sku"), place: at("location.id"), ...stock(atHand(at)), updatedAt: moment(at("updatedAt")) }),
  },
  "shopify/places": {
    gives: (at) => ({ name: at("name"), city: at("address.city"), country: at("address.countryCode"), active: at("isActive") }),
  },
  "shopify/members": {
    takes: (at) => Number(at("numberOfOrders")) > 0,
    gives: (at) => {
      const spent = Number(at("amountSpent.amount"));
      return {
        ...{ name: textOf(at("displayName")), email: mail(at("defaultEmailAddress.emailAddress")), orders: Number(at("numberOfOrders")) },
        ...{ spent: amount(spent, at("amountSpent.currencyCode")), tier: spent >= 500 ? "gold" : spent >= 100 ? "silver" : "bronze" },
        mayEmail: at("defaultEmailAddress.marketingState") === "SUBSCRIBED",
        ...{ since: moment(at("createdAt")), updatedAt: moment(at("updatedAt")) },
      };
    },
  },
  "shopify/order_events": {
    takes: (at) => at("test") === false,
    gives: (at) => ({
      ...{
        name: "order_placed",
        happenedAt: moment(at("processedAt")),
        person: sha(at("email")),
        value: shopMoney(at, "currentTotalPriceSet"),
      },
      ...{ country: at("shippingAddress.countryCodeV2"), detail: at("displayFinancialStatus") },
    }),
  },
};
