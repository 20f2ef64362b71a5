import {
  ask,
  composed,
  computed,
  country,
  day,
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
  soft,
  stream,
  text,
  when,
  worded,
} from "./fields";
import { RESERVE } from "./streams-shop";

/** What services without a connector of their own give, in the shape that is said with each; customers map what is called otherwise. */

const RECORD = { object: "record" } as const;

export const anyShipments = stream({
  ...{ ...RECORD, key: "shipments", model: "shipment", label: "Shipments" },
  summary: "Each parcel with its tracking number and where it stands.",
  fields: [
    needed(text("orderNumber", "order_number")),
    text("carrier", "carrier"),
    text("trackingNumber", "tracking_number"),
    from("trackingUrl", "tracking_url", { type: "url" }),
    needed(
      worded(
        "state",
        "status",
        {
          label_created: "created",
          in_transit: "in_transit",
          out_for_delivery: "in_transit",
          delivered: "delivered",
          returned: "failed",
          lost: "failed",
        },
        "created",
      ),
    ),
    when("sentAt", "shipped_at"),
    when("deliveredAt", "delivered_at"),
  ],
  choices: free("orderNumber", "carrier", "trackingNumber", "trackingUrl", "state", "sentAt", "deliveredAt"),
});

export const SHIPMENTS = [
  {
    ...{ id: "shp_1001", order_number: "#1001", carrier: "Royal Mail", tracking_number: "AB123456789GB", status: "in_transit" },
    ...{ tracking_url: "https://track.example/AB123456789GB", shipped_at: "2026-10-09T15:00:00Z", delivered_at: null },
    updated_at: "2026-10-09T15:00:00Z",
  },
];

export const anyStock = stream({
  ...{ ...RECORD, key: "stock", model: "stock_level", label: "Stock" },
  summary: `What each place has of each article, less ${RESERVE} that are kept back, never below zero.`,
  everyMinutes: 5,
  fields: [
    needed(text("sku", "sku")),
    from("place", "location", { type: "string" }),
    needed(number("onHand", "quantity")),
    needed(fixed("reserve", RESERVE)),
    needed(computed("sellable", `max([0, double(quantity) - ${RESERVE}])`)),
    when("updatedAt", "updated_at"),
  ],
  choices: { ...free("sku", "place"), ...hidden("updatedAt") },
});

export const STOCK = [{ id: "MUG-1@north", sku: "MUG-1", location: "north", quantity: 12, updated_at: "2026-10-09T08:53:20Z" }];

export const anyReviews = stream({
  ...{ ...RECORD, key: "reviews", model: "review", label: "Reviews" },
  summary: "Published reviews with their rating.",
  everyMinutes: 15,
  fields: [
    needed(text("sku", "product_sku")),
    needed(number("rating", "rating")),
    text("title", "title"),
    from("text", "body", { type: "plainText" }),
    text("author", "reviewer.name"),
    from("verified", "verified_buyer"),
    when("publishedAt", "published_at"),
  ],
  filter: "double(rating) >= 1 && double(rating) <= 5 && published_at != null",
  choices: { ...free("sku", "rating", "title", "text", "verified", "publishedAt"), ...optional("author") },
});

export const REVIEWS = [
  {
    ...{
      id: "rev_1001",
      product_sku: "MUG-1",
      rating: 5,
      title: "Holds tea",
      body: "<p>And <b>coffee</b>.</p>",
      reviewer: { name: "Ada O." },
    },
    ...{ verified_buyer: true, published_at: "2026-10-08T09:00:00Z", updated_at: "2026-10-09T08:53:20Z" },
  },
];

export const anyTime = stream({
  ...{ ...RECORD, key: "time", model: "time_entry", label: "Time entries" },
  summary: "Billable time with a rate; the amount is hours times rate, to the cent.",
  everyMinutes: 15,
  fields: [
    needed(text("project", "project.name")),
    text("person", "user.name"),
    text("description", "notes"),
    needed(number("hours", "hours")),
    needed(computed("amount", "round(double(hours) * double(rate), 2)", { type: "money", currencyFrom: "currency" })),
    needed(day("doneOn", "spent_date")),
    when("updatedAt", "updated_at"),
  ],
  filter: "billable == true && double(rate) > 0",
  choices: { ...free("project", "person", "hours", "doneOn"), ...optional("description"), ...hidden("updatedAt") },
});

