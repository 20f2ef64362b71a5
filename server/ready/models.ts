import type { ReadyModelInput } from "#server/domains/templates/ready-schema";
import { field, must, oneOf, pointsTo } from "./fields";

/** Models that ready templates fill. One model serves several of them, so that what a vendor takes over fits together. */

const moments = [field("createdAt", "Created", "datetime"), field("updatedAt", "Updated", "datetime")];

export const contact: ReadyModelInput = {
  key: "contact",
  name: "Contact",
  description: "A person your customer knows.",
  fields: [
    field("firstName", "First name"),
    field("lastName", "Last name"),
    field("fullName", "Full name"),
    field("email", "E-mail"),
    field("phone", "Phone"),
    field("company", "Company"),
    field("jobTitle", "Job title"),
    field("city", "City"),
    field("country", "Country", "string", { description: "ISO code of two letters, where the source's name is known." }),
    field("mayEmail", "May be e-mailed", "boolean", { description: "Has agreed to e-mail marketing, by the source's word." }),
    ...moments,
  ],
};

export const mailingList: ReadyModelInput = {
  key: "mailing_list",
  name: "Mailing list",
  description: "A list people subscribe to.",
  fields: [must(field("name", "Name")), field("doubleOptIn", "Asks twice", "boolean"), ...moments],
};

export const campaignEvent: ReadyModelInput = {
  key: "campaign_event",
  name: "Campaign event",
  description: "Something a contact did with a message: opened, clicked, unsubscribed.",
  fields: [
    must(field("happenedAt", "Happened", "datetime")),
    pointsTo("contact", "Contact", "contact"),
    field("kind", "Kind", "string", { description: "The source's id of the kind of event." }),
    field("subject", "Subject"),
  ],
};

export const businessContact: ReadyModelInput = {
  key: "business_contact",
  name: "Business contact",
  description: "Whom invoices are written to.",
  fields: [
    must(field("name", "Name")),
    field("email", "E-mail"),
    field("taxNumber", "Tax number"),
    field("city", "City"),
    field("country", "Country"),
    field("active", "Active", "boolean"),
    field("updatedAt", "Updated", "datetime"),
  ],
};

export const salesOrder: ReadyModelInput = {
  key: "sales_order",
  name: "Sales order",
  description: "What a shop has sold.",
  fields: [
    must(field("number", "Number")),
    must(field("total", "Total", "money")),
    field("net", "Net", "money"),
    field("tax", "Tax", "money"),
    field("refunded", "Refunded", "money"),
    oneOf("payment", "Payment", "paid", "partly_paid", "pending", "refunded", "void"),
    oneOf("delivery", "Delivery", "open", "partly_sent", "sent", "other"),
    field("customerEmail", "Customer's e-mail"),
    pointsTo("customer", "Customer", "contact"),
    field("country", "Delivery country"),
    field("lines[].sku", "Article number"),
    field("lines[].title", "Article"),
    field("lines[].quantity", "Quantity", "number"),
    field("linesComplete", "All lines are here", "boolean", {
      description: "False when the order has more lines than the source gives at once.",
    }),
    field("placedAt", "Placed", "datetime"),
    field("cancelledAt", "Cancelled", "datetime"),
    field("updatedAt", "Updated", "datetime"),
  ],
};

export const invoice: ReadyModelInput = {
  key: "invoice",
  name: "Invoice",
  description: "What your customer has billed, and what is still due.",
  fields: [
    field("number", "Number"),
    must(field("total", "Total", "money")),
    field("due", "Still due", "money"),
    must(oneOf("state", "State", "draft", "open", "paid", "void")),
    field("billedTo", "Billed to"),
    pointsTo("contact", "Contact", "business_contact"),
    field("issuedOn", "Issued", "date"),
    field("dueOn", "Due", "date"),
    field("updatedAt", "Updated", "datetime"),
  ],
};

export const payment: ReadyModelInput = {
  key: "payment",
  name: "Payment",
  description: "Money that has come in, or failed to.",
  fields: [
    must(field("amount", "Amount", "money")),
    field("refunded", "Refunded", "money"),
    field("fee", "Fee", "money"),
    must(oneOf("state", "State", "succeeded", "pending", "failed", "refunded")),
    field("payerEmail", "Payer's e-mail"),
    field("payerName", "Payer"),
    pointsTo("contact", "Contact", "contact"),
    field("description", "Description"),
    field("paidAt", "Paid", "datetime"),
  ],
};

export const shippingOrder: ReadyModelInput = {
  key: "shipping_order",
  name: "Order to send",
  description: "A paid order that waits to be sent, with its address.",
  fields: [
    must(field("number", "Order number")),
    must(field("recipient", "Recipient")),
    must(field("street", "Street")),
    must(field("city", "City")),
    field("postalCode", "Postal code"),
    must(field("country", "Country")),
    field("phone", "Phone"),
    field("email", "E-mail"),
    field("note", "Note"),
    field("lines[].sku", "Article number"),
    field("lines[].title", "Article"),
    field("lines[].quantity", "Quantity", "number"),
    field("linesComplete", "All lines are here", "boolean"),
    field("placedAt", "Placed", "datetime"),
  ],
};

