import { amount, dayOf, id, land, listOf, mail, moment, msJson, type Reader, readerOf, stock, type Truth, textOf } from "./oracle";

const inCents = (at: Reader, path: string) => (at(path) === null ? null : amount(Number(at(path)) / 100, at("currency")));
const INFO = "transaction_info";

export const MONEY: Record<string, Truth> = {
  "stripe/payments": {
    gives: (at) => ({
      ...{
        amount: inCents(at, "amount"),
        refunded: inCents(at, "amount_refunded"),
        state: at("refunded") === true ? "refunded" : at("status"),
      },
      ...{ contact: id(at("customer")), description: textOf(at("description")), paidAt: moment(at("created")) },
    }),
  },
  "stripe/customers": {
    gives: (at) => ({
      ...{ fullName: textOf(at("name")), email: mail(at("email")), phone: textOf(at("phone")), city: textOf(at("address.city")) },
      ...{ country: land(at("address.country")), createdAt: moment(at("created")) },
    }),
  },
  "stripe/payment_events": {
    gives: (at) => ({
      ...{
        name: at("paid") === true ? "payment_succeeded" : "payment_failed",
        happenedAt: moment(at("created")),
        person: id(at("customer")),
      },
      ...{ value: inCents(at, "amount"), detail: textOf(at("failure_message")) },
    }),
  },
  "paypal/payments": {
    takes: (at) => String(at(`${INFO}.transaction_event_code`)).startsWith("T00") && Number(at(`${INFO}.transaction_amount.value`)) > 0,
    gives: (at) => ({
      amount: amount(at(`${INFO}.transaction_amount.value`), at(`${INFO}.transaction_amount.currency_code`)),
      fee:
        at(`${INFO}.fee_amount.value`) === null
          ? null
          : amount(Math.abs(Number(at(`${INFO}.fee_amount.value`))), at(`${INFO}.transaction_amount.currency_code`)),
      state: { S: "succeeded", P: "pending", D: "failed", V: "refunded" }[String(at(`${INFO}.transaction_status`))],
      ...{ payerEmail: mail(at("payer_info.email_address")), payerName: textOf(at("payer_info.payer_name.alternate_full_name")) },
      ...{ description: textOf(at(`${INFO}.transaction_subject`)), paidAt: moment(at(`${INFO}.transaction_initiation_date`)) },
    }),
  },
  "xero/invoices": {
    takes: (at) => at("Type") === "ACCREC",
    gives: (at) => ({
      ...{
        number: textOf(at("InvoiceNumber")),
        total: amount(at("Total"), at("CurrencyCode")),
        due: amount(at("AmountDue"), at("CurrencyCode")),
      },
      state: { DRAFT: "draft", AUTHORISED: "open", PAID: "paid", VOIDED: "void" }[String(at("Status"))],
      ...{ billedTo: textOf(at("Contact.Name")), contact: id(at("Contact.ContactID")) },
      ...{ issuedOn: dayOf(msJson(at("Date"))), dueOn: dayOf(msJson(at("DueDate"))), updatedAt: msJson(at("UpdatedDateUTC")) },
    }),
  },
  "xero/contacts": {
    takes: (at) => at("IsCustomer") === true,
    gives: (at) => {
      const street = readerOf(listOf(at("Addresses")).find((one) => readerOf(one)("AddressType") === "STREET"));
      return {
        ...{
          name: at("Name"),
          email: mail(at("EmailAddress")),
          taxNumber: textOf(at("TaxNumber")),
          city: street("City"),
          country: land(street("Country")),
        },
        ...{ active: at("ContactStatus") === "ACTIVE", updatedAt: msJson(at("UpdatedDateUTC")) },
      };
    },
  },
  "xero/stock": {
    takes: (at) => at("IsTrackedAsInventory") === true,
    gives: (at) => ({ sku: at("Code"), ...stock(Number(at("QuantityOnHand"))), updatedAt: msJson(at("UpdatedDateUTC")) }),
  },
  "quickbooks/invoices": {
    gives: (at) => ({
      ...{
        number: textOf(at("DocNumber")),
        total: amount(at("TotalAmt"), at("CurrencyRef.value")),
        due: amount(at("Balance"), at("CurrencyRef.value")),
      },
      state: String(at("PrivateNote") ?? "").startsWith("Voided") ? "void" : Number(at("Balance")) === 0 ? "paid" : "open",
      ...{
        billedTo: textOf(at("CustomerRef.name")),
        contact: id(at("CustomerRef.value")),
        issuedOn: id(at("TxnDate")),
        dueOn: id(at("DueDate")),
      },
      updatedAt: moment(at("MetaData.LastUpdatedTime")),
    }),
  },
  "quickbooks/customers": {
    gives: (at) => ({
      ...{
        name: textOf(at("DisplayName")),
        email: mail(at("PrimaryEmailAddr.Address")),
        city: textOf(at("BillAddr.City")),
        country: land(at("BillAddr.Country")),
      },
      ...{ active: at("Active"), updatedAt: moment(at("MetaData.LastUpdatedTime")) },
    }),
  },
  "quickbooks/stock": {
    takes: (at) => at("TrackQtyOnHand") === true && at("Active") === true && textOf(at("Sku")) !== null,
    gives: (at) => ({
      ...{ sku: at("Sku"), article: at("Name"), kind: at("Type"), ...stock(Number(at("QtyOnHand"))) },
      updatedAt: moment(at("MetaData.LastUpdatedTime")),
    }),
  },
};