export const TIME = [
  {
    ...{
      id: "1001",
      project: { id: "77", name: "Northwind shop" },
      user: { name: "Ada Okafor" },
      notes: "Checkout",
      hours: 1.25,
      rate: "88.50",
    },
    ...{ currency: "GBP", billable: true, spent_date: "2026-10-08", updated_at: "2026-10-09T08:53:20Z" },
  },
];

const leadChoices = free("name", "email", "phone", "company", "message");
const ANSWERS = { model: "lead", label: "Answers to the form" } as const;

export const anyAnswers = stream({
  ...{ ...RECORD, ...ANSWERS, key: "answers" },
  summary: "Each answer becomes a new lead.",
  fields: [
    composed("name", "{answers.first_name} {answers.last_name}"),
    email("email", "answers.email"),
    phone("phone", "answers.phone"),
    text("company", "answers.company"),
    text("source", "form"),
    fixed("state", "new"),
    text("message", "answers.message"),
    when("createdAt", "submitted_at"),
  ],
  filter: 'answers.email.contains("@")',
  choices: { ...leadChoices, ...hidden("createdAt") },
});

const ANSWER = {
  ...{ id: "ans_1001", form: "Contact us", submitted_at: "2026-10-09T08:53:20Z", updated_at: "2026-10-09T08:53:20Z" },
  answers: {
    first_name: "Noor",
    last_name: "Haddad",
    email: "noor@contoso.example",
    phone: "+1 415 555 0134",
    company: "Contoso",
    message: "A quote, please.",
  },
};
export const ANSWER_LIST = [ANSWER];

export const calledAnswers = stream({
  ...{ ...RECORD, ...ANSWERS, key: "answers" },
  summary: "Each answer that the form service sends becomes a new lead.",
  fields: [
    text("name", "name"),
    email("email", "email"),
    phone("phone", "phone"),
    text("company", "company"),
    text("source", "kind"),
    fixed("state", "new"),
    text("message", "message"),
    when("updatedAt", "updatedAt"),
  ],
  choices: { ...leadChoices, ...hidden("updatedAt") },
});

export const CALLED = [
  {
    ...{ id: "1001", kind: "Contact us", name: "Noor Haddad", email: "noor@contoso.example", phone: "+1 415 555 0134", company: "Contoso" },
    ...{ message: "A quote, please.", updatedAt: "2026-10-09T08:53:20Z" },
  },
];

/** No two sheets have the same columns, so customers say which is which. */
export const sheetAnswers = stream({
  ...{ ...ANSWERS, key: "answers", object: "row" },
  summary: "Each row of the sheet that a form fills becomes a new lead.",
  fields: [fixed("source", "Form"), fixed("state", "new")],
  choices: {
    ...ask("email", "Which column holds the e-mail address?", "must_choose"),
    ...ask("name", "Which column holds the name?", "must_choose"),
    ...ask("message", "Which column holds what was asked?"),
    ...free("phone", "company", "source", "createdAt"),
  },
});

export const anyEvents = stream({
  ...{ ...RECORD, key: "events", model: "analytics_event", label: "Events" },
  summary: "Each event that the service lists, with nobody's name in it.",
  everyMinutes: 15,
  fields: [
    needed(text("name", "event")),
    needed(when("happenedAt", "occurred_at")),
    from("person", "user.email", { type: "email" }, { type: "hash" }),
    soft(money("value", "value", "currency")),
    country("country", "country"),
    text("detail", "detail"),
  ],
  choices: { ...free("name", "happenedAt", "value", "country", "detail"), ...optional("person") },
});

export const EVENTS = [
  {
    ...{ id: "evt_1001", event: "plan_upgraded", occurred_at: "2026-10-09T08:00:00Z", user: { email: "ada.okafor@northwind.example" } },
    ...{ value: "24.00", currency: "GBP", country: "United Kingdom", detail: "Team", updated_at: "2026-10-09T08:53:20Z" },
  },
];