export const shipment: ReadyModelInput = {
  key: "shipment",
  name: "Shipment",
  description: "A parcel on its way.",
  fields: [
    must(field("orderNumber", "Order number")),
    field("carrier", "Carrier"),
    field("trackingNumber", "Tracking number"),
    field("trackingUrl", "Tracking page"),
    must(oneOf("state", "State", "created", "in_transit", "delivered", "failed")),
    field("sentAt", "Sent", "datetime"),
    field("deliveredAt", "Delivered", "datetime"),
  ],
};

export const stockLevel: ReadyModelInput = {
  key: "stock_level",
  name: "Stock level",
  description: "How many of an article one place has, and how many of them may be sold.",
  fields: [
    must(field("sku", "Article number")),
    field("article", "Article"),
    field("kind", "Kind of article"),
    field("place", "Place", "string", { description: "The source's id of the shop, warehouse or account." }),
    must(field("onHand", "On hand", "number", { description: "As the source says; it may be below zero." })),
    must(field("reserve", "Kept back", "number", { description: "Not offered, so that two shops do not sell the last piece." })),
    must(field("sellable", "May be sold", "number", { description: "On hand less what is kept back, and never below zero." })),
    field("updatedAt", "Updated", "datetime"),
  ],
};

export const stockPlace: ReadyModelInput = {
  key: "stock_place",
  name: "Stock place",
  description: "A shop or warehouse that holds stock.",
  fields: [must(field("name", "Name")), field("city", "City"), field("country", "Country"), field("active", "Active", "boolean")],
};

export const ticket: ReadyModelInput = {
  key: "ticket",
  name: "Ticket",
  description: "A request to your customer's support.",
  fields: [
    must(field("subject", "Subject")),
    field("text", "Text"),
    must(oneOf("state", "State", "open", "waiting", "solved")),
    oneOf("priority", "Priority", "low", "normal", "high", "urgent"),
    pointsTo("requester", "Requester", "contact"),
    field("channel", "Channel"),
    ...moments,
  ],
};

export const lead: ReadyModelInput = {
  key: "lead",
  name: "Lead",
  description: "Somebody who may become a customer. CRM systems want a last name and a company of those that they are sent.",
  fields: [
    field("name", "Name"),
    field("firstName", "First name"),
    field("lastName", "Last name"),
    field("email", "E-mail"),
    field("phone", "Phone"),
    field("company", "Company"),
    field("source", "Source"),
    oneOf("state", "State", "new", "working", "qualified", "lost"),
    field("value", "Value", "money"),
    pointsTo("person", "Person", "contact"),
    field("message", "Message"),
    ...moments,
  ],
};

export const loyaltyMember: ReadyModelInput = {
  key: "loyalty_member",
  name: "Loyalty member",
  description: "A shop's customer with what they have bought, and the tier that follows from it.",
  fields: [
    field("name", "Name"),
    field("email", "E-mail"),
    must(field("orders", "Orders", "number")),
    must(field("spent", "Spent", "money")),
    must(oneOf("tier", "Tier", "bronze", "silver", "gold")),
    field("mayEmail", "May be e-mailed", "boolean"),
    field("since", "Customer since", "datetime"),
    field("updatedAt", "Updated", "datetime"),
  ],
};

export const review: ReadyModelInput = {
  key: "review",
  name: "Review",
  description: "What a buyer says of an article.",
  fields: [
    must(field("sku", "Article number")),
    must(field("rating", "Rating", "number", { description: "1 to 5." })),
    field("title", "Title"),
    field("text", "Text"),
    field("author", "Author"),
    field("verified", "Bought it", "boolean"),
    field("publishedAt", "Published", "datetime"),
  ],
};

export const project: ReadyModelInput = {
  key: "project",
  name: "Project",
  description: "Work that has been sold and is to be billed.",
  fields: [
    must(field("name", "Name")),
    field("value", "Value", "money"),
    field("client", "Client", "string", { description: "The source's id of the organisation." }),
    field("startsOn", "Starts", "date"),
    field("updatedAt", "Updated", "datetime"),
  ],
};

export const timeEntry: ReadyModelInput = {
  key: "time_entry",
  name: "Time entry",
  description: "Billable work, with what it comes to.",
  fields: [
    must(field("project", "Project")),
    field("person", "Person"),
    field("description", "Description"),
    must(field("hours", "Hours", "number")),
    must(field("amount", "Amount", "money", { description: "Hours times rate." })),
    must(field("doneOn", "Done", "date")),
    field("updatedAt", "Updated", "datetime"),
  ],
};

export const analyticsEvent: ReadyModelInput = {
  key: "analytics_event",
  name: "Analytics event",
  description: "Something that happened, with nobody's name in it.",
  fields: [
    must(field("name", "Name")),
    must(field("happenedAt", "Happened", "datetime")),
    field("person", "Person", "string", {
      description: "SHA-256 of the e-mail address, or the source's id: enough to count people. It hides nobody who is known.",
    }),
    field("value", "Value", "money"),
    field("country", "Country"),
    field("detail", "Detail"),
  ],
};
