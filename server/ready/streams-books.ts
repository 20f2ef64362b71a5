import {
  bothWays,
  computed,
  country,
  day,
  email,
  fixed,
  free,
  from,
  hidden,
  money,
  msJsonDay,
  msJsonWhen,
  needed,
  number,
  optional,
  reference,
  stream,
  text,
  when,
  worded,
} from "./fields";
import { RESERVE } from "./streams-shop";

/** What accounting systems give and take. */

const INVOICES = { key: "invoices", object: "invoice", model: "invoice", label: "Invoices", everyMinutes: 15 } as const;
const invoiceChoices = { ...optional("number", "dueOn"), ...hidden("updatedAt") };

export const xeroInvoices = stream({
  ...INVOICES,
  summary: "Invoices to customers; bills from suppliers are left out.",
  fields: [
    text("number", "InvoiceNumber"),
    needed(money("total", "Total", "CurrencyCode")),
    money("due", "AmountDue", "CurrencyCode"),
    needed(
      worded("state", "Status", { DRAFT: "draft", SUBMITTED: "draft", AUTHORISED: "open", PAID: "paid", VOIDED: "void", DELETED: "void" }),
    ),
    text("billedTo", "Contact.Name"),
    reference("contact", "Contact.ContactID"),
    msJsonDay("issuedOn", "Date"),
    msJsonDay("dueOn", "DueDate"),
    msJsonWhen("updatedAt", "UpdatedDateUTC"),
  ],
  filter: 'Type == "ACCREC"',
  choices: invoiceChoices,
});

export const quickbooksInvoices = stream({
  ...INVOICES,
  summary: "Each invoice with what is still due.",
  fields: [
    text("number", "DocNumber"),
    needed(money("total", "TotalAmt", "CurrencyRef.value")),
    money("due", "Balance", "CurrencyRef.value"),
    needed(
      computed("state", 'record.PrivateNote != null && record.PrivateNote.startsWith("Voided") ? "void" : Balance == 0 ? "paid" : "open"'),
    ),
    text("billedTo", "CustomerRef.name"),
    reference("contact", "CustomerRef.value"),
    day("issuedOn", "TxnDate"),
    day("dueOn", "DueDate"),
    when("updatedAt", "MetaData.LastUpdatedTime"),
  ],
  choices: invoiceChoices,
});

const OUT = {
  key: "outgoing_invoices",
  object: "invoice",
  model: "outgoing_invoice",
  label: "Invoices to write",
  direction: "push",
} as const;
const outChoices = optional("number", "dueOn");

export const xeroOutgoing = stream({
  ...{ ...OUT, summary: "Each invoice of yours is written into the books, as a draft or to be paid." },
  fields: [
    worded("kind", "Type", { ACCREC: "sale" }),
    text("number", "InvoiceNumber"),
    worded("state", "Status", { DRAFT: "draft", AUTHORISED: "open" }),
    text("billedTo", "Contact.Name"),
    reference("contact", "Contact.ContactID"),
    text("currency", "CurrencyCode"),
    text("issuedOn", "Date"),
    text("dueOn", "DueDate"),
    from("lines[].text", "LineItems[].Description"),
    from("lines[].quantity", "LineItems[].Quantity"),
    from("lines[].price", "LineItems[].UnitAmount"),
    from("lines[].account", "LineItems[].AccountCode"),
  ],
  choices: outChoices,
});

export const quickbooksOutgoing = stream({
  ...{ ...OUT, summary: "Each invoice of yours is written into the books, for a customer and articles that are there." },
  fields: [
    text("number", "DocNumber"),
    reference("contact", "CustomerRef.value"),
    text("currency", "CurrencyRef.value"),
    day("issuedOn", "TxnDate"),
    day("dueOn", "DueDate"),
    from("lines[].kind", "Line[].DetailType", { type: "map", values: { SalesItemLineDetail: "item" } }),
    from("lines[].text", "Line[].Description"),
    from("lines[].amount", "Line[].Amount"),
    from("lines[].item", "Line[].SalesItemLineDetail.ItemRef.value"),
    from("lines[].quantity", "Line[].SalesItemLineDetail.Qty"),
    from("lines[].price", "Line[].SalesItemLineDetail.UnitPrice"),
  ],
  choices: outChoices,
});

const BILLED = { model: "business_contact", label: "Customers", everyMinutes: 15 } as const;
const billedChoices = { ...optional("email", "taxNumber", "city", "country"), ...hidden("updatedAt") };
const STREET = (target: string, get: string) => from(target, "Addresses", { type: "find", path: "AddressType", equals: "STREET", get });

export const xeroContacts = stream({
  ...BILLED,
  ...{ key: "contacts", object: "contact", summary: "Contacts that are customers, with tax number and place." },
  fields: [
    needed(text("name", "Name")),
    email("email", "EmailAddress"),
    text("taxNumber", "TaxNumber"),
    STREET("city", "City"),
    {
      ...country("country", "Addresses"),
      transforms: [
        { type: "find", path: "AddressType", equals: "STREET", get: "Country" },
        { type: "country", as: "alpha2" },
      ],
    },
    computed("active", 'ContactStatus == "ACTIVE"'),
    msJsonWhen("updatedAt", "UpdatedDateUTC"),
  ],
  filter: "IsCustomer == true",
  choices: billedChoices,
});

export const quickbooksCustomers = stream({
  ...BILLED,
  ...{ key: "customers", object: "customer", summary: "Each customer with e-mail and place." },
  fields: [
    needed(text("name", "DisplayName")),
    email("email", "PrimaryEmailAddr.Address"),
    text("city", "BillAddr.City"),
    country("country", "BillAddr.Country"),
    from("active", "Active"),
    when("updatedAt", "MetaData.LastUpdatedTime"),
  ],
  choices: { ...billedChoices, ...free("taxNumber") },
});

const STOCK = { key: "stock", object: "item", model: "stock_level", label: "Stock", everyMinutes: 5 } as const;

export const quickbooksStock = stream({
  ...STOCK,
  summary: `Articles whose quantity is tracked, less ${RESERVE} that are kept back, never below zero.`,
  fields: [
    needed(text("sku", "Sku")),
    needed(number("onHand", "QtyOnHand")),
    needed(fixed("reserve", RESERVE)),
    needed(computed("sellable", `max([0, QtyOnHand - ${RESERVE}])`)),
    when("updatedAt", "MetaData.LastUpdatedTime"),
  ],
  filter: 'TrackQtyOnHand == true && Active == true && Sku != ""',
  choices: { ...free("place"), ...hidden("updatedAt") },
});

/** What is on hand goes both ways: ours is written only onto the state that we have seen, and of two changes at once a person decides. */
export const quickbooksStockBothWays = bothWays(
  {
    ...quickbooksStock,
    summary: `${quickbooksStock.summary} What is on hand goes both ways.`,
    fields: [...quickbooksStock.fields, needed(text("article", "Name")), needed(text("kind", "Type"))],
  },
  { match: "sku", owners: { default: "theirs", fields: { onHand: "manual" } } },
);

export const xeroStock = stream({
  ...STOCK,
  summary: `Items that are tracked as inventory, less ${RESERVE} that are kept back, never below zero.`,
  fields: [
    needed(text("sku", "Code")),
    needed(number("onHand", "QuantityOnHand")),
    needed(fixed("reserve", RESERVE)),
    needed(computed("sellable", `max([0, QuantityOnHand - ${RESERVE}])`)),
    msJsonWhen("updatedAt", "UpdatedDateUTC"),
  ],
  filter: "IsTrackedAsInventory == true",
  choices: { ...free("place"), ...hidden("updatedAt") },
});
