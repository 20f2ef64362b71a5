import type { ReadyModelInput } from "#server/domains/templates/ready-schema";
import { field, must, oneOf, pointsTo } from "./fields";

/** Models of what the vendor's product has worked out, and sends to third parties. */

export const payer: ReadyModelInput = {
  key: "payer",
  name: "Payer",
  description: "Whom your customer's CRM is to show as having paid.",
  fields: [must(field("email", "E-mail")), field("lastPaidOn", "Last paid", "date"), field("lastPayment", "Last payment")],
};

export const buyer: ReadyModelInput = {
  key: "buyer",
  name: "Buyer",
  description: "A person with what they have bought, in words for whoever answers them.",
  fields: [
    must(field("name", "Name")),
    must(field("email", "E-mail")),
    must(
      field("summary", "Orders in words", "string", { description: "For example: 3 orders, 72.00 GBP, the last one #1001 of 9 October." }),
    ),
  ],
};

export const outgoingInvoice: ReadyModelInput = {
  key: "outgoing_invoice",
  name: "Invoice to write",
  description: "An invoice that your product has worked out, and that the books are to hold.",
  fields: [
    field("number", "Number"),
    oneOf("kind", "Kind", "sale"),
    oneOf("state", "State", "draft", "open"),
    field("billedTo", "Billed to", "string", { description: "The name. Xero finds the contact by it, or makes one." }),
    pointsTo("contact", "Contact", "business_contact"),
    field("currency", "Currency", "string", { description: "ISO code of three letters." }),
    field("issuedOn", "Issued", "date"),
    field("dueOn", "Due", "date"),
    field("lines[].text", "Text"),
    field("lines[].quantity", "Quantity", "number"),
    field("lines[].price", "Price of one", "number"),
    field("lines[].amount", "Amount", "number"),
    field("lines[].account", "Account", "string", { description: "The code of the account it is booked to." }),
    field("lines[].item", "Article", "string", { description: "The books' id of the article." }),
    field("lines[].kind", "Kind of line", "enum", { values: ["item"] }),
  ],
};
